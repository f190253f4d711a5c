"""Streams: WebSocket with any number of subscriptions, and an address of server-sent events for each."""

import msgspec

from roost.api.calls import Answer, Call, Lasting
from roost.api.mastodon.common import Mastodon, NoParameters
from roost.api.mastodon.streaming_json import StreamingJson
from roost.api.router import Route
from roost.api.scopes import covers
from roost.api.streaming import Command, EventStream, Frames, WebSocket, since_of
from roost.errors import Forbidden, Invalid
from roost.push import (
    NOTHING,
    PUBLIC,
    PUBLIC_MEDIA,
    Topic,
    direct_of,
    hashtag_of,
    home_of,
    list_of,
    notifications_of,
)

_ROOT = "/api/v1/streaming"
_EVENT_STREAM = "text/event-stream"
_TAG_CHARACTERS_MAX = 500

_PUBLIC = {
    "public": PUBLIC,
    "public:media": PUBLIC_MEDIA,
    "public:local": PUBLIC,
    "public:local:media": PUBLIC_MEDIA,
    "public:remote": NOTHING,
    "public:remote:media": NOTHING,
}
"""All accounts are local."""


class StreamForm(msgspec.Struct):
    since: str = ""
    """The id of the last event that the client has, or `now`; as the header Last-Event-ID, which wins."""
    last_event_id: str = ""
    """The same."""
    only_media: bool = False
    tag: str = ""
    list: str = ""


class SocketForm(msgspec.Struct):
    """What a WebSocket is opened with: at most one subscription."""

    stream: str = ""
    tag: str = ""
    list: str = ""
    since: str = ""


class Streaming:
    def __init__(self, mastodon: Mastodon) -> None:
        frames = Frames(StreamingJson(mastodon))
        self._socket = WebSocket(frames, _understand)
        self._events = EventStream(frames)

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path=_ROOT,
                handler=self.socket,
                summary="A WebSocket: subscribe to streams, and hear what happens.",
                is_stream=True,
                takes=SocketForm,
                answers="text/plain",
                status=101,
            ),
            Route(
                method="GET",
                path=f"{_ROOT}/health",
                same_for_all=True,
                handler=self.health,
                summary="Whether streams are served.",
                takes=NoParameters,
                answers="text/plain",
            ),
            self._stream("user", "user", "One's home timeline, and notifications.", True),
            self._stream("user/notification", "user:notification", "One's notifications alone.", True),
            self._stream("direct", "direct", "One's conversations.", True),
            self._stream("list", "list", "The statuses of a list.", True),
            self._stream("public", "public", "Everybody's public statuses."),
            self._stream("public/local", "public:local", "The same: every account is local."),
            self._stream("public/remote", "public:remote", "Public statuses of other servers: none."),
            self._stream("hashtag", "hashtag", "Everybody's public statuses with a hashtag."),
            self._stream("hashtag/local", "hashtag:local", "The same: every account is local."),
        ]

    def _stream(self, path: str, stream: str, summary: str, needs_user: bool = False) -> Route:
        async def open_stream(call: Call) -> Answer | Lasting:
            return await self._open(call, stream)

        return Route(
            method="GET",
            path=f"{_ROOT}/{path}",
            handler=open_stream,
            summary=summary,
            is_stream=True,
            needs_user=needs_user,
            takes=StreamForm,
            answers=_EVENT_STREAM,
        )

    async def health(self, _call: Call) -> Answer:
        return Answer(200, b"OK", {"Content-Type": "text/plain; charset=utf-8"})

    async def socket(self, call: Call) -> Answer | Lasting:
        form = call.take(SocketForm)
        first = None
        if form.stream:
            first = Command("subscribe", form.stream, form.tag, form.list, form.since)
        return self._socket.answer(call, first)

    async def _open(self, call: Call, stream: str) -> Answer | Lasting:
        form = call.take(StreamForm)
        if form.only_media and stream.startswith("public"):
            stream = f"{stream}:media"
        _, topic = _understand(call, Command("subscribe", stream, form.tag, form.list))
        last_id = call.request.headers.get("Last-Event-ID", "") or form.last_event_id or form.since
        since = since_of(last_id)
        if call.request.method == "HEAD":
            return Answer(200, b"", {"Content-Type": _EVENT_STREAM})
        return await self._events.answer(call, topic, since)


def _understand(call: Call, command: Command) -> tuple[tuple[str, ...], Topic]:
    """A subscription's label and topic. Raises Invalid for what there is not, Forbidden outside a token's
    scopes."""
    stream, user_id = command.stream, call.user_id
    if stream in _PUBLIC:
        return (stream,), _PUBLIC[stream]
    match stream:
        case "hashtag" | "hashtag:local":
            tag = command.tag.strip().removeprefix("#")
            if not 0 < len(tag) <= _TAG_CHARACTERS_MAX:
                raise Invalid("Missing tag name parameter")
            return (stream, command.tag), hashtag_of(tag)
        case "user":
            _check_scope(call, "read:statuses")
            return (stream,), home_of(user_id)
        case "user:notification":
            _check_scope(call, "read:notifications")
            return (stream,), notifications_of(user_id)
        case "direct":
            _check_scope(call, "read:statuses")
            return (stream,), direct_of(user_id)
        case "list":
            _check_scope(call, "read:lists")
            text = str(command.list)
            if not (text.isascii() and text.isdigit() and len(text) < 20):
                raise Invalid("Missing list name parameter")
            return (stream, text), list_of(int(text))
    raise Invalid("Unknown stream type")


def _check_scope(call: Call, scope: str) -> None:
    if not covers(call.session.scopes, scope):
        raise Forbidden("This action is outside the authorized scopes")
