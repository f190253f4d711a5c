"""Enrichers that tests hold the strings of."""

import asyncio
import errno
from collections.abc import Callable, Iterable, Sequence
from typing import cast

from roost.ingest import Committer, LateEnrichment
from roost.model import Card, Event, Findings, Signal, Tweet
from roost.store import Batch
from tests.service.ground import Ground


class Held:
    """A late one that answers when it is let go; it wants tweets with a link and without a card."""

    name = "held"

    def __init__(self, budget_s: float = 60.0) -> None:
        self.budget_s = budget_s
        self.asked: list[Tweet] = []
        self.let_go = asyncio.Event()
        self.called = asyncio.Event()

    def wants(self, tweet: Tweet) -> bool:
        return bool(tweet.entities.urls) and tweet.card is None

    async def find(self, tweet: Tweet) -> Findings:
        self.asked.append(tweet)
        self.called.set()
        await self.let_go.wait()
        return Findings(card=Card("https://birds.org/", "Birds", link=tweet.links()[0]))


class Prompt(Held):
    """One that answers at once."""

    name = "prompt"

    def __init__(self) -> None:
        super().__init__()
        self.let_go.set()


class Failing(Held):
    name = "failing"

    async def find(self, tweet: Tweet) -> Findings:
        raise ValueError("no page has ever been so bad")


class Unlucky(Prompt):
    """One whose disk is full at first."""

    name = "unlucky"

    async def find(self, tweet: Tweet) -> Findings:
        if not self.called.is_set():
            self.called.set()
            raise OSError(errno.ENOSPC, "no space left")
        return await super().find(tweet)


class FullDisk:
    """Takes nothing at first."""

    def __init__(self, committer: Committer, refusals: int) -> None:
        self._committer = committer
        self.refusals = refusals

    async def commit(self, events: Sequence[Event], also: Batch | None = None) -> int:
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.ENOSPC, "no space left")
        return await self._committer.commit(events, also)


class Marking:
    """A quick one that marks everything as spam, but where `answer` says something else."""

    name = "marking"

    def __init__(self, answer: Callable[[Tweet], Findings] | None = None) -> None:
        self.answer = answer

    def find(self, tweet: Tweet) -> Findings:
        if self.answer is not None:
            return self.answer(tweet)
        return Findings(signals=Signal.SPAM | Signal.LINKS, spam_percent=90)


def late(ground: Ground, *enrichers: Held, disk: FullDisk | None = None) -> LateEnrichment:
    """These beside a running Roost, begun where the log ends; what it says after that is theirs by `feed`."""
    kit = ground.kit
    committer = cast(Committer, disk) if disk is not None else kit.committer
    made = LateEnrichment(
        kit.log, kit.tweets, kit.users, committer, kit.enrichment, enrichers, kit.locks.hold
    )
    made.name = "enrichment under test"
    ground.do(kit.log.commit_cursor(made.name, kit.log.last))
    ground.do(made.begin())
    return made


async def feed(ground: Ground, made: LateEnrichment, after: int, until: Iterable[Held] = ()) -> None:
    """Apply what the log says after a position; return when these enrichers have been asked."""
    await made.apply(await ground.kit.log.read(after, 1_000))
    for enricher in until:
        await enricher.called.wait()
