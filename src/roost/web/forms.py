"""What pages take: paging, and ids in paths."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from roost.api import Call
from roost.errors import NotFound
from roost.ids import ID_MAX
from roost.limits import TIMELINE_PAGE_DEFAULT
from roost.model import Page, PageRequest
from roost.service import Because

_CURSORS = ("max_id", "min_id")


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A list on a page, newest first."""

    items: tuple[Any, ...]
    older_url: str = ""
    """The next page; empty at the end."""
    live_url: str = ""
    """Where a script asks for what is newer; empty for a list that does not move."""
    newest_id: int = 0
    full: bool = False
    because: Mapping[int, Because] = {}
    """Of tweets that are recommended, by id: why."""


def page_request(call: Call, limit: int = TIMELINE_PAGE_DEFAULT) -> PageRequest:
    """The page asked for; what is no id is passed over, as a link that was cut still leads somewhere."""
    max_id, min_id = (_id(call.parameters.get(name, "")) for name in _CURSORS)
    return PageRequest(limit, max_id or ID_MAX, 0, min_id)


def feed_of(call: Call, page: Page[Any], live: bool = False) -> Feed:
    kept = [pair for pair in parse_qsl(call.request.query_string) if pair[0] not in _CURSORS]
    here = call.request.path
    older = f"{here}?{urlencode([*kept, ('max_id', page.oldest_id)])}" if page.full and page.oldest_id else ""
    live_url = (f"{here}?{urlencode(kept)}" if kept else here) if live else ""
    return Feed(
        items=page.items, older_url=older, live_url=live_url, newest_id=page.newest_id, full=page.full
    )


def path_id(call: Call, name: str = "id") -> int:
    """Raises NotFound: what is no id names nothing that exists."""
    found = _id(call.path[name])
    if not found:
        raise NotFound("There is nothing here")
    return found


def text_of(call: Call, name: str) -> str:
    """A text field of a form; empty where it is missing or something else."""
    value = call.parameters.get(name, "")
    return value if isinstance(value, str) else ""


def id_of(call: Call, name: str) -> int:
    return _id(call.parameters.get(name, ""))


def _id(text: object) -> int:
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()) or len(text) > 20:
        return 0
    return min(int(text), ID_MAX)
