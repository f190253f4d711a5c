"""What a plain program reaches: an aiohttp server that sends one ready text to every WebSocket in turn."""

import asyncio
import multiprocessing
import os
import socket
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import uvloop
from aiohttp import web

_TEXT = "x" * 2_500
"""As long as a status."""


class PeerResult(msgspec.Struct):
    messages_a_second: float
    messages_a_processor_second: float
    kib_a_connection: float


def broadcast(connections: int, rounds: int) -> PeerResult:
    """So many rounds of one message to so many connections, all of them read."""
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    server = context.Process(target=_serve, args=(far, connections, rounds), daemon=True)
    server.start()
    port = near.recv()
    reader_near, reader_far = context.Pipe()
    reader = context.Process(target=_read, args=(reader_far, port, connections, rounds), daemon=True)
    reader.start()
    kib, used_s = near.recv()
    took_s = reader_near.recv()
    server.join(timeout=30)
    reader.join(timeout=30)
    messages = connections * rounds
    return PeerResult(messages / took_s, messages / used_s, kib)


def _serve(pipe: Connection, connections: int, rounds: int) -> None:
    uvloop.run(_broadcast(pipe, connections, rounds))


async def _broadcast(pipe: Connection, connections: int, rounds: int) -> None:
    sockets: list[web.WebSocketResponse] = []
    complete = asyncio.Event()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        response = web.WebSocketResponse(compress=False)
        await response.prepare(request)
        sockets.append(response)
        if len(sockets) == connections:
            complete.set()
        async for _ in response:
            pass
        return response

    before_kib = _memory_kib()
    listener = socket.create_server(("127.0.0.1", 0), backlog=4_096)
    server = await asyncio.get_running_loop().create_server(web.Server(handle), sock=listener)
    pipe.send(listener.getsockname()[1])
    await complete.wait()
    held_kib = (_memory_kib() - before_kib) / connections
    used_s = time.process_time()
    for _ in range(rounds):
        for each in sockets:
            await each.send_str(_TEXT)
        await asyncio.sleep(0)
    pipe.send((held_kib, time.process_time() - used_s))
    await asyncio.sleep(1)
    server.close()
    os._exit(0)


def _memory_kib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024


def _read(pipe: Connection, port: int, connections: int, rounds: int) -> None:
    import select

    wanted = connections * rounds * (len(_TEXT) + 4)
    poll = select.epoll()
    sockets = {}
    for _ in range(connections):
        sock = socket.create_connection(("127.0.0.1", port))
        sock.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += sock.recv(1)
        sockets[sock.fileno()] = sock
        poll.register(sock.fileno(), select.EPOLLIN)
    read = 0
    began_s = 0.0
    while read < wanted:
        for file, _ in poll.poll(30):
            began_s = began_s or time.monotonic()
            read += len(sockets[file].recv(1 << 18))
    pipe.send(time.monotonic() - began_s)


assert sys.platform.startswith("linux"), "epoll, and /proc, are Linux's"
