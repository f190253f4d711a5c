"""What Mastodon.py's own tests find different here, and why. Whatever is not named here has to pass."""

from dataclasses import dataclass

LIVE_TESTS = 176
"""How many tests are run against a server, of those that the archive holds."""
NOT_RUN = {
    "test_polls.py::test_poll_illegal_vote",
    "test_status.py::test_status_post[Content warning-foobar]",
    "test_status.py::test_status_post[None-foobar]",
}
"""Those that the suite itself skips."""
STREAMING_TESTS = {
    f"test_streaming.py::test_stream_{name}"
    for name in ("direct", "healthy", "public_only_media", "user_direct", "user_local")
}
"""Those of server-sent events that need a server; the others in their file need none."""


@dataclass(frozen=True)
class Missing:
    reason: str
    tests: tuple[str, ...]
    sign: str
    """What the failures say, each of them."""


MISSING = (
    Missing(
        "A profile has eight fields here, and four at Mastodon's",
        ("test_account.py::test_account_update_credentials_too_many_fields",),
        "DID NOT RAISE",
    ),
    Missing(
        "Every link has a timeline, whether it trends or not",
        ("test_timeline.py::test_timeline_link_fails",),
        "DID NOT RAISE",
    ),
)
