"""Messages as bytes on the wire. Whoever gets the same bytes shares them: each is made once.

A frame is whole, with what the wire needs around it, so that sending it to one more client is one write.
"""

import struct
from collections.abc import Sequence
from typing import Protocol

import msgspec

from roost.push import Ending, Outgoing

_encode = msgspec.json.Encoder().encode
_TEXT, _CLOSE = 0x81, 0x88


class Rendered(Protocol):
    """Says a message in an API's words."""

    def event(self, outgoing: Outgoing) -> bytes:
        """The event's name."""
        ...

    def payload(self, outgoing: Outgoing, viewer_id: int) -> bytes:
        """JSON, or for some events a bare word; empty for none. `viewer_id` is 0 for what everybody sees."""
        ...


ENDINGS: dict[Ending, tuple[int, str]] = {
    Ending.OVERLOADED: (1013, "You do not take your messages fast enough; go on from the last one you have"),
    Ending.REVOKED: (1008, "The access token is invalid"),
    Ending.LEAVING: (1012, "The server stops; come again"),
    Ending.MISUSED: (1008, "The message is not understood, or too long"),
}
"""For each ending the close code of WebSocket, and a text."""


class Frames:
    """Frames of one API's messages. A label is the list of words that WebSocket clients are told."""

    def __init__(self, rendered: Rendered) -> None:
        self._rendered = rendered

    def websocket(self, outgoing: Outgoing) -> bytes:
        """A text frame. 0.5 us for one that was made before."""
        viewer_id = _viewer_of(outgoing)
        encoded = outgoing.message.encoded
        key = (outgoing.subscription.label, viewer_id, outgoing.settled)
        frame = encoded.get(key)
        if frame is None:
            frame = encoded[key] = self._make_websocket(outgoing, viewer_id)
        return frame

    def event_stream(self, outgoing: Outgoing) -> bytes:
        """An event, as a chunk of a chunked body."""
        viewer_id = _viewer_of(outgoing)
        encoded = outgoing.message.encoded
        key = (None, viewer_id, outgoing.settled)
        frame = encoded.get(key)
        if frame is None:
            frame = encoded[key] = self._make_event(outgoing, viewer_id)
        return frame

    def _make_websocket(self, outgoing: Outgoing, viewer_id: int) -> bytes:
        payload = self._payload(outgoing, viewer_id)
        parts = [
            b'{"stream":',
            _encode(outgoing.subscription.label),
            b',"event":"',
            self._rendered.event(outgoing),
            b'"',
        ]
        if payload:
            parts += [b',"payload":', _encode(payload.decode())]
        parts.append(b',"id":"%d"}' % position_of(outgoing))
        return text_frame(b"".join(parts))

    def _make_event(self, outgoing: Outgoing, viewer_id: int) -> bytes:
        payload = self._payload(outgoing, viewer_id) or b'""'
        event = self._rendered.event(outgoing)
        return chunk(b"id: %d\nevent: %s\ndata: %s\n\n" % (position_of(outgoing), event, payload))

    def _payload(self, outgoing: Outgoing, viewer_id: int) -> bytes:
        encoded = outgoing.message.encoded
        payload = encoded.get(viewer_id)
        if payload is None:
            payload = encoded[viewer_id] = self._rendered.payload(outgoing, viewer_id)
        return payload


def position_of(outgoing: Outgoing) -> int:
    """The id of a frame: everything up to this position has been sent on its subscription, with it."""
    position = outgoing.message.position
    return position if outgoing.settled else position - 1


def text_frame(text: bytes) -> bytes:
    return _frame(_TEXT, text)


def close_frame(ending: Ending) -> bytes:
    code, text = ENDINGS[ending]
    return _frame(_CLOSE, struct.pack(">H", code) + text.encode())


def last_words(ending: Ending) -> bytes:
    """What a client of a multiplexed connection is told before it is closed; empty for nothing."""
    text = ENDINGS[ending][1]
    if ending is Ending.OVERLOADED:
        return text_frame(_encode({"stream": [], "event": "overloaded", "payload": text}))
    if ending is Ending.REVOKED:
        return text_frame(_encode({"error": text, "status": 401}))
    return b""


def last_event(ending: Ending) -> bytes:
    """The same for server-sent events, and the end of the body."""
    if ending is Ending.OVERLOADED:
        text = ENDINGS[ending][1]
        return chunk(b"event: overloaded\ndata: %s\n\n" % _encode(text)) + LAST_CHUNK
    return LAST_CHUNK


def chunk(data: bytes) -> bytes:
    """A chunk of a body whose length is not known (RFC 9112, 7.1)."""
    return b"%x\r\n%s\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


def joined(frames: Sequence[bytes]) -> bytes:
    return frames[0] if len(frames) == 1 else b"".join(frames)


def _viewer_of(outgoing: Outgoing) -> int:
    """Whose view of the message this is: 0 for everybody's."""
    personal = outgoing.message.personal
    if not personal:
        return 0
    user_id = outgoing.subscription.connection.user_id
    return user_id if user_id in personal else 0


def _frame(first: int, payload: bytes) -> bytes:
    """A whole frame as servers send them: not masked (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return struct.pack(">BB", first, size) + payload
    if size < 1 << 16:
        return struct.pack(">BBH", first, 126, size) + payload
    return struct.pack(">BBQ", first, 127, size) + payload
