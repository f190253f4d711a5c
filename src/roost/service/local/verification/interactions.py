"""The interaction graph: the living edges of every tweet, and how many each user has.

An edge is at hand while its segment is in the window. Where segments have left it, or the log does not begin
with the first event, the graph is asked for edges that are newer than the oldest segment, and may have older
ones. That each edge which it has stands is looked at in either case. Clicks are left out: they are in the log
alone.
"""

import asyncio
from collections import Counter
from typing import Any

from roost.ids import unix_ms_of
from roost.interactions import (
    Interaction,
    InteractionGraph,
    InteractionKind,
    interactions_of,
    interactions_with,
)
from roost.kernels import LATEST_MS
from roost.model import Tweet, Visibility
from roost.service.local.kit import Kit
from roost.service.local.verification.reading import all_tweets, slices_below, slices_of, tweets_of
from roost.service.local.verification.seam import Sample, Tally
from roost.store import Table, tables

_OPEN = (Visibility.PUBLIC, Visibility.UNLISTED)
_Ends = tuple[int, InteractionKind]
"""A user, and what they did."""
_LEAST = 64
"""Edges that room is made for at first."""
_TURN = 25


class _Naive:
    """Edges as the tables have them, and those of them that are newer than `since_ms`. What was done after
    `until_ms`, while one looks, is passed over."""

    def __init__(self, since_ms: int, until_ms: int, gone: set[int]) -> None:
        self.since_ms, self.until_ms = since_ms, until_ms
        self._gone = gone
        self.standing: Counter[_Ends] = Counter()
        self.demanded: Counter[_Ends] = Counter()

    def add(self, user_id: int, kind: InteractionKind, when_ms: int) -> None:
        if user_id not in self._gone and when_ms <= self.until_ms:
            self.standing[user_id, kind] += 1
            if when_ms > self.since_ms:
                self.demanded[user_id, kind] += 1


async def check_interactions(kit: Kit, sample: Sample, tally: Tally) -> None:
    """Of every tweet there is, exactly; and of every user, that there are so many of each kind. 100 us a
    tweet and 3 us a row. Memory: 200 bytes for each kind of each user."""
    del sample
    graph, until_ms = kit.interactions.graph, kit.clock.now_ms()
    since_ms = _whole_since_ms(kit, graph)
    if since_ms:
        tally.leave_open(
            "edges that are older than the window, or came before the log begins: they may be gone"
        )
    gone = {
        user.user_id
        async for users in slices_of(kit.store, tables.USERS)
        for user in users
        if user.standing.deleted
    }
    users = _Naive(since_ms, until_ms, set())
    async for tweets in all_tweets(kit.store):
        for number, tweet in enumerate(tweets):
            naive = await _edges_of(kit, tweet, _Naive(since_ms, until_ms, gone))
            edges = _all(graph, tweet.tweet_id, False, until_ms)
            found = Counter((each.user_id, each.kind) for each in edges)
            _compare(tally, f"edges of tweet {tweet.tweet_id}", found, naive)
            users.standing.update(naive.standing)
            users.demanded.update(naive.demanded)
            if number % _TURN == _TURN - 1:
                await asyncio.sleep(0)
    await _check_users(kit, graph, users, tally)


def _whole_since_ms(kit: Kit, graph: InteractionGraph) -> int:
    """0 where the graph has had everything and let nothing go; else the end of its oldest segment."""
    view = graph.view()
    if kit.log.first == 1 and view.segments[0].number == 0:
        return 0
    return int(view.directory[0, LATEST_MS])


async def _edges_of(kit: Kit, tweet: Tweet, naive: _Naive) -> _Naive:
    kinds, key = InteractionKind, (tweet.tweet_id,)
    if tweet.visibility in _OPEN and not tweet.is_retweet:
        made_ms = unix_ms_of(tweet.tweet_id)
        naive.add(tweet.author_id, kinds.AUTHOR, made_ms)
        for user_id in tweet.addressed_ids:
            if user_id != tweet.author_id:
                naive.add(user_id, kinds.MENTION, made_ms)
    async for likes in slices_below(kit.store, tables.LIKES, key):
        for like in likes:
            naive.add(like.user_id, kinds.LIKE, unix_ms_of(like.like_id))
    answers: tuple[tuple[Table[Any], InteractionKind], ...] = (
        (tables.RETWEETS, kinds.RETWEET),
        (tables.REPLIES, kinds.REPLY),
        (tables.QUOTES, kinds.QUOTE),
    )
    for table, kind in answers:
        async for found in slices_below(kit.store, table, key):
            for each in await tweets_of(kit.store, [row.tweet_id for row in found]):
                if each is not None and each.visibility in _OPEN:
                    naive.add(each.author_id, kind, unix_ms_of(each.tweet_id))
    return naive


def _all(graph: InteractionGraph, node: int, is_user: bool, until_ms: int) -> list[Interaction]:
    """Every edge of a node that was made until then, but for clicks."""
    limit = _LEAST
    while True:
        found = (interactions_of if is_user else interactions_with)(graph, node, limit)
        if len(found) < limit:
            kept = (each for each in found if each.when_ms <= until_ms)
            return [each for each in kept if each.kind is not InteractionKind.CLICK]
        limit *= 8


async def _check_users(kit: Kit, graph: InteractionGraph, users: _Naive, tally: Tally) -> None:
    """That each has as many edges of each kind as there are with tweets: none is with what is gone."""
    by_user: dict[int, _Naive] = {}
    for counts in (users.standing, users.demanded):
        for (user_id, kind), count in counts.items():
            own = by_user.setdefault(user_id, _Naive(0, users.until_ms, set()))
            (own.standing if counts is users.standing else own.demanded)[user_id, kind] = count
    async for ids in slices_of(kit.store, tables.USER_IDS):
        for number, row in enumerate(ids):
            edges = _all(graph, row.user_id, True, users.until_ms)
            found = Counter((row.user_id, each.kind) for each in edges)
            naive = by_user.get(row.user_id, _Naive(0, users.until_ms, set()))
            _compare(tally, f"edges of user {row.user_id}", found, naive)
            if number % _TURN == _TURN - 1:
                await asyncio.sleep(0)


def _compare(tally: Tally, what: str, found: Counter[_Ends], naive: _Naive) -> None:
    """`found` has at least what is demanded, and no more than what stands."""
    tally.compared += sum(naive.demanded.values())
    if naive.demanded <= found <= naive.standing:
        return
    missing, extra = naive.demanded - found, found - naive.standing
    tally.differs(what, f"{_named(extra)} too many", f"{_named(missing)} missing")


def _named(ends: Counter[_Ends]) -> str:
    return ", ".join(f"{kind.name.lower()} by {user_id}" for user_id, kind in ends.elements()) or "none"
