"""Routes as data, and finding the one for a path."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec

from roost.api.calls import Answer, Call, Lasting
from roost.model import Role

Handler = Callable[[Call], Awaitable[Answer | Lasting]]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint. Its documentation and the OpenAPI document are made from this."""

    method: str
    path: str
    """With placeholders: /api/v1/accounts/{id}. Every path is also found with a slash at its end.
    `@{name}` is a placeholder for what begins with an @, and stands for what comes after it."""
    handler: Handler
    summary: str
    scope: str = ""
    """The OAuth scope that a token needs; empty where none is needed."""
    sees_with: str = ""
    """Where no token is needed, the scope with which one sees what its user may see; an app whose token has
    less is answered as nobody in particular is."""
    role: Role = Role.ADMIN
    """For scopes that begin with `admin`: the least role of a user whose token it takes."""
    needs_user: bool = False
    """Whether the token must act for a user."""
    takes: type[msgspec.Struct] | None = None
    """The parameters."""
    answers: Any = None
    """The type of the JSON that is answered, for the documentation; several, where it is one of them."""
    status: int = 200
    other_statuses: tuple[int, ...] = ()
    """Others under which it answers the same."""
    other_refusals: tuple[int, ...] = ()
    """Statuses of errors besides those that follow from what else is said of the route."""
    has_validator: bool = False
    """Whether its answers carry an ETag, with which a caller who has them already is answered 304."""
    body_bytes_max: int = 0
    """The largest body; 0 for the usual limit."""
    raw_body: bool = False
    """The handler reads the body itself from `call.body`; no parameters are taken from it."""
    files: tuple[str, ...] = ()
    """The fields of a form that may hold files."""
    same_for_all: bool = False
    """Whether the answer does not depend on who asks: a token, even a stale one, is not looked at."""
    is_stream: bool = False
    """A token is needed, if only to say who asks, and may be where WebSocket clients put it."""
    rate: str = "requests"
    """Which rate limit counts it, of `rate_limits.RATES`; empty for none."""
    cross_origin: bool = True
    """Whether scripts of other sites may call it: the whole API, but no page that takes a password."""
    is_page: bool = False
    """A page for people, or a form on one: the session cookie counts, and a form must carry its token."""


class Router:
    """Finds a route by its path's segments: constant ones before placeholders. 2 us."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._root = _Place()
        for route in self.routes:
            place = self._root
            for segment in _segments(route.path):
                place = place.enter(segment)
            assert route.method not in place.routes, f"two routes for {route.method} {route.path}"
            place.routes[route.method] = route

    def find(self, path: str) -> tuple[dict[str, Route], dict[str, str]]:
        """The routes of a path by method, and the values of its placeholders; none for an unknown path."""
        values: list[tuple[str, str]] = []
        place = self._root.follow(_segments(path), 0, values)
        if place is None:
            return {}, {}
        return place.routes, dict(values)


class _Place:
    __slots__ = ("constants", "handle", "name", "placeholder", "routes")

    def __init__(self) -> None:
        self.constants: dict[str, _Place] = {}
        self.handle: tuple[str, _Place] | None = None
        """What begins with an @: its placeholder's name, and where it leads."""
        self.name = ""
        self.placeholder: _Place | None = None
        self.routes: dict[str, Route] = {}

    def enter(self, segment: str) -> "_Place":
        if segment.startswith("@{"):
            if self.handle is None:
                self.handle = segment[2:-1], _Place()
            assert self.handle[0] == segment[2:-1]
            return self.handle[1]
        if not segment.startswith("{"):
            return self.constants.setdefault(segment, _Place())
        name = segment[1:-1]
        if self.placeholder is None:
            self.name, self.placeholder = name, _Place()
        assert self.name == name, f"two names for one placeholder: {self.name} and {name}"
        return self.placeholder

    def follow(self, segments: list[str], index: int, values: list[tuple[str, str]]) -> "_Place | None":
        if index == len(segments):
            return self if self.routes else None
        segment = segments[index]
        constant = self.constants.get(segment)
        if constant is not None:
            found = constant.follow(segments, index + 1, values)
            if found is not None:
                return found
        if self.handle is not None and segment[:1] == "@" and len(segment) > 1:
            name, place = self.handle
            found = place.follow(segments, index + 1, values)
            if found is not None:
                values.append((name, segment[1:]))
                return found
        if self.placeholder is None or not segment:
            return None
        found = self.placeholder.follow(segments, index + 1, values)
        if found is not None:
            values.append((self.name, segment))
        return found


def _segments(path: str) -> list[str]:
    trimmed = path.strip("/")
    return trimmed.split("/") if trimmed else []
