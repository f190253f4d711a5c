"""Server-sent events: one subscription, sent in the body of an answer that has no end."""

import asyncio
from collections.abc import Mapping

from aiohttp.web import BaseRequest, StreamResponse

from roost.api.calls import Call, Lasting
from roost.api.departures import note_lost
from roost.api.streaming.frames import Frames, chunk, joined, last_event
from roost.api.streaming.opening import (
    address_of,
    descriptor_of,
    hold_back_little,
    may_notify,
    transport_of,
)
from roost.limits import STREAM_BEAT_S, STREAM_CLOSING_S
from roost.push import Action, Asked, Close, Outgoing, Topic, Write

_FIRST = chunk(b":)\n")
_BEAT = chunk(b":thump\n")


class EventStream:
    """Opens a stream for a call; raises what `streams.check` and `streams.open` raise."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames

    async def answer(self, call: Call, topic: Topic, since: int | None) -> Lasting:
        """`since` as for `streams.subscribe`."""
        await call.service.streams.check(call.session, topic)
        shell = _Shell(transport_of(call.request), self._frames)
        address = address_of(call)
        connection = call.service.streams.open(call.session, shell, address, may_notify(call))

        async def send(headers: Mapping[str, str]) -> StreamResponse:
            streams = call.service.streams
            try:
                note_lost(call.request, shell.lose)
                response = await _begin(call.request, headers)
                shell.transport.write(_FIRST)
                await streams.confirm(connection)
                streams.subscribe(connection, Asked(None, None, topic, since))
                await shell.beat_until_lost()
            finally:
                note_lost(call.request, None)
                streams.close(connection, address)
            return response

        return Lasting(send)


async def _begin(request: BaseRequest, headers: Mapping[str, str]) -> StreamResponse:
    response = StreamResponse(headers={**headers, "Content-Type": "text/event-stream"})
    response.enable_chunked_encoding()  # and no "Connection: close": Python's clients let go of such a socket
    await response.prepare(request)
    hold_back_little(transport_of(request))
    return response


class _Shell:
    def __init__(self, transport: asyncio.Transport, frames: Frames) -> None:
        self.transport = transport
        self._frames = frames
        self._lost = asyncio.Event()

    @property
    def backlog_bytes(self) -> int:
        return self.transport.get_write_buffer_size()

    @property
    def descriptor(self) -> int:
        return descriptor_of(self.transport)

    @property
    def is_idle(self) -> bool:
        transport = self.transport
        return not (transport.is_closing() or transport.get_write_buffer_size())

    def act(self, action: Action) -> None:
        if self.transport.is_closing():
            return
        match action:
            case Write(outgoing):
                self.transport.write(joined([self._frames.event_stream(each) for each in outgoing]))
            case Close(ending):
                self.transport.write(last_event(ending))
                self.transport.close()
                asyncio.get_running_loop().call_later(STREAM_CLOSING_S, self.transport.abort)

    def pack(self, outgoing: Outgoing) -> bytes:
        return self._frames.event_stream(outgoing)

    def send(self, packed: list[bytes]) -> None:
        if not self.transport.is_closing():
            self.transport.write(joined(packed))

    def lose(self) -> None:
        self._lost.set()

    async def beat_until_lost(self) -> None:
        """A comment now and then, so that nobody on the way takes the stream for dead."""
        while not self._lost.is_set():
            try:
                async with asyncio.timeout(STREAM_BEAT_S):
                    await self._lost.wait()
            except TimeoutError:
                if not self.transport.is_closing():
                    self.transport.write(_BEAT)
