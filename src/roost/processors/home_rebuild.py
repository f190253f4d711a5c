"""Deriving the home state anew from the tables, beside the one that serves.

Users keep their rows, so that a reader who looked one up before the switch finds the same user behind it
after the switch. Rings are a cache, and are made as their owners read. It takes the memory of the home state
once more.
"""

import asyncio
from collections.abc import Awaitable, Callable

from roost.clock import Clock
from roost.eventlog import LogSlice
from roost.home import Shard, ShardState, load_from_tables
from roost.processors.seam import Progress, Source
from roost.store import Batch

Switch = Callable[[Shard, Batch], Awaitable[None]]


class HomeRebuild:
    """A `Rebuild`. `served` is the state that serves, `switch` has another shard served."""

    def __init__(
        self, served: ShardState, source: Source, fresh: Shard, clock: Clock, switch: Switch
    ) -> None:
        self._served = served
        self._source = source
        self._fresh: Shard | None = fresh
        self._clock = clock
        self._switch = switch

    async def load(self, tell: Progress) -> int:
        """In a thread: chunks are large. The view of the tables is read by nobody else."""
        await asyncio.to_thread(asyncio.run, self._load(tell))
        return self._source.position

    async def apply(self, events: LogSlice) -> None:
        shard = self._fresh
        assert shard is not None
        await asyncio.to_thread(shard.apply, events.first, events.events)

    async def pass_over(self, position: int) -> None:
        raise AssertionError(f"the home state passes nothing over, nor position {position}")

    async def take_place(self, position: int, also: Batch) -> None:
        shard = self._fresh
        assert shard is not None
        assert shard.state.position == position
        users = min(self._served.graph.users, shard.state.graph.users)
        shard.state.paces[:users] = self._served.paces[:users]  # how often each reads is in no table
        await self._switch(shard, also)
        self._fresh = None

    async def close(self) -> None:
        if self._fresh is not None:
            self._fresh.close()

    async def _load(self, tell: Progress) -> None:
        assert self._fresh is not None
        state, graph = self._fresh.state, self._served.graph
        user_ids = graph.user_ids[: graph.users].tolist()
        state.graph.add_users(user_ids, [0] * len(user_ids))
        await load_from_tables(state, self._source.store, self._source.position, self._clock.now_ms(), tell)
