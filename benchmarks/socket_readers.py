"""Readers of WebSocket streams, thousands to a process. They count messages, and look into few of them."""

import base64
import heapq
import os
import re
import select
import socket
import time
from collections import deque
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

import msgspec

from roost.ids import unix_ms_of

READERS_A_PROCESS = 10_000
"""Few processes: there are two cores, and the server needs one."""

_LOOKED_AT_EVERY = 16
_UNDER_WAY_MAX = 200
_QUIET_S = 3.0
_SETTLE_S = 60.0
_TAIL_BYTES = 64
"""The end of a message, and a ping after it."""
_STATUS_ID = re.compile(rb'\\"id\\":\\"(\d+)')
_LAST_ID = re.compile(rb'"id":"(\d+)"}')
_RETRY_AFTER = re.compile(rb"[Rr]etry-[Aa]fter: (\d+)")
_PONG = b"\x8a\x80\x00\x00\x00\x00"
_READ_BYTES = 1 << 18


class Tally(msgspec.Struct):
    """What a process's readers have seen since it was asked last."""

    connected: int = 0
    messages: int = 0
    closed: int = 0
    """How many the server closed."""
    put_off: int = 0
    """How often one was told to come again later."""
    first_s: float = 0.0
    last_s: float = 0.0
    """When it began, and when the last message came, by the machine's clock."""
    late_ms: list[float] = []
    """Of every sixteenth message: from its status's id to its being read."""


class _Reader:
    """One connection: what of the stream is not read yet."""

    __slots__ = ("head", "skip", "socket", "tail", "token")

    def __init__(self, token: str) -> None:
        self.token = token
        self.socket: socket.socket | None = None
        self.skip = 0
        self.head = b""
        self.tail = b""

    def since(self) -> str:
        found = _LAST_ID.findall(self.tail)
        return found[-1].decode() if found else "now"

    def keep_tail(self, data: bytes) -> None:
        """The end of what it read, however small the last piece was."""
        self.tail = data[-_TAIL_BYTES:] if len(data) >= _TAIL_BYTES else (self.tail + data)[-_TAIL_BYTES:]


