"""Paging as Mastodon's clients do it: by `max_id`, `since_id` and `min_id`, and by the Link header."""

from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from roost.api.calls import Call
from roost.errors import FieldProblem, Invalid
from roost.ids import ID_MAX, cursor_id
from roost.model import Page, PageRequest

_CURSORS = ("max_id", "since_id", "min_id")


class PageForm(msgspec.Struct):
    """Which page of a list is wanted, newest first. `max_id` and `since_id` are exclusive bounds; with
    `min_id` it is the page immediately above. A date in Mastodon's form (ms << 16) is a cursor too."""

    max_id: str = ""
    since_id: str = ""
    min_id: str = ""
    limit: int | None = None


def page_request(form: PageForm, default: int, maximum: int, tweets: bool = True) -> PageRequest:
    """The page asked for; `tweets` says that the list is ordered by tweet ids, so that dates can be cursors.

    A limit above the maximum means the maximum, as the field expects. Raises Invalid for what is no id.
    """
    limit = default if form.limit is None else form.limit
    if limit < 1:
        raise _invalid("limit", "must be at least 1")
    max_id = _id(form.max_id, "max_id", tweets)
    if not max_id and form.max_id.strip("0"):
        max_id = 1  # a date before the first id
    return PageRequest(
        min(limit, maximum),
        max_id or ID_MAX,
        _id(form.since_id, "since_id", tweets),
        _id(form.min_id, "min_id", tweets),
    )


def parse_id(text: str, name: str = "id") -> int:
    """An id in a path or parameter. Raises Invalid."""
    if not (text.isascii() and text.isdigit()) or len(text) > 20:
        raise _invalid(name, "is not an id")
    return min(int(text), ID_MAX)


def link_header(call: Call, page: Page[Any]) -> dict[str, str]:
    """Links to the pages beside this one, next first; none for an empty page that is the end.

    `next` is there while more may follow; it keeps the caller's other parameters.
    """
    address = f"{call.around.public_url}{call.request.path}?{_kept_query(call.request.query_string)}"
    links: list[str] = []
    if page.full and page.oldest_id:
        links.append(f'<{address}max_id={page.oldest_id}>; rel="next"')
    if page.newest_id:
        links.append(f'<{address}min_id={page.newest_id}>; rel="prev"')
    return {"Link": ", ".join(links)} if links else {}


@lru_cache(maxsize=1_024)
def _kept_query(query: str) -> str:
    """The parameters that the next page has too, ready to be gone on with."""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, text) for name, text in pairs if name not in _CURSORS and name != "access_token"]
    return f"{urlencode(kept)}&" if kept else ""


def _id(text: str, name: str, tweets: bool) -> int:
    if not text:
        return 0
    value = parse_id(text, name)
    return min(cursor_id(value) if tweets else value, ID_MAX)


def _invalid(name: str, text: str) -> Invalid:
    return Invalid(f"Validation failed: {name} {text}", {name: (FieldProblem("ERR_INVALID", text),)})
