"""Plain synchronous clients of streams: server-sent events, and WebSocket (RFC 6455) by hand."""

import base64
import hashlib
import json
import os
import socket
import ssl
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from tests.api.client import query_of

_TIMEOUT_S = 30
_ROOT = "/api/v1/streaming"
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


@dataclass(frozen=True)
class Event:
    """What a stream told; `stream` is empty for server-sent events."""

    event: str
    payload: Any
    id: int
    stream: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The text of the status that it tells of."""
        return str(self.payload["content"])


class _Wire:
    """A connection, and what was read from it and not yet used. `trust` is for one over TLS."""

    trust: ssl.SSLContext | None = None

    def __init__(self, url: str, path: str, headers: Mapping[str, str], receive_bytes: int = 0) -> None:
        parts = urlsplit(url)
        self.socket = socket.socket()
        if self.trust is not None:
            self.socket = self.trust.wrap_socket(self.socket, server_hostname=parts.hostname)
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(_TIMEOUT_S)
        self.socket.connect((parts.hostname, parts.port))
        self._read = b""
        lines = [f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", *(f"{k}: {v}" for k, v in headers.items())]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        head = self.until(b"\r\n\r\n").decode().split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
        }

    def until(self, end: bytes) -> bytes:
        """Read up to and with `end`. Raises EOFError where the server closes before."""
        while end not in self._read:
            self._more()
        found, _, self._read = self._read.partition(end)
        return found + end

    def exactly(self, count: int) -> bytes:
        while len(self._read) < count:
            self._more()
        found, self._read = self._read[:count], self._read[count:]
        return found

    def _more(self) -> None:
        found = self.socket.recv(65_536)
        if not found:
            raise EOFError
        self._read += found

    def error(self) -> str:
        """The text of a refusal."""
        body = json.loads(self.exactly(int(self.headers["content-length"])))
        return str(body["error"])

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class EventSource(_Wire):
    """Server-sent events of one address, `user` say. Waits until the server has subscribed it."""

    def __init__(
        self, url: str, stream: str, token: str = "", last_id: int | None = None, **parameters: object
    ) -> None:
        headers = {"Accept": "text/event-stream"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if last_id is not None:
            headers["Last-Event-ID"] = str(last_id)
        query = f"?{query_of(parameters)}" if parameters else ""
        super().__init__(url, f"{_ROOT}/{stream}{query}", headers)
        self._body = b""
        if self.status == 200:
            assert self.headers["content-type"] == "text/event-stream"
            assert self._line() == ":)"

    def next(self) -> Event:
        """The next event. Raises EOFError at the end of the stream."""
        fields: dict[str, str] = {}
        while True:
            line = self._line()
            if line.startswith(":"):
                continue
            if not line:
                break
            name, _, value = line.partition(": ")
            fields[name] = value
        return Event(fields["event"], json.loads(fields["data"]), int(fields["id"]) if "id" in fields else 0)

    def until_event(self, event: str) -> list[Event]:
        return _until(self, event)

    def _line(self) -> str:
        while b"\n" not in self._body:
            size = int(self.until(b"\r\n"), 16)
            self._body += self.exactly(size)
            assert self.exactly(2) == b"\r\n"
            if size == 0:
                raise EOFError
        line, _, self._body = self._body.partition(b"\n")
        return line.decode()


class WebSocketClient(_Wire):
    """A WebSocket; `protocol` and `authorization` are the other places of a token. `code` is how it was
    closed."""

    def __init__(
        self,
        url: str,
        token: str = "",
        path: str = _ROOT,
        headers: Mapping[str, str] | None = None,
        receive_bytes: int = 0,
        **parameters: object,
    ) -> None:
        key = base64.b64encode(os.urandom(16))
        if token:
            parameters["access_token"] = token
        sent = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": key.decode(),
            "Sec-WebSocket-Version": "13",
            **(headers or {}),
        }
        query = f"?{query_of(parameters)}" if parameters else ""
        super().__init__(url, path + query, sent, receive_bytes)
        self.code = 0
        if self.status == 101:
            accept = base64.b64encode(hashlib.sha1(key + _MAGIC).digest()).decode()
            assert self.headers["sec-websocket-accept"] == accept

    def send(self, message: Any) -> None:
        self.send_frame(TEXT, json.dumps(message).encode())

    def send_frame(self, opcode: int, payload: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        size = len(payload)
        head = struct.pack(">BB", 0x80 | opcode, 0x80 | size) if size < 126 else b""
        head = head or struct.pack(">BBH", 0x80 | opcode, 0x80 | 126, size)
        self.socket.sendall(head + mask + masked)

    def subscribe(self, stream: str, **parameters: object) -> None:
        """Subscribe, and wait until that is so: a ping is answered after what was sent before it."""
        self.send({"type": "subscribe", "stream": stream, **parameters})

    def unsubscribe(self, stream: str, **parameters: object) -> None:
        self.send({"type": "unsubscribe", "stream": stream, **parameters})

    def settle(self) -> list[Any]:
        """What comes until the server has read everything that was sent: it answers a message that it does
        not know, after all others."""
        self.send({"type": "?"})
        found = []
        while (message := self.message()) != {"error": "Unknown message type", "status": 400}:
            found.append(message)
        return found

    def message(self) -> Any:
        """The next message's JSON. Raises EOFError when it is closed."""
        while True:
            opcode, payload = self.frame()
            if opcode == TEXT:
                return json.loads(payload)
            if opcode == PING:
                self.send_frame(PONG, payload)
            if opcode == CLOSE:
                self.code = struct.unpack(">H", payload[:2])[0]
                raise EOFError

    def frame(self) -> tuple[int, bytes]:
        first, size = self.exactly(2)
        assert first & 0x70 == 0, "no extension was agreed on"
        assert size < 128, "a server does not mask"
        if size == 126:
            size = struct.unpack(">H", self.exactly(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self.exactly(8))[0]
        return first & 0x0F, self.exactly(size)

    def next(self) -> Event:
        return event_of(self.message())

    def until_event(self, event: str) -> list[Event]:
        return _until(self, event)


def event_of(message: Any) -> Event:
    """A WebSocket message, whose payload is JSON in a string; a deletion's is a bare id."""
    payload = message.get("payload", "")
    bare = message["event"] in ("delete", "overloaded") or not payload
    return Event(
        message["event"],
        payload if bare else json.loads(payload),
        int(message.get("id", 0)),
        tuple(message["stream"]),
    )


def _until(stream: EventSource | WebSocketClient, event: str) -> list[Event]:
    """The events before the next one of a kind."""
    found = []
    while (one := stream.next()).event != event:
        found.append(one)
    return found
