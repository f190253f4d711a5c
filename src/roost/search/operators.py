"""The operators of a search, each a line here, and what their values may be."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches

from roost.ids import ID_MAX, first_id_at
from roost.search.facts import language_of
from roost.search.query import Between, By, Kind, Language, Likes, Node, To

_HAS = {name: name for name in ("media", "image", "video", "audio", "poll", "link")} | {
    "images": "image",
    "photo": "image",
    "videos": "video",
    "links": "link",
    "embed": "link",
}
_IS = ("reply", "quote", "sensitive")
_NAME = re.compile(r"\w+\Z", re.ASCII)
_CODE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{1,8})*\Z")
_NUMBER_DIGITS_MAX = 9


def is_operator(name: str) -> bool:
    return name in _OPERATORS


def likely_operator(name: str) -> str:
    """The operator that was probably meant by a name that is none; empty where it looks like no slip."""
    near = get_close_matches(name, _OPERATORS, 1, 0.74)
    return near[0] if near else ""


def condition(operator: str, value: str) -> Node | str:
    """What an operator asks for, or what is wrong with its value."""
    return _OPERATORS[operator](value.strip().lower())


def _by(value: str) -> Node | str:
    name = value.removeprefix("@")
    return By(name) if _NAME.match(name) else "this operator takes a username"


def _to(value: str) -> Node | str:
    name = value.removeprefix("@")
    return To(name) if _NAME.match(name) else "this operator takes a username"


def _language(value: str) -> Node | str:
    return Language(language_of(value)) if _CODE.match(value) else 'this operator takes a code such as "de"'


def _has(value: str) -> Node | str:
    return Kind(_HAS[value]) if value in _HAS else f"this operator takes one of {', '.join(_HAS)}"


def _is(value: str) -> Node | str:
    return Kind(value) if value in _IS else f"this operator takes one of {', '.join(_IS)}"


def _min_likes(value: str) -> Node | str:
    if value.isascii() and value.isdigit() and len(value) <= _NUMBER_DIGITS_MAX:
        return Likes(int(value))
    return "this operator takes a number"


def _bound(make: Callable[[int, int], Between]) -> Callable[[str], Node | str]:
    """Of the first id of a day or moment, and the first one after it."""

    def bound(value: str) -> Node | str:
        found = _moment(value)
        return make(*found) if found is not None else 'this operator takes a day such as "2026-05-01"'

    return bound


def _moment(value: str) -> tuple[int, int] | None:
    """The first ids of and after a day, or of a moment, in UTC."""
    try:
        if len(value) == len("2026-05-01"):
            day = date.fromisoformat(value)
            begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
            following = _first_id(begin + timedelta(days=1)) if day < date.max else ID_MAX
            return _first_id(begin), following
        moment = datetime.fromisoformat(value.upper())
        first = _first_id(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
    return first, first


def _first_id(moment: datetime) -> int:
    return min(first_id_at(int(moment.timestamp() * 1000)), ID_MAX)


_OPERATORS: dict[str, Callable[[str], Node | str]] = {
    "from": _by,
    "to": _to,
    "lang": _language,
    "language": _language,
    "has": _has,
    "is": _is,
    "min_likes": _min_likes,
    "since": _bound(lambda first, _: Between(low=max(first - 1, 0))),
    "until": _bound(lambda first, _: Between(high=first)),
    "after": _bound(lambda _, following: Between(low=max(following - 1, 0))),
    "before": _bound(lambda first, _: Between(high=first)),
    "during": _bound(lambda first, following: Between(max(first - 1, 0), following)),
}
