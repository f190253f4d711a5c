"""What both versions of the filters' API share: their routes' form, and what they take."""

from typing import Any

import msgspec

from roost.api.mastodon.filters_json import ACTIONS, CONTEXTS
from roost.api.router import Handler, Route
from roost.errors import FieldProblem, Invalid
from roost.model import FilterAction, FilterContext

_EXPIRES_S_MAX = 100 * 366 * 86_400


def filter_route(
    method: str, path: str, handler: Handler, summary: str, takes: type[msgspec.Struct], answers: Any
) -> Route:
    """Reading needs one scope, changing another, and both a user."""
    return Route(
        method=method,
        path=path,
        handler=handler,
        summary=summary,
        scope="read:filters" if method == "GET" else "write:filters",
        needs_user=True,
        takes=takes,
        answers=answers,
    )


def contexts(names: list[str] | None) -> FilterContext | None:
    """None where none were given. Raises Invalid."""
    if names is None:
        return None
    found = FilterContext(0)
    for name in names:
        if name not in CONTEXTS:
            raise _invalid("context", "None or invalid context supplied")
        found |= CONTEXTS[name]
    return found


def action(name: str) -> FilterAction | None:
    """None where none was given. Raises Invalid."""
    if not name:
        return None
    if name not in ACTIONS:
        raise _invalid("filter_action", "Filter action is not included in the list")
    return ACTIONS[name]


def lasts_s(seconds: str | None) -> int | None:
    """How long a filter lasts; 0 for ever, None where nothing was said. Raises Invalid."""
    if seconds is None:
        return None
    if seconds in ("", "0"):
        return 0
    if not (seconds.isascii() and seconds.isdigit()) or int(seconds[:12]) > _EXPIRES_S_MAX:
        raise _invalid("expires_in", "Expires in must be a number of seconds")
    return int(seconds)


def _invalid(field: str, text: str) -> Invalid:
    return Invalid(f"Validation failed: {text}", {field: (FieldProblem("ERR_INVALID", text),)})
