"""Filters as apps know them."""

from collections.abc import Sequence

import msgspec

from roost.api.mastodon.entities import (
    FilterEntity,
    FilterHeading,
    FilterKeywordEntity,
    FilterResult,
    FilterStatusEntity,
)
from roost.api.mastodon.text import timestamp
from roost.model import Filter, FilterAction, FilterContext, FilteredTweet, FilterKeyword
from roost.service import FilterMatch

CONTEXTS = {
    "home": FilterContext.HOME,
    "notifications": FilterContext.NOTIFICATIONS,
    "public": FilterContext.PUBLIC,
    "thread": FilterContext.THREAD,
    "account": FilterContext.ACCOUNT,
}
ACTIONS = {"warn": FilterAction.WARN, "hide": FilterAction.HIDE, "blur": FilterAction.BLUR}
_ACTION_NAMES = {action: name for name, action in ACTIONS.items()}
_encode = msgspec.json.Encoder().encode


def context_names(contexts: FilterContext) -> list[str]:
    return [name for name, context in CONTEXTS.items() if context in contexts]


def expiry(expires_ms: int) -> str | None:
    return timestamp(expires_ms) if expires_ms else None


def keyword_json(entry: FilterKeyword) -> FilterKeywordEntity:
    return FilterKeywordEntity(str(entry.keyword_id), entry.keyword, entry.whole_word)


def status_json(entry: FilteredTweet) -> FilterStatusEntity:
    return FilterStatusEntity(str(entry.entry_id), str(entry.tweet_id))


def filter_json(found: Filter) -> FilterEntity:
    return FilterEntity(
        *_heading(found),
        keywords=[keyword_json(entry) for entry in found.keywords],
        statuses=[status_json(entry) for entry in found.tweets],
    )


def filtered_json(matches: Sequence[FilterMatch]) -> bytes:
    """What of a status its reader's filters match."""
    return _encode([_result(match) for match in matches])


def _result(match: FilterMatch) -> FilterResult:
    return FilterResult(
        FilterHeading(*_heading(match.filter)),
        list(match.keywords) or None,
        [str(tweet_id) for tweet_id in match.tweet_ids] or None,
    )


def _heading(found: Filter) -> tuple[str, str, list[str], str | None, str]:
    return (
        str(found.filter_id),
        found.title,
        context_names(found.contexts),
        expiry(found.expires_ms),
        _ACTION_NAMES[found.action],
    )
