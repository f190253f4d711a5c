"""Fan-out: from a batch of tweets to pushes, now and later.

Small deliveries of a batch go out at once, in one kernel call. An author with more than `SLICE_FOLLOWERS`
followers gets a delivery of its own, done in slices between which small tweets go first. What the strategy
puts off (semi-active readers) is gathered and goes out in one batch. Until a delivery has reached everybody
its author is marked, and readers pull from it: a tweet can be seen by all from the moment it is entered.
"""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.home.batch import TweetBatch
from roost.home.state import ShardState
from roost.home.strategies import Strategy
from roost.kernels import (
    BY_LEVEL,
    LEVEL_END,
    TO_ALL,
    TO_NONE,
    Jobs,
    close_delivery,
    deliver,
    deliver_slice,
    length_of,
    live_of,
    main_length_of,
    merge_list,
    note_missed_many,
    open_delivery,
    record_tweets,
    settle_tails,
)
from roost.limits import DEFERRED_TWEETS_MAX, DELIVERIES_WAITING_MAX, SLICE_FOLLOWERS

_LIVE_MASK = 0xFFFFFFFF
_BLOCK_ROWS_MIN = 1 << 17
_BLOCKS = 8
_SPLIT_PUSHES_MIN = 100_000
"""Below so many followers a batch is not worth a second thread, nor going through in blocks."""


class Delivery(msgspec.Struct):
    """A large delivery under way."""

    job: Jobs
    author: int
    listed: int
    """Whose followers are gone through; all of them must follow `other` too, where that is a row."""
    other: int
    next_row: int = 0


class Deferred(msgspec.Struct, frozen=True):
    """A tweet whose delivery to readers of the levels from `low` up to below `high` waits."""

    tweet_id: int
    author: int
    other: int
    is_retweet: int
    low: int
    high: int


class FanoutStatistics(msgspec.Struct, frozen=True):
    strategy: str
    tweets: int
    pushes: int
    slices: int
    large_waiting: int
    deferred_waiting: int


