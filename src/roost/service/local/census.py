"""Everybody, in one order or another, from the shard's arrays."""

import asyncio
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from roost.clock import Clock
from roost.home import ShardReader, ShardState
from roost.limits import CENSUS_FRESH_USERS_MAX, CENSUS_KEPT_S, CENSUS_USERS_MAX

Ids = NDArray[np.int64]


class Census:
    """The first `CENSUS_USERS_MAX` users of each order.

    Computed beside the event loop, 0.4 us a user. Of at most `CENSUS_FRESH_USERS_MAX` users it is always
    new; of more it is kept for `CENSUS_KEPT_S`.
    """

    def __init__(self, reader: ShardReader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock
        self._kept: dict[str, tuple[int, Ids]] = {}

    async def active(self) -> Ids:
        """User ids; who has tweeted last comes first, and who never did is not there."""
        return await self._order("active", _by_activity)

    async def newest(self) -> Ids:
        """Who has joined last comes first."""
        return await self._order("newest", _by_age)

    async def most_followed(self) -> Ids:
        """Who has no followers is not there."""
        return await self._order("most followed", _by_followers)

    async def _order(self, name: str, order: Callable[[ShardState], Ids]) -> Ids:
        now_ms = self._clock.now_ms()
        made_ms, kept = self._kept.get(name, (0, None))
        if kept is not None and now_ms - made_ms < 1_000 * CENSUS_KEPT_S:
            return kept
        found = await asyncio.to_thread(order, self._reader.state)
        if self._reader.state.graph.users > CENSUS_FRESH_USERS_MAX:
            self._kept[name] = now_ms, found
        return found


def _by_activity(state: ShardState) -> Ids:
    return _highest(state, state.last_tweet_ids())


def _by_age(state: ShardState) -> Ids:
    """Rows are given in the order in which users were made."""
    users = state.graph.users
    return state.graph.user_ids[max(0, users - CENSUS_USERS_MAX) : users][::-1].copy()


def _by_followers(state: ShardState) -> Ids:
    return _highest(state, state.graph.follower_counts())


def _highest(state: ShardState, values: Ids) -> Ids:
    """The users with the highest values above 0, highest first; of equals the newer user first."""
    rows = np.flatnonzero(values > 0)
    if len(rows) > CENSUS_USERS_MAX:
        rows = rows[np.argpartition(values[rows], -CENSUS_USERS_MAX)[-CENSUS_USERS_MAX:]]
    order = np.lexsort((rows, values[rows]))[::-1]
    found: Ids = state.graph.user_ids[rows[order]]
    return found
