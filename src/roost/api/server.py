"""The HTTP server: aiohttp's, with Roost's limits and Roost's way of saying what is wrong.

aiohttp is used at its lowest level (one handler for everything), so that malformed requests, too, get the one
documented error. A client that does not finish a request's head within `KEEP_ALIVE_S`, or its TLS handshake
within `TLS_HANDSHAKE_S`, is disconnected.
"""

import asyncio
import logging
import resource
import socket
import ssl
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.web import BaseRequest, RequestHandler

from roost import limits
from roost.api.dispatch import Dispatcher
from roost.api.problems import answer_error
from roost.errors import Invalid, Overloaded, RoostError

_log = logging.getLogger("roost.http")


class _Connection(RequestHandler):
    __slots__ = ("when_lost",)

    when_lost: Callable[[], None] | None
    """For answers that last: called when the client is gone."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.when_lost = None
        super().connection_made(transport)
        if self._manager is not None and len(self._manager.connections) > limits.CONNECTIONS_MAX:
            assert isinstance(transport, asyncio.WriteTransport)
            transport.write(_plain_answer(503, Overloaded("Too many connections")))
            self.force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        if self.when_lost is not None:
            self.when_lost()

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What aiohttp found wrong with a request before Roost saw it."""
        del request, message
        if status >= 500 and not isinstance(exc, ConnectionError):
            _log.error("An answer failed", exc_info=exc)
        answer = answer_error(Invalid("The request is malformed"))
        response = web.Response(status=status, body=answer.body, headers=answer.headers)
        response.force_close()
        return response


class _Server(web.Server):
    def __call__(self) -> RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class HttpServer:
    """Listens from `start` on; `stop` lets requests under way finish."""

    def __init__(self, dispatcher: Dispatcher, end_streams: Callable[[], None] = lambda: None) -> None:
        self._dispatcher = dispatcher
        self._end_streams = end_streams
        self._server: _Server | None = None
        self._listener: asyncio.Server | None = None

    async def start(self, listener: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        """Serve what connects to a bound socket."""
        _allow_files()
        options: dict[str, Any] = {
            "access_log": None,
            "keepalive_timeout": limits.KEEP_ALIVE_S,
            "max_line_size": limits.REQUEST_LINE_BYTES_MAX,
            "max_field_size": limits.HEADER_BYTES_MAX,
            "max_headers": limits.HEADERS_MAX,
            "lingering_time": 5.0,
            "auto_decompress": False,
        }
        self._server = _Server(self._dispatcher.handle, **options)
        loop = asyncio.get_running_loop()
        handshake_s = limits.TLS_HANDSHAKE_S if tls is not None else None
        self._listener = await loop.create_server(
            self._server, sock=listener, ssl=tls, backlog=1024, ssl_handshake_timeout=handshake_s
        )

    async def stop(self) -> None:
        if self._listener is not None:
            self._listener.close()
        if self._server is not None:
            self._end_streams()
            self._server.pre_shutdown()
            await self._server.shutdown(timeout=5.0)


def _allow_files() -> None:
    """Let this process open as many files as connections need, as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.CONNECTIONS_MAX + limits.FILES_BESIDE_CONNECTIONS_MAX
    possible = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < possible:
        resource.setrlimit(resource.RLIMIT_NOFILE, (possible, hard))
    if possible < wanted:
        _log.warning("This process may open %d files: connections end there (ulimit -Hn)", possible)


def _plain_answer(status: int, error: RoostError) -> bytes:
    """An answer without a request to answer to."""
    body = answer_error(error).body
    assert isinstance(body, bytes)
    head = (
        f"HTTP/1.1 {status} Service Unavailable\r\nContent-Type: application/json\r\n"
        f"Retry-After: 1\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
