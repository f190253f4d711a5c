"""The two kinds of enrichers.

A quick one only computes: it runs on the event loop before a tweet is accepted, and what it finds is part
of the tweet from the start. A late one may wait for others, such as the network: it runs after a tweet was
accepted, and what it finds becomes a `TweetEnriched`. Entities are neither: who may see a tweet depends on
who is mentioned, so the tweet waits for them, and is refused where they cannot be had."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from roost.model import Findings, Tweet
from roost.telemetry import Percentiles

Hold = Callable[..., AbstractAsyncContextManager[None]]
"""Holds the lock of a name: `hold("tweet", tweet_id)`."""


class QuickEnricher(Protocol):
    """Bounded by the length of a tweet: `ENRICH_QUICK_MS` at most, and a tenth of that as a rule."""

    name: str

    def find(self, tweet: Tweet) -> Findings:
        """What there is to say of a tweet that nothing was found of yet. May raise: that costs the tweet
        nothing. Called on the event loop's thread or, for a tweet that it failed at before, on another
        one."""
        ...


class LateEnricher(Protocol):
    name: str
    budget_s: float
    """How long it has for one tweet; then it is cancelled, and the tweet stays as it is."""

    def wants(self, tweet: Tweet) -> bool:
        """Whether there is something to find out about a tweet. Of a tweet that it has enriched it wants no
        more: after a crash it may be asked again."""
        ...

    async def find(self, tweet: Tweet) -> Findings | None:
        """What there is to add to a tweet; None for nothing. May raise, and be cancelled at any point. Asked
        again after a pause where it raises what `is_passing`, such as an error of the disk.
        Several run at once, for one version of a tweet never two of the same name."""
        ...


class EnricherStatistics(msgspec.Struct, frozen=True):
    """Since the start. Times are of those that came to an end."""

    name: str
    tweets: int
    failures: int
    over_budget: int
    """Quick ones took too long; late ones were cancelled."""
    left_out: int
    """Tweets that a quick one was not asked about, since it rested or the server had too much to do."""
    time: Percentiles
