"""What an operator asks for: statistics, verification, a change of strategy, a snapshot."""

import asyncio
import resource
import time
from collections.abc import Sequence

from roost import __version__
from roost.errors import Invalid
from roost.home import STRATEGIES
from roost.limits import READY_LAG_EVENTS
from roost.processors import ProcessorState, Week
from roost.service.local.kit import Kit
from roost.service.local.recommendations import LocalRecommendations
from roost.service.local.verification import Sample, Verifier
from roost.service.reports import Statistics, Usage, Verification

_USAGE_S = 60.0
_MONTH_S = 30 * 86_400


class LocalOperations:
    def __init__(self, kit: Kit, recommendations: LocalRecommendations) -> None:
        self._kit = kit
        self._recommendations = recommendations
        self._began_s = time.monotonic()
        self._usage: Usage | None = None
        self._usage_until_s = 0.0
        self._verifier = Verifier(kit)

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
            streamed_after=kit.push.streamed_after.percentiles(),
            interactions=kit.interactions.graph.statistics(),
            interactions_visible_after=kit.interactions.visible_after.percentiles(),
            recommendations=self._recommendations.statistics(),
            web_push=kit.push_counts,
            tweet_cache=kit.tweets.statistics(),
            user_cache=kit.users.statistics(),
            trends=kit.trends.statistics(),
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

    async def verify(self, sample: int, seed: int, subjects: Sequence[str] = ()) -> Verification:
        """Compare what is derived with what the tables alone say: of all subjects, where none is named.
        `sample` is of how many users, and lists, timelines are read. Raises Invalid and Overloaded."""
        return await self._verifier.verify(Sample(sample, seed), subjects)


def _resident_bytes() -> int:
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[1])
    return pages * resource.getpagesize()
