"""A real server over HTTP in a thread of the test's own process, for what a process cannot be given: a way to
look names up."""

import asyncio
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from roost import node
from roost.config import Settings
from roost.outgoing import Lookup
from tests.api.client import Api, User
from tests.api.contract import Contract

T = TypeVar("T")
_WAIT_S = 60
SMALL: dict[str, Any] = {
    "port": 0,
    "rate_limits": False,
    "read_wait_ms": 5_000,
    "capacity_users": 1 << 12,
    "capacity_follows": 1 << 16,
    "capacity_rings": 1 << 8,
    "column_tweets": 1 << 12,
}


class ServerThread:
    def __init__(self, folder: Path, lookup: Lookup, **settings: Any) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        wanted = Settings(data_folder=str(folder), **{**SMALL, **settings})
        self._running = self.do(node.serve(wanted, lookup=lookup))
        self.url = self._running.url
        self.operator = Api(self.url, self._running.token)
        self.operator.contract = Contract(self.operator.get("/roost/v1/openapi.json").ok())
        self.nobody = Api(self.url, contract=self.operator.contract)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Something on the server's own event loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_WAIT_S)

    def user(self, username: str) -> User:
        made = self.operator.post("/roost/v1/users", {"username": username}).ok()
        form = {"username": username, "scopes": "read write follow push"}
        token = str(self.operator.post("/roost/v1/tokens", form).ok()["token"])
        return User(self.url, token, made["id"], username, self.nobody.contract)

    def enrich(self) -> None:
        """Return when late enrichers have nothing left to do, and trends and searches know of it."""
        kit = self._running.node.kit
        assert self.do(kit.enriching.applied(kit.log.last, _WAIT_S))
        self.do(kit.late_enrichment.settled())
        assert self.do(kit.indexing.applied(kit.log.last, _WAIT_S))

    def stop(self) -> None:
        self.do(self._running.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
