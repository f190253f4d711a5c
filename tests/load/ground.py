"""A real node for the tests of `roost.load`, and callers of its API; all in the test's own process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import uvloop

from roost import node
from roost.config import Settings
from roost.load import BulkClient, Calls, Recorder, Target, open_http

T = TypeVar("T")

SMALL: dict[str, Any] = {
    "port": 0,
    "rate_limits": False,
    "capacity_users": 1 << 14,
    "capacity_follows": 1 << 20,
    "capacity_rings": 1 << 10,
    "column_tweets": 1 << 14,
}


class Ground:
    """A running node, and ways to speak with it. `rest` never waits."""

    def __init__(self, running: node.Running, calls: Calls) -> None:
        self.running = running
        self.calls = calls

    def client(self, step: str = "test", **limits: int) -> BulkClient:
        return BulkClient(self.calls, Recorder(step), **limits)

    async def get(self, path: str, token: str = "") -> Any:
        return msgspec.json.decode((await self.calls.ask("GET", path, token=token)).body)

    async def token_of(self, username: str) -> str:
        body = msgspec.json.encode({"username": username})
        answer = await self.calls.ask("POST", "/roost/v1/tokens", body)
        token: str = msgspec.json.decode(answer.body)["token"]
        return token

    async def pages(self, path: str, token: str = "", limit: int = 80) -> list[dict[str, Any]]:
        """A list read to its end by its Link headers."""
        found: list[dict[str, Any]] = []
        more = f"{path}?limit={limit}"
        while more:
            answer = await self.calls.ask("GET", more, token=token)
            found += msgspec.json.decode(answer.body)
            more = next_page(answer.headers.get("Link", ""))
        return found

    async def applied(self) -> None:
        """Until home timelines and counts have everything that was accepted."""
        kit = self.running.node.kit
        assert await kit.runner.applied(kit.log.last, 60.0)

    async def settled(self) -> None:
        """Until the server appends nothing of its own accord: late findings of what was accepted are in."""
        kit = self.running.node.kit
        assert await kit.enriching.applied(kit.log.last, 60.0)
        await kit.late_enrichment.settled()


def next_page(link: str) -> str:
    """The path and query of the next page; empty at the end."""
    for part in link.split(", "):
        if part.endswith('rel="next"'):
            return "/" + part.split(">")[0].split("/", 3)[3]
    return ""


async def no_rest(_pause_s: float) -> None:
    """Waiting that does not wait, and lets others go on."""
    await asyncio.sleep(0)


@asynccontextmanager
async def grounded(folder: Path, **settings: Any) -> AsyncIterator[Ground]:
    """A node on a folder, until the end of the block."""
    running = await node.serve(Settings(data_folder=str(folder), **{**SMALL, **settings}))
    try:
        async with open_http() as http:
            yield Ground(running, Calls(http, lambda: Target(running.url, running.token), rest=no_rest))
    finally:
        await running.stop()


def on_a_server(folder: Path, work: Callable[[Ground], Awaitable[T]], **settings: Any) -> T:
    """What some work with a node comes to."""

    async def main() -> T:
        async with grounded(folder, **settings) as ground:
            return await work(ground)

    return uvloop.run(main())
