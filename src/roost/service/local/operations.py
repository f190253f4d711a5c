"""What an operator asks for: statistics, verification, a change of strategy, a snapshot."""

import asyncio
import resource
import time
from collections.abc import Sequence

import numpy as np

from roost import __version__
from roost.assembly import HomeAssembly, recompute_home
from roost.errors import Invalid
from roost.home import STRATEGIES
from roost.limits import READY_LAG_EVENTS
from roost.model import PageRequest
from roost.processors import ProcessorState, Week
from roost.service.local.kit import Kit
from roost.service.reports import Difference, Statistics, Usage, Verification

_PAGE = 40
_USAGE_S = 60.0
_MONTH_S = 30 * 86_400


class LocalOperations:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._began_s = time.monotonic()
        self._usage: Usage | None = None
        self._usage_until_s = 0.0

    def statistics(self) -> Statistics:
        kit = self._kit
        state = kit.reader.state
        graph = state.graph.statistics()
        memory = state.memory()
        return Statistics(
            version=__version__,
            uptime_s=round(time.monotonic() - self._began_s, 3),
            users=graph.users,
            follows=graph.follows,
            blocks_and_mutes=graph.blocks_and_mutes,
            rings=state.rings_in_use,
            tweets_in_columns=state.tweets_in_columns,
            memory=memory,
            memory_total_bytes=memory.total,
            resident_bytes=_resident_bytes(),
            store=kit.store.statistics(),
            log=kit.log.statistics(),
            processors=[found for runner in kit.runners for found in runner.statistics()],
            enrichers=[*kit.enrichment.statistics(), *kit.late_enrichment.statistics()],
            links=kit.links.statistics(),
            search=kit.finder.statistics(),
            fanout=kit.writer.shard.fanout.statistics(),
            visible_after=kit.home.visible_after.percentiles(),
            web_push=kit.push_counts,
            tweet_cache=kit.tweets.statistics(),
            user_cache=kit.users.statistics(),
        )

    async def usage(self) -> Usage:
        """Counted at most once a minute, beside the event loop."""
        now_s = time.monotonic()
        if self._usage is None or now_s >= self._usage_until_s:
            self._usage_until_s = now_s + _USAGE_S
            self._usage = await asyncio.to_thread(self._count_usage)
        return self._usage

    def _count_usage(self) -> Usage:
        state = self._kit.reader.state
        users = state.graph.users
        since_s = self._kit.clock.now_ms() // 1000 - _MONTH_S
        active = ((state.paces[:users] >> 32) > since_s).any(axis=1).sum()
        return Usage(users, int(state.tallies[:users].sum()), int(active))

    async def activity(self) -> list[Week]:
        """What happened in each of the last weeks, newest first."""
        return self._kit.weeks.weeks()

    def ready(self) -> bool:
        """Whether those processors that writers wait for are near the end of the log, and go on."""
        return all(
            found.lag_events < READY_LAG_EVENTS and found.state is not ProcessorState.STOPPED
            for found in self._kit.runner.statistics()
        )

    async def use_strategy(self, name: str) -> None:
        """From the next tweet on. Raises Invalid."""
        if name not in STRATEGIES:
            raise Invalid(f"strategy must be one of {', '.join(STRATEGIES)}")
        await self._kit.writer.run(lambda: self._kit.writer.shard.use_strategy(name))

    async def snapshot(self) -> None:
        """Write the home state to disk now."""
        await self._kit.home.snapshot()

    async def verify(self, sample: int, seed: int) -> Verification:
        """Read the home timelines of a sample of users to their ends, and compare each with what the tables
        alone say. Meant for a quiet server: what is posted meanwhile may show as a difference."""
        await self._kit.runner.applied(self._kit.log.last, 30.0)
        state = self._kit.reader.state
        rows = np.arange(state.graph.users)
        if sample < len(rows):
            rows = np.random.default_rng(seed).choice(rows, sample, replace=False)
        differences: list[Difference] = []
        entries = 0
        for user_id in state.graph.user_ids[rows].tolist():
            shown = await _walk(self._kit.assembly, user_id)
            expected = await recompute_home(
                self._kit.store, self._kit.tweets, self._kit.users, user_id, self._kit.clock.now_ms()
            )
            entries += len(expected)
            if shown != expected:
                differences.append(_difference(user_id, shown, expected))
        return Verification(len(rows), entries, differences)


async def _walk(assembly: HomeAssembly, user_id: int) -> list[int]:
    ids: list[int] = []
    request = PageRequest(_PAGE)
    while True:
        page = await assembly.page(user_id, request)
        ids.extend(page.ids)
        if len(page.ids) < _PAGE:
            return ids
        request = PageRequest(_PAGE, max_id=ids[-1])


def _difference(user_id: int, shown: Sequence[int], expected: Sequence[int]) -> Difference:
    missing = sorted(set(expected) - set(shown))
    extra = sorted(set(shown) - set(expected))
    return Difference(user_id, missing, extra)


def _resident_bytes() -> int:
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[1])
    return pages * resource.getpagesize()
