"""A call of the API: what came in, who asks, and what goes out."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import msgspec
from aiohttp.payload import Payload
from aiohttp.web import BaseRequest, StreamResponse

from roost.api.browsers import Browsers
from roost.api.callers import Callers, counted_as
from roost.api.parameters import Value, checked
from roost.config import Settings
from roost.service import NOBODY, SentFile, Session
from roost.service.ports import Service

S = TypeVar("S", bound=msgspec.Struct)
JSON = "application/json; charset=utf-8"

_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct):
    status: int
    body: bytes | Payload
    headers: dict[str, str]


class Lasting(msgspec.Struct):
    """An answer that goes on until one of the two sides ends it. `send` takes the headers that all answers
    have, and returns when it has ended."""

    send: Callable[[Mapping[str, str]], Awaitable[StreamResponse]]


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    return raw_json_answer(_encode(value), status, headers)


def raw_json_answer(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer whose JSON is there already."""
    return Answer(status, body, {"Content-Type": JSON, **(headers or {})})


class Surroundings(msgspec.Struct, frozen=True):
    """What all calls share."""

    service: Service
    settings: Settings
    public_url: str
    host: str
    """The name and port in `public_url`."""
    browsers: Browsers
    callers: Callers
    stylesheet: str = ""
    """Where the web app's style is; empty for none."""
    started_ms: int = 0
    """When the server began to answer: since then its settings have been what they are."""


class Call:
    """One request on its way through its handler."""

    __slots__ = ("around", "body", "files", "parameters", "path", "request", "session")

    def __init__(
        self,
        request: BaseRequest,
        around: Surroundings,
        path: dict[str, str],
        session: Session = NOBODY,
    ) -> None:
        self.request = request
        self.around = around
        self.path = path
        self.session = session
        self.body = b""
        self.files: dict[str, SentFile] = {}
        """The files of a form, by their fields' names; closed when the call has been answered."""
        self.parameters: dict[str, Value] = {}

    @property
    def service(self) -> Service:
        return self.around.service

    @property
    def address(self) -> str:
        """By what address the caller is counted; empty for nowhere in particular."""
        return counted_as(self.around.callers.address_of(self.request))

    @property
    def user_id(self) -> int:
        """The user who asks; 0 for nobody in particular."""
        return self.session.user_id

    def take(self, kind: type[S]) -> S:
        """The parameters as a checked record. Raises Invalid."""
        return checked(self.parameters, kind)