class _Crowd:
    def __init__(self, url: str, tokens: list[str], number: int) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self._number = number
        self._round = 0
        self._readers = [_Reader(token) for token in tokens]
        self._by_file: dict[int, _Reader] = {}
        self._poll = select.epoll()
        self._looked_at = 0
        self.tally = Tally()

    # -- connecting

    def connect(self) -> None:
        """All of them, as fast as the server lets them in; each goes on from the last message it has."""
        self._round += 1
        self.tally = Tally(first_s=time.time())
        waiting = deque(self._readers)
        later: list[tuple[float, int, _Reader]] = []
        opening: dict[int, tuple[_Reader, bytes]] = {}
        poll = select.epoll()
        while waiting or later or opening:
            self.read(0)  # those who are in already
            now_s = time.monotonic()
            while later and later[0][0] <= now_s:
                waiting.append(heapq.heappop(later)[2])
            while waiting and len(opening) < _UNDER_WAY_MAX:
                reader = waiting.popleft()
                file = self._begin(reader)
                opening[file] = (reader, b"")
                poll.register(file, select.EPOLLIN)
            for file, _ in poll.poll(0.02):
                reader, head = opening.pop(file)
                assert reader.socket is not None
                head += reader.socket.recv(_READ_BYTES)
                if b"\r\n\r\n" not in head:
                    opening[file] = (reader, head)
                    continue
                poll.unregister(file)
                wait_s = self._answered(reader, head)
                if wait_s:
                    heapq.heappush(later, (now_s + wait_s, file, reader))
        self.tally.last_s = time.time()

    def _begin(self, reader: _Reader) -> int:
        reader.socket = sock = socket.socket()
        sock.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: a port is chosen late
        sock.bind((f"127.0.{self._round}.{self._number + 1}", 0))
        sock.connect((self._host, self._port))
        key = base64.b64encode(os.urandom(16)).decode()
        path = f"/api/v1/streaming?stream=user&since={reader.since()}&access_token={reader.token}"
        sock.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        return sock.fileno()

    def _answered(self, reader: _Reader, head: bytes) -> float:
        """How long to wait; 0 for one who is in."""
        assert reader.socket is not None
        if not head.startswith(b"HTTP/1.1 101"):
            reader.socket.close()
            self.tally.put_off += 1
            found = _RETRY_AFTER.search(head)
            if found is None:
                raise RuntimeError(f"refused: {head[:500]!r}")
            return float(found[1]) * (0.5 + os.urandom(1)[0] / 255)
        self.tally.connected += 1
        reader.skip, reader.head = 0, b""
        self._by_file[reader.socket.fileno()] = reader
        self._poll.register(reader.socket.fileno(), select.EPOLLIN)
        self._take(reader, head.partition(b"\r\n\r\n")[2])
        return 0.0

    def hang_up(self) -> None:
        for file, reader in self._by_file.items():
            self._poll.unregister(file)
            if reader.socket is not None:
                reader.socket.close()
        self._by_file.clear()

    # -- reading

    def begin(self) -> None:
        self.tally = Tally(first_s=time.time())

    def read(self, wait_s: float) -> bool:
        """Read what is there; whether there was something."""
        ready = self._poll.poll(wait_s)
        for file, _ in ready:
            reader = self._by_file[file]
            assert reader.socket is not None
            data = reader.socket.recv(_READ_BYTES)
            if data:
                self._take(reader, data)
            else:
                self._poll.unregister(file)
                del self._by_file[file]
                reader.socket.close()
                self.tally.closed += 1
        return bool(ready)

    def _take(self, reader: _Reader, data: bytes) -> None:
        reader.keep_tail(data)
        if reader.head:
            data, reader.head = reader.head + data, b""
        place, size = reader.skip, len(data)
        while place < size:
            left = size - place
            if left < 2 or (left < 4 and data[place + 1] == 126):
                reader.head, place = data[place:], size
                break
            opcode, length = data[place], data[place + 1]
            start = place + 2
            if length == 126:
                length = (data[place + 2] << 8) | data[place + 3]
                start = place + 4
            elif length == 127:
                raise RuntimeError("a message is longer than a status")
            if opcode == 0x81:
                self._count(data, start)
            elif opcode == 0x89 and reader.socket is not None:
                reader.socket.sendall(_PONG)
            place = start + length
        reader.skip = place - size

    def _count(self, data: bytes, start: int) -> None:
        tally = self.tally
        tally.messages += 1
        self._looked_at += 1
        if self._looked_at % _LOOKED_AT_EVERY == 0:
            found = _STATUS_ID.search(data, start, start + 120)
            if found is not None:
                now_s = tally.last_s = time.time()
                tally.late_ms.append(now_s * 1000 - unix_ms_of(int(found[1])))


def read_until_told(pipe: Connection, url: str, tokens: list[str], number: int) -> None:
    """The life of a process: it reads all the time, and does what it is told."""
    crowd = _Crowd(url, tokens, number)
    while True:
        crowd.read(0.02)
        if not pipe.poll():
            continue
        match pipe.recv():
            case "connect":
                crowd.connect()
            case "begin":
                crowd.begin()
            case "settle":
                _read_until_quiet(crowd)
            case "hang up":
                crowd.hang_up()
            case "stop":
                return
        pipe.send(crowd.tally)


def _read_until_quiet(crowd: _Crowd) -> None:
    end_s = time.monotonic() + _SETTLE_S
    quiet_s = time.monotonic() + _QUIET_S
    while time.monotonic() < min(end_s, quiet_s):
        if crowd.read(0.05):
            quiet_s = time.monotonic() + _QUIET_S
