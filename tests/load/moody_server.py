"""A server of the outside world that does as it is told: puts off, fails, breaks the connection, answers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from roost.load import Calls, Target, open_http

Mood = tuple[int, dict[str, str], bytes]
BREAKS: Mood = (0, {}, b"")
"""The connection is closed after the request was read, without an answer."""


class MoodyServer:
    """Answers the first requests by `moods`, one each, and all others by `answer`."""

    def __init__(self, moods: list[Mood], answer: Callable[[bytes], bytes]) -> None:
        self.url = ""
        self.bodies: list[bytes] = []
        self.tokens: list[str] = []
        self.rests_s: list[float] = []
        self._moods = list(moods)
        self._answer = answer

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        self.bodies.append(body)
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        if not self._moods:
            return web.Response(body=self._answer(body))
        status, headers, content = self._moods.pop(0)
        if status == 0:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=status or 500, headers=headers, body=content)

    async def rest(self, pause_s: float) -> None:
        """Waiting that is noted, and takes no time."""
        self.rests_s.append(pause_s)


@asynccontextmanager
async def moody(
    moods: list[Mood], answer: Callable[[bytes], bytes] = lambda _body: b"{}", patience_s: float = 60.0
) -> AsyncIterator[tuple[MoodyServer, Calls]]:
    """Such a server, and a caller of it."""
    behind = MoodyServer(moods, answer)
    runner = web.ServerRunner(web.Server(behind.handle))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    behind.url = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        async with open_http() as http:
            target = Target(behind.url, "token-1")
            yield behind, Calls(http, lambda: target, patience_s, behind.rest)
    finally:
        await runner.cleanup()
