"""The wires of streams: WebSocket, and server-sent events."""

from roost.api.streaming.event_stream import EventStream
from roost.api.streaming.frames import Frames, Rendered
from roost.api.streaming.opening import address_of, since_of
from roost.api.streaming.websocket import Command, WebSocket

__all__ = ["Command", "EventStream", "Frames", "Rendered", "WebSocket", "address_of", "since_of"]
