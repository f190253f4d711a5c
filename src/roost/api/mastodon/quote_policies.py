"""Who may quote a status, in Mastodon's words."""

from roost.errors import FieldProblem, Invalid
from roost.model import QuotePolicy

QUOTE_POLICIES = {
    "public": QuotePolicy.PUBLIC,
    "followers": QuotePolicy.FOLLOWERS,
    "nobody": QuotePolicy.NOBODY,
}
QUOTE_POLICY_NAMES = {policy: name for name, policy in QUOTE_POLICIES.items()}


def quote_policy(text: str) -> QuotePolicy | None:
    """The policy of a name; None where none was given. Raises Invalid."""
    if not text:
        return None
    policy = QUOTE_POLICIES.get(text)
    if policy is None:
        problem = (FieldProblem("ERR_INCLUSION", "is not included in the list"),)
        raise Invalid(
            "Validation failed: Quote approval policy is not included in the list",
            {"quote_approval_policy": problem},
        )
    return policy