class Fanout:
    """Belongs to the writer thread. `threads` work on one batch, each on rows of its own."""

    def __init__(self, state: ShardState, strategy: Strategy, threads: int = 1) -> None:
        self.strategy = strategy
        self._state = state
        self._large: deque[Delivery] = deque()
        self._deferred: list[Deferred] = []
        self._threads = threads
        self._helpers = ThreadPoolExecutor(threads - 1, "roost-fanout") if threads > 1 else None
        self._tweets = 0
        self._pushes = 0
        self._slices = 0

    def enter(self, batch: TweetBatch) -> None:
        """Enter a batch into the state and deliver it: all of it, but for what is large or deferred."""
        state = self._state
        rates = np.zeros(len(batch), np.float64)
        record_tweets(
            state.columns, state.authors, state.paces, state.tallies, batch.facts, batch.times_s, rates
        )
        known = batch.authors >= 0
        followers = np.where(known, self._follower_counts(batch.authors), 0)
        now, later = self.strategy.levels(followers, rates)
        note_missed_many(state.authors, batch.authors, batch.ids, later)
        jobs = self._jobs(batch, now)
        jobs.other[now >= LEVEL_END] = TO_NONE
        self._defer(batch, jobs, now, later)
        self._set_large_aside(batch, jobs, followers)
        self._deliver(jobs, int(followers[jobs.other != TO_NONE].sum()))
        self._tweets += len(batch)
        if len(batch):
            state.highest_id = max(state.highest_id, int(batch.ids[-1]))

    def step(self, flush: bool = False) -> bool:
        """Do one piece of what waits: a slice of a large delivery, or the deferred batch if it is full or is
        to be flushed. False where nothing was left to do."""
        if self._deferred and (flush or len(self._deferred) >= DEFERRED_TWEETS_MAX):
            self._deliver_deferred()
            return True
        if self._large:
            self._deliver_one_slice()
            return True
        return False

    @property
    def has_large(self) -> bool:
        return bool(self._large)

    @property
    def has_deferred(self) -> bool:
        return bool(self._deferred)

    def statistics(self) -> FanoutStatistics:
        return FanoutStatistics(
            self.strategy.name,
            self._tweets,
            self._pushes,
            self._slices,
            len(self._large),
            len(self._deferred),
        )

    def close(self) -> None:
        if self._helpers is not None:
            self._helpers.shutdown()

    def _follower_counts(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        counts: NDArray[np.int64] = self._state.graph.followers.heads[rows, 2] & _LIVE_MASK
        return counts

    def _jobs(self, batch: TweetBatch, low: NDArray[np.int64]) -> Jobs:
        late = batch.ids < self._state.highest_id
        return Jobs(
            author=np.ascontiguousarray(batch.authors),
            other=batch.others.copy(),
            low_level=low.copy(),
            high_level=np.full(len(batch), LEVEL_END, np.int64),
            value=np.where(late, -batch.ids, batch.ids),
            is_retweet=(batch.retweeted != 0).astype(np.uint8),
            extra_stop=batch.extra_stop,
            extra_rows=batch.extra_rows,
        )

    def _defer(self, batch: TweetBatch, jobs: Jobs, now: NDArray[np.int64], later: NDArray[np.int64]) -> None:
        """Keep for later the deliveries for which there are rings of the levels that were left out."""
        below = np.concatenate(([0], np.cumsum(self._state.rings.counters[BY_LEVEL:])))
        put_off = (below[np.minimum(now, LEVEL_END)] > below[later]) & (batch.authors >= 0)
        for index in np.nonzero(put_off & (batch.others != TO_NONE) & (later < LEVEL_END))[0]:
            self._deferred.append(
                Deferred(
                    int(batch.ids[index]),
                    int(batch.authors[index]),
                    int(batch.others[index]),
                    int(jobs.is_retweet[index]),
                    int(later[index]),
                    int(now[index]),
                )
            )
            open_delivery(self._state.authors, int(batch.authors[index]))

    def _set_large_aside(self, batch: TweetBatch, jobs: Jobs, followers: NDArray[np.int64]) -> None:
        lists = self._state.graph.followers
        for index in np.nonzero((followers > SLICE_FOLLOWERS) & (jobs.other != TO_NONE))[0]:
            author, other = int(jobs.author[index]), int(jobs.other[index])
            listed = author
            if other >= 0 and live_of(lists, other) < live_of(lists, author):
                listed, other = other, author
            if live_of(lists, listed) <= SLICE_FOLLOWERS or not self._settled(listed):
                continue
            jobs.other[index] = TO_NONE
            if len(self._large) >= DELIVERIES_WAITING_MAX:
                one = slice(index, index + 1)
                withheld = np.full(1, LEVEL_END, np.int64)
                note_missed_many(self._state.authors, jobs.author[one], batch.ids[one], withheld)
                continue
            self._large.append(Delivery(_single(jobs, int(index)), author, listed, other))
            open_delivery(self._state.authors, author)

    def _settled(self, row: int) -> bool:
        """Whether a followers list is sorted whole, as slices need it; sorts it, if there is room to."""
        lists = self._state.graph.followers
        return length_of(lists, row) == main_length_of(lists, row) or bool(merge_list(lists, row, 0))

    def _deliver(self, jobs: Jobs, followers: int) -> None:
        graph = self._state.graph
        settle_tails(graph.followers, jobs.author)
        users = max(1, graph.users)
        busy = followers >= _SPLIT_PUSHES_MIN
        block_rows = max(_BLOCK_ROWS_MIN, -(-users // _BLOCKS)) if busy else users
        if self._helpers is None or not busy:
            self._pushes += deliver(
                graph.followers, graph.following, self._state.rings, jobs, 0, users, block_rows
            )
            return
        bounds = [users * part // self._threads for part in range(self._threads + 1)]
        arguments = [(start, stop, block_rows) for start, stop in pairwise(bounds)]
        waiting = [
            self._helpers.submit(deliver, graph.followers, graph.following, self._state.rings, jobs, *part)
            for part in arguments[1:]
        ]
        self._pushes += deliver(graph.followers, graph.following, self._state.rings, jobs, *arguments[0])
        self._pushes += sum(future.result() for future in waiting)

    def _deliver_one_slice(self) -> None:
        delivery = self._large.popleft()
        graph = self._state.graph
        job = delivery.job
        if abs(job.value[0]) < self._state.highest_id:
            job.value[0] = -abs(job.value[0])
        stored, delivery.next_row = deliver_slice(
            graph.followers,
            graph.following,
            self._state.rings,
            job,
            delivery.listed,
            delivery.other,
            delivery.next_row,
            SLICE_FOLLOWERS,
        )
        self._pushes += stored
        self._slices += 1
        if delivery.next_row >= 0:
            self._large.append(delivery)
        else:
            close_delivery(self._state.authors, delivery.author)

    def _deliver_deferred(self) -> None:
        waiting = sorted(self._deferred, key=lambda entry: entry.tweet_id)
        self._deferred = []
        count = len(waiting)
        jobs = Jobs(
            author=np.array([entry.author for entry in waiting], np.int64),
            other=np.array([entry.other for entry in waiting], np.int64),
            low_level=np.array([entry.low for entry in waiting], np.int64),
            high_level=np.array([entry.high for entry in waiting], np.int64),
            value=np.array([-entry.tweet_id for entry in waiting], np.int64),
            is_retweet=np.array([entry.is_retweet for entry in waiting], np.uint8),
            extra_stop=np.zeros(count, np.int64),
            extra_rows=np.empty(0, np.int64),
        )
        self._deliver(jobs, int(self._follower_counts(jobs.author).sum()))
        for entry in waiting:
            close_delivery(self._state.authors, entry.author)


def _single(jobs: Jobs, index: int) -> Jobs:
    """One of a batch's jobs by itself, without its extra rows."""
    one = slice(index, index + 1)
    return Jobs(
        author=jobs.author[one].copy(),
        other=np.full(1, TO_ALL, np.int64),
        low_level=jobs.low_level[one].copy(),
        high_level=jobs.high_level[one].copy(),
        value=jobs.value[one].copy(),
        is_retweet=jobs.is_retweet[one].copy(),
        extra_stop=np.zeros(1, np.int64),
        extra_rows=np.empty(0, np.int64),
    )
