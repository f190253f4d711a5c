"""A whole Roost in this process, without HTTP."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from roost import node
from roost.clock import ManualClock
from roost.config import Settings
from roost.model import PageRequest
from roost.outgoing import Lookup
from roost.service import Draft, Registration

T = TypeVar("T")


class Ground:
    """Started on a folder; `close` stops it. Time moves 7 ms at every call."""

    def __init__(self, folder: Path, lookup: Lookup | None = None, **settings: Any) -> None:
        usual: dict[str, Any] = {
            "data_folder": str(folder),
            "strategy": "push",
            "read_wait_ms": 5_000,
            "capacity_users": 256,
            "capacity_follows": 1 << 16,
            "capacity_rings": 64,
            "ring_entries": 16,
            "column_tweets": 256,
        }
        self.clock = ManualClock(1_750_000_000_000)
        self.settings = Settings(**(usual | settings))
        self._runner = asyncio.Runner()
        self._lookup = lookup
        self.node = self.do(self._started())

    def _started(self) -> Coroutine[Any, Any, node.Node]:
        return node.start(self.settings, self.clock, lookup=self._lookup)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        self.clock.advance_ms(7)
        return self._runner.run(work)

    @property
    def service(self) -> Any:
        return self.node.service

    @property
    def kit(self) -> Any:
        return self.node.kit

    def user(self, name: str, **more: Any) -> int:
        view = self.do(self.service.accounts.register(Registration(username=name, **more), False))
        return view.user.user_id

    def post(self, author_id: int, text: str = "words", **more: Any) -> int:
        return self.do(self.service.tweets.post(author_id, Draft(text=text, **more))).tweet.tweet_id

    def home(self, viewer_id: int, limit: int = 20) -> list[int]:
        """The first page, once everything has been applied."""
        self.settle()
        page = self.do(self.service.timelines.home(viewer_id, PageRequest(limit)))
        return [view.tweet.tweet_id for view in page.items]

    def settle(self) -> None:
        assert self.do(self.kit.runner.applied(self.kit.log.last, 20.0))
        writer = self.kit.writer
        now_s = self.clock.now_ms() // 1000
        self.do(writer.run(lambda: writer.shard.settle(now_s)))

    def restart(self) -> None:
        self.do(self.node.stop())
        self.node = self.do(self._started())

    def stop(self) -> None:
        self.do(self.node.stop())

    def close(self) -> None:
        self._runner.close()

    def restart_after_crash(self) -> None:
        """Start on what is there, after `stop`."""
        self.node = self.do(self._started())
