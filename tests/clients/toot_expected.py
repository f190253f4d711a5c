"""What toot's own tests cannot do yet, and why. Whatever is not named here has to pass."""

from dataclasses import dataclass

TESTS = 114
"""How many tests the archive holds that requirements/toot-tests.txt names."""

_NOTHING_THERE = "There is nothing at this address"


@dataclass(frozen=True)
class Missing:
    """What some tests fail for want of. `endpoint` is the first one that they ask for in vain."""

    feature: str
    endpoint: str
    tests: tuple[str, ...]
    sign: str = _NOTHING_THERE
    """What the failures say, each of them."""


MISSING = (
    Missing(
        "search",
        "GET /api/v2/search",
        (
            "test_accounts.py::test_block",
            "test_accounts.py::test_block_case_insensitive",
            "test_accounts.py::test_block_json",
            "test_accounts.py::test_block_not_found",
            "test_accounts.py::test_following",
            "test_accounts.py::test_following_case_insensitive",
            "test_accounts.py::test_following_json",
            "test_accounts.py::test_following_not_found",
            "test_accounts.py::test_mute",
            "test_accounts.py::test_mute_case_insensitive",
            "test_accounts.py::test_mute_json",
            "test_accounts.py::test_mute_not_found",
            "test_accounts.py::test_whois",
            "test_lists.py::test_list_add_remove",
            "test_lists.py::test_list_add_remove_json",
            "test_read.py::test_search_account",
            "test_read.py::test_search_account_json",
            "test_read.py::test_search_hashtag",
            "test_read.py::test_search_hashtag_json",
            "test_read.py::test_whois",
            "test_read.py::test_whois_json",
            "test_timelines.py::test_notifications_follow",
            "test_timelines.py::test_timelines",
            "test_timelines.py::test_timelines_v2",
        ),
    ),
    Missing(
        "followed tags",
        "GET /api/v1/followed_tags",
        ("test_tags.py::test_tags", "test_tags.py::test_tags_json"),
    ),
    Missing(
        "featured tags",
        "GET /api/v1/featured_tags",
        ("test_tags.py::test_tags_featured", "test_tags.py::test_tags_featured_json"),
    ),
    Missing("notifications", "GET /api/v1/notifications", ("test_timelines.py::test_notifications",)),
)
