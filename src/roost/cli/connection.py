"""How commands reach the server of a data folder: the one that runs, or one started for the while."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import msgspec
import uvloop

from roost import node
from roost.api import operator_tls
from roost.config import Settings
from roost.errors import Invalid, Overloaded

T = TypeVar("T")


class Server:
    """An operator's access to a server's own API."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = url

    async def get(self, path: str) -> Any:
        return await self.ask("GET", path, None)

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return await self.ask("POST", path, body or {})

    async def ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        """The JSON of an answer. Raises Invalid, with the server's sentence, for a refusal."""
        async with self.http.request(method, f"{self.url}{path}", json=body) as answer:
            found = await answer.json()
            if answer.status >= 400:
                raise Invalid(str(found.get("error", f"The server answered {answer.status}")))
            return found


@asynccontextmanager
async def reach(settings: Settings, new_folder: bool) -> AsyncIterator[Server]:
    """The server that runs on the data folder; where none does, one is started until the end of the block.

    Raises Invalid where there is no such folder yet, and it is not to be made.
    """
    found = node.read_operator_file(settings)
    running = None
    if found is None and not new_folder and not (Path(settings.data_folder) / "store").is_dir():
        raise no_server(settings)
    if found is None:
        private = msgspec.structs.replace(
            settings,
            host="127.0.0.1",
            port=0,
            public_url=node.public_url(settings),
            tls_certificate="",
            tls_key="",
        )
        running = await node.serve(private)
        found = node.OperatorFile(running.url, running.token, 0)
    try:
        headers = {"Authorization": f"Bearer {found.token}"}
        timeout = aiohttp.ClientTimeout(total=None, connect=5)
        connector = aiohttp.TCPConnector(ssl=operator_tls(found.certificate))
        async with aiohttp.ClientSession(headers=headers, timeout=timeout, connector=connector) as http:
            yield Server(http, found.url)
    finally:
        if running is not None:
            await running.stop()


def no_server(settings: Settings) -> Invalid:
    """For a command that cannot do without one."""
    return Invalid(
        f"No server has run on the data folder {settings.data_folder}: start one with `roost serve`, or name "
        "another folder with --data (that of `roost demo` is data/demo)"
    )


def run(settings: Settings, work: Callable[[Server], Awaitable[T]], new_folder: bool = False) -> T:
    """Do some work with the server of a data folder, a new one if that is wanted. Raises RoostError."""

    async def main() -> T:
        try:
            async with reach(settings, new_folder) as server:
                return await work(server)
        except aiohttp.ClientConnectionError as cause:
            raise Overloaded(f"The server of {settings.data_folder} does not answer: {cause}") from cause

    return uvloop.run(main())
