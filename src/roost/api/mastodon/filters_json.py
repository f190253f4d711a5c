"""Filters as apps know them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from roost.api.mastodon.text import timestamp
from roost.model import Filter, FilterAction, FilterContext
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


def filter_json(found: Filter, whole: bool = True) -> dict[str, Any]:
    """A filter; with its keywords and statuses where it is `whole`."""
    shown: dict[str, Any] = {
        "id": str(found.filter_id),
        "title": found.title,
        "context": context_names(found.contexts),
        "expires_at": expiry(found.expires_ms),
        "filter_action": _ACTION_NAMES[found.action],
    }
    if whole:
        shown["keywords"] = [
            {"id": str(entry.keyword_id), "keyword": entry.keyword, "whole_word": entry.whole_word}
            for entry in found.keywords
        ]
        shown["statuses"] = [
            {"id": str(entry.entry_id), "status_id": str(entry.tweet_id)} for entry in found.tweets
        ]
    return shown


def filtered_json(matches: Sequence[FilterMatch]) -> bytes:
    """What of a status its reader's filters match."""
    return _encode(
        [
            {
                "filter": filter_json(match.filter, whole=False),
                "keyword_matches": list(match.keywords) or None,
                "status_matches": [str(tweet_id) for tweet_id in match.tweet_ids] or None,
            }
            for match in matches
        ]
    )
