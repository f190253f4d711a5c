"""WebSocket: any number of subscriptions on one connection, which the client makes and ends by messages.

The handshake and what a client sends are aiohttp's; what is sent to a client is written to its transport as
frames that were made once for all who get them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import msgspec
from aiohttp import WSMsgType
from aiohttp.web import StreamResponse, WebSocketResponse

from roost.api.calls import Call, Lasting
from roost.api.problems import status_of
from roost.api.streaming.frames import Frames, close_frame, joined, last_words, text_frame
from roost.api.streaming.opening import (
    address_of,
    descriptor_of,
    hold_back_little,
    may_notify,
    since_of,
    transport_of,
)
from roost.errors import Invalid, RoostError
from roost.limits import (
    STREAM_CLOSING_S,
    STREAM_COMMAND_BYTES_MAX,
    STREAM_COMMANDS_PER_MIN,
    STREAM_PING_S,
)
from roost.push import Action, Asked, Close, Connection, Ending, Outgoing, Refuse, Topic, Write

_encode = msgspec.json.Encoder().encode


class Command(msgspec.Struct):
    """What a client sends."""

    type: str = ""
    stream: str = ""
    tag: str = ""
    list: str | int = ""
    since: str | int | None = None


Understand = Callable[[Call, Command], tuple[tuple[str, ...], Topic]]
"""A command's label, which clients are told with each message, and its topic. Raises errors of Roost's."""

_decode = msgspec.json.Decoder(Command).decode


class WebSocket:
    """Opens a connection for a call; raises what `streams.open` raises."""

    def __init__(self, frames: Frames, understand: Understand) -> None:
        self._frames = frames
        self._understand = understand

    def answer(self, call: Call, first: Command | None) -> Lasting:
        """`first` is a subscription that the address itself asks for."""
        token = call.request.headers.get("Sec-WebSocket-Protocol", "").partition(",")[0].strip()
        response = WebSocketResponse(
            autoclose=False,
            compress=False,
            heartbeat=STREAM_PING_S,
            max_msg_size=STREAM_COMMAND_BYTES_MAX,
            protocols=(token,) if token else (),
            timeout=STREAM_CLOSING_S,
        )
        if not response.can_prepare(call.request):
            raise Invalid("This address is for WebSocket connections")
        shell = _Shell(transport_of(call.request), self._frames)
        address = address_of(call)
        connection = call.service.streams.open(call.session, shell, address, may_notify(call))

        async def send(headers: Mapping[str, str]) -> StreamResponse:
            try:
                response.headers.update(headers)
                await response.prepare(call.request)
                hold_back_little(shell.transport)
                await call.service.streams.confirm(connection)
                if first is not None:
                    await self._obey(call, connection, shell, first)
                await self._listen(response, lambda text: self._heed(call, connection, shell, text))
                if shell.is_closing:
                    shell.transport.close()
            finally:
                call.service.streams.close(connection, address)
            return response

        return Lasting(send)

    async def _listen(self, response: WebSocketResponse, heed: Callable[[str], Awaitable[bool]]) -> None:
        """Until one of the two sides closes."""
        async for message in response:
            if message.type is not WSMsgType.TEXT or not await heed(message.data):
                return

    async def _heed(self, call: Call, connection: Connection, shell: "_Shell", text: str) -> bool:
        """Whether to go on listening."""
        if not shell.may_command():
            call.service.streams.end(connection, Ending.MISUSED)
            return True  # until the client closes too
        try:
            command = _decode(text)
        except (msgspec.MsgspecError, UnicodeError):
            shell.act(Refuse("The message is not understood", 400))
            return True
        await self._obey(call, connection, shell, command)
        return True

    async def _obey(self, call: Call, connection: Connection, shell: "_Shell", command: Command) -> None:
        streams = call.service.streams
        try:
            if command.type not in ("subscribe", "unsubscribe"):
                raise Invalid("Unknown message type")
            label, topic = self._understand(call, command)
            if command.type == "unsubscribe":
                streams.unsubscribe(connection, (label[0], topic))
                return
            since = since_of(command.since)
            await streams.check(call.session, topic)
            streams.subscribe(connection, Asked((label[0], topic), label, topic, since))
        except RoostError as error:
            status = 400 if isinstance(error, Invalid) else status_of(error)
            shell.act(Refuse(error.text, status))


class _Shell:
    def __init__(self, transport: asyncio.Transport, frames: Frames) -> None:
        self.transport = transport
        self.is_closing = False
        self._frames = frames
        self._minute = 0
        self._commands = 0

    @property
    def backlog_bytes(self) -> int:
        return self.transport.get_write_buffer_size()

    @property
    def descriptor(self) -> int:
        return descriptor_of(self.transport)

    @property
    def is_idle(self) -> bool:
        transport = self.transport
        return not (self.is_closing or transport.is_closing() or transport.get_write_buffer_size())

    def act(self, action: Action) -> None:
        if self.is_closing or self.transport.is_closing():
            return
        match action:
            case Write(outgoing):
                self.transport.write(joined([self._frames.websocket(each) for each in outgoing]))
            case Refuse(text, status):
                self.transport.write(text_frame(_encode({"error": text, "status": status})))
            case Close(ending):
                self.is_closing = True
                self.transport.write(last_words(ending) + close_frame(ending))
                asyncio.get_running_loop().call_later(STREAM_CLOSING_S, self.transport.abort)

    def pack(self, outgoing: Outgoing) -> bytes:
        return self._frames.websocket(outgoing)

    def send(self, packed: list[bytes]) -> None:
        if not (self.is_closing or self.transport.is_closing()):
            self.transport.write(joined(packed))

    def may_command(self) -> bool:
        """Count a message from the client; False for one too many."""
        minute = int(time.monotonic() / 60)
        if minute != self._minute:
            self._minute, self._commands = minute, 0
        self._commands += 1
        return self._commands <= STREAM_COMMANDS_PER_MIN
