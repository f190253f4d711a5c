"""Runs the quick enrichers over a tweet before it is accepted.

They only compute, and on one core nothing is won by threads for that: a thread's turn costs more than most
of them take. So they run one after the other. What one cannot do costs the tweet nothing: it is accepted
without, as unfinished, and `LateEnrichment` asks again when it comes past on the log."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

import msgspec

from roost.ingest.allowance import Allowance
from roost.ingest.enrichers.gauge import Gauge
from roost.ingest.enrichers.seam import EnricherStatistics, QuickEnricher
from roost.limits import (
    ENRICH_BURST_S,
    ENRICH_OVERRUNS_MAX,
    ENRICH_PAUSE_S,
    ENRICH_QUICK_MS,
    ENRICH_REST_S,
    ENRICH_SHARE_MAX,
)
from roost.model import NO_FINDINGS, Findings, Tweet

_log = logging.getLogger("roost.enrichment")


class Enrichment:
    """Tweets are accepted unfinished where `is_busy` says that the server has too much to do, and beyond a
    share of the time."""

    def __init__(
        self,
        enrichers: Sequence[QuickEnricher] = (),
        is_busy: Callable[[], bool] = lambda: False,
        budget_ms: float = ENRICH_QUICK_MS,
        share: float = ENRICH_SHARE_MAX,
    ) -> None:
        self._allowance = Allowance(share, ENRICH_BURST_S)
        self._stages = [_Stage(enricher, budget_ms) for enricher in enrichers]
        self._is_busy = is_busy

    async def when_calm(self) -> None:
        """Return when the server has time for what was left out."""
        while self._has_no_time():  # noqa: ASYNC110 - nobody is told when a load ends
            await asyncio.sleep(ENRICH_PAUSE_S)

    def enrich(self, tweet: Tweet) -> Tweet:
        """A tweet with what is found of it. Never raises. Each enricher sees what those before it found."""
        if not tweet.text:
            return tweet
        busy = self._has_no_time()
        began_s = time.perf_counter()
        for stage in self._stages:
            found = stage.ask(tweet, busy)
            if found is not None:
                tweet = tweet.enriched(found) if found is not NO_FINDINGS else tweet
            elif not tweet.unfinished:
                tweet = msgspec.structs.replace(tweet, unfinished=True)
        self._allowance.spend(time.perf_counter() - began_s)
        return tweet

    def finish(self, tweet: Tweet) -> Findings:
        """What all of them find in a tweet, however long it takes: for another thread. Never raises."""
        after = tweet
        began_s = time.perf_counter()
        for stage in self._stages:
            try:
                after = after.enriched(stage.enricher.find(after))
            except Exception:
                _log.exception("%s failed at tweet %d once more", stage.gauge.name, tweet.tweet_id)
        self._allowance.spend(time.perf_counter() - began_s)
        return Findings(
            after.language if after.language_guessed else "",
            after.sentiment,
            after.signals,
            after.spam_percent,
            finished=True,
        )

    def _has_no_time(self) -> bool:
        return not self._allowance.is_left() or self._is_busy()

    def statistics(self) -> list[EnricherStatistics]:
        return [stage.gauge.statistics() for stage in self._stages]


class _Stage:
    """One enricher. After too many overruns in a row it rests for a while."""

    def __init__(self, enricher: QuickEnricher, budget_ms: float) -> None:
        self.enricher = enricher
        self.gauge = Gauge(enricher.name)
        self._budget_ms = budget_ms
        self._overruns = 0
        self._rests_until_s = 0.0

    def ask(self, tweet: Tweet, busy: bool) -> Findings | None:
        """None where it was left out, or failed."""
        began_s = time.perf_counter()
        if busy or began_s < self._rests_until_s:
            self.gauge.left_out += 1
            return None
        try:
            found = self.enricher.find(tweet)
        except Exception:
            self.gauge.failures += 1
            _log.exception("%s failed at tweet %d", self.gauge.name, tweet.tweet_id)
            return None
        self._judge(self.gauge.took(began_s))
        return found

    def _judge(self, spent_ms: float) -> None:
        if spent_ms <= self._budget_ms:
            self._overruns = 0
            return
        self.gauge.over_budget += 1
        self._overruns += 1
        if self._overruns >= ENRICH_OVERRUNS_MAX:
            self._overruns = 0
            self._rests_until_s = time.perf_counter() + ENRICH_REST_S
            _log.warning("%s took too long %d times in a row; it rests", self.gauge.name, ENRICH_OVERRUNS_MAX)
