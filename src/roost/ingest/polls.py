"""A poll that somebody wants to ask, and what is wrong with it."""

from roost.errors import FieldProblem, Invalid
from roost.ingest.draft import clean_text
from roost.limits import (
    POLL_LASTS_S_MAX,
    POLL_LASTS_S_MIN,
    POLL_OPTION_CHARACTERS_MAX,
    POLL_OPTIONS_MAX,
)
from roost.model import ComposedPoll, Poll


def ask(asked: ComposedPoll, now_ms: int, edition: int = 0) -> Poll:
    """The poll as it begins now. Raises Invalid."""
    options = tuple(clean_text(option).strip() for option in asked.options)
    if len(options) < 2:
        raise _invalid("options", "must have more than one item")
    if len(options) > POLL_OPTIONS_MAX:
        raise _invalid("options", f"can't contain more than {POLL_OPTIONS_MAX} items")
    if any(len(option) > POLL_OPTION_CHARACTERS_MAX for option in options):
        raise _invalid("options", f"can't be longer than {POLL_OPTION_CHARACTERS_MAX} characters each")
    if any(not option for option in options):
        raise _invalid("options", "can't be blank")
    if len(set(options)) < len(options):
        raise _invalid("options", "contain duplicate items")
    if asked.lasts_s > POLL_LASTS_S_MAX:
        raise _invalid("expires_in", "is too far into the future")
    if asked.lasts_s < POLL_LASTS_S_MIN:
        raise _invalid("expires_in", "is too soon")
    ends_ms = now_ms + 1000 * asked.lasts_s
    return Poll(options, ends_ms, asked.multiple, asked.hides_totals, edition)


def _invalid(field: str, problem: str) -> Invalid:
    shown = {"options": "Choices", "expires_in": "Expiration"}[field]
    return Invalid(
        f"Validation failed: Poll {shown.lower()} {problem}",
        {f"poll.{field}": (FieldProblem("ERR_INVALID", problem),)},
    )
