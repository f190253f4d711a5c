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
        "polls",
        "GET /api/v1/polls/{id}",
        (
            "test_polls.py::test_show_poll",
            "test_polls.py::test_show_poll_json",
            "test_polls.py::test_vote_not_multiple",
            "test_polls.py::test_vote_poll",
            "test_polls.py::test_vote_poll_invalid_choice",
            "test_polls.py::test_vote_poll_multiple",
            "test_post.py::test_post_poll",
            "test_post.py::test_post_poll_expires_in",
            "test_post.py::test_post_poll_hide_totals",
            "test_post.py::test_post_poll_multiple",
        ),
        sign="poll is not supported by this server",
    ),
    Missing(
        "scheduled statuses",
        "GET /api/v1/scheduled_statuses",
        (
            "test_post.py::test_post_scheduled_at",
            "test_post.py::test_post_scheduled_at_error",
            "test_post.py::test_post_scheduled_in",
        ),
        sign="scheduled_at is not supported by this server",
    ),
    Missing(
        "media",
        "POST /api/v2/media",
        (
            "test_post.py::test_media_attachment_without_text",
            "test_post.py::test_media_attachments",
            "test_post.py::test_media_thumbnail",
        ),
    ),
    Missing(
        "pictures of accounts",
        "DELETE /api/v1/profile/avatar",
        (
            "test_update_account.py::test_update_account_avatar",
            "test_update_account.py::test_update_account_header",
        ),
        sign=" is not supported by this server",
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
