"""What waits to be written to the search index, and writing it.

Kept are ids only. What is written of a tweet is what the tables say when it is written, and the tables hold
every event that the log has: so the same id may come as often as it likes, in any order, and what an event
says is looked at once for many events. The number of likes moves all the time; of a tweet that was liked, the
index is told when the number has reached another step.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import msgspec

from roost.eventlog import LogSlice
from roost.limits import (
    PROCESSOR_RETRY_S_MAX,
    SEARCH_BATCH_MAX,
    SEARCH_COMMIT_S,
    SEARCH_FRESH_MAX,
    SEARCH_PENDING_MAX,
)
from roost.model import (
    NO_COUNTS,
    Event,
    QuoteRevoked,
    Tweet,
    TweetCounts,
    TweetDeleted,
    TweetEdited,
    TweetEnriched,
    TweetLiked,
    TweetPosted,
    TweetUnliked,
    User,
    UserCreated,
    UserErased,
    UserUpdated,
)
from roost.processors.counts import CountsProcessor
from roost.search import IndexChanges, IndexNote, TextIndex, steps, tweet_facts, user_facts
from roost.store import Store, TweetCache, tables

_log = logging.getLogger("roost.search")
_ROWS = 200
Written = Callable[[IndexNote], Awaitable[None]]
Counted = Callable[[int], Awaitable[None]]


class _Pending(msgspec.Struct):
    """The order is that in which they came."""

    tweets: dict[int, bool] = {}
    """Whether something may have been counted of one before what is in `noticed`: not of a new one."""
    users: dict[int, None] = {}
    noticed: dict[int, None] = {}
    """Tweets of which something was counted."""
    older: dict[int, None] = {}
    """Tweets that come from the tables."""

    def __len__(self) -> int:
        return len(self.tweets) + len(self.users) + len(self.noticed) + len(self.older)

    def put_under(self, later: "_Pending") -> None:
        for tweet_id, before in later.tweets.items():
            self.tweets[tweet_id] = before or self.tweets.get(tweet_id, False)
        self.users.update(later.users)
        self.noticed.update(later.noticed)
        self.older.update(later.older)


class Intake:
    """Belongs to the event loop's thread; writes in the one thread of `writing`."""

    def __init__(
        self,
        index: TextIndex,
        store: Store,
        tweets: TweetCache,
        counts: CountsProcessor,
        counted: Counted,
        writing: ThreadPoolExecutor,
    ) -> None:
        self.index = index
        self.note = index.note
        """What the index is to say of itself when all that waits is written."""
        self.failures = 0
        self.error = ""
        """Of the last attempt to write; empty where it succeeded."""
        self._store = store
        self._tweets = tweets
        self._counts = counts
        self._counted = counted
        self._writing = writing
        self._waiting = _Pending()
        self._taken = _Pending()
        self._lock = asyncio.Lock()
        self._much = asyncio.Event()
        self._some = asyncio.Event()
        self._wrote = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.written: Written = _nobody

    def start(self) -> None:
        """Write now and then, until `stop`."""
        self._task = asyncio.create_task(self._run(), name="roost-search-index")

    async def stop(self) -> None:
        """What waits stays unwritten."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def take(self, events: LogSlice) -> None:
        """Note events; those that were noted already are passed over."""
        fresh = events.events[max(0, self.note.position + 1 - events.first) :]
        for event in fresh:
            self.note_event(event)
        if fresh:
            self.reach(events.last)

    def note_event(self, event: Event) -> None:
        """1 us."""
        if type(event) is TweetPosted:
            self._note_tweet(event.tweet)
            return
        match event:
            case TweetLiked(like) | TweetUnliked(like):
                self._waiting.noticed[like.tweet_id] = None
            case TweetEdited(edit):
                self._waiting.tweets[edit.tweet.tweet_id] = True
            case TweetEnriched(enriched):
                self._waiting.tweets[enriched.tweet.tweet_id] = True
            case TweetDeleted(tweet):
                self._note_tweet(tweet)
            case QuoteRevoked(tweet):
                self._waiting.noticed[tweet.quote_of_id] = None
            case UserCreated(user) | UserUpdated(user):
                self._waiting.users[user.user_id] = None
            case UserErased(user_id):
                self._waiting.users[user_id] = None

    def add(self, tweet_ids: Iterable[int] = (), user_ids: Iterable[int] = ()) -> None:
        """Of the tables: new ones come by the log."""
        self._waiting.older.update(dict.fromkeys(tweet_ids))
        self._waiting.users.update(dict.fromkeys(user_ids))
        self._signal()

    def mark(self, **progress: Any) -> None:
        """What the index is to say of itself, with what was added until now."""
        self.note = msgspec.structs.replace(self.note, **progress)

    def reach(self, position: int) -> None:
        """Everything up to a position has been noted."""
        self.note = msgspec.structs.replace(self.note, position=position)
        self._signal()

    @property
    def pending(self) -> int:
        return len(self._waiting) + len(self._taken)

    @property
    def is_full(self) -> bool:
        return self.pending >= SEARCH_PENDING_MAX

    async def room(self, most: int = SEARCH_PENDING_MAX) -> None:
        """Return when less than `most` waits. Raises OSError where that does not come, for want of a disk."""
        while self.pending >= most:
            if self.error:
                raise OSError(self.error)
            self._wrote.clear()
            await self._wrote.wait()

    def fresh_tweets(self, counted: bool) -> list[int]:
        """The newest that wait, `SEARCH_FRESH_MAX` at most; with `counted` also for what was counted only."""
        noticed = (self._waiting.noticed, self._taken.noticed) if counted else ()
        return _last(self._waiting.tweets, self._taken.tweets, *noticed)

    def fresh_users(self) -> list[int]:
        return _last(self._waiting.users, self._taken.users)

    async def write(self) -> None:
        """Write all that waits, in one commit; or nothing, where nothing has changed."""
        async with self._lock:
            if not self._waiting and self.note == self.index.note:
                return
            self._taken, self._waiting = self._waiting, _Pending()
            note = self.note
            try:
                await self._commit(self._taken, note)
            except BaseException:
                self._taken.put_under(self._waiting)
                self._waiting = self._taken
                raise
            finally:
                self._taken = _Pending()
        self._wrote.set()
        await self.written(note)

    async def _run(self) -> None:
        wait_s = SEARCH_COMMIT_S
        while True:
            await self._some.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._much.wait()
            self._some.clear()
            self._much.clear()
            began_s = time.monotonic()
            try:
                await self.write()
                self.error, wait_s = "", SEARCH_COMMIT_S
                await asyncio.sleep(time.monotonic() - began_s)  # half of the time is for others
            except Exception as cause:
                self.failures += 1
                self.error = str(cause)
                self._wrote.set()
                wait_s = min(2 * wait_s, PROCESSOR_RETRY_S_MAX)
                _log.exception("The search index could not be written; the next try is in %.1f s", wait_s)
                self._some.set()

    def _signal(self) -> None:
        if self._waiting:
            self._some.set()
            if len(self._waiting) >= SEARCH_BATCH_MAX:
                self._much.set()

    def _note_tweet(self, tweet: Tweet) -> None:
        """A tweet that is new, or gone."""
        waiting = self._waiting
        if not tweet.retweet_of_id:
            waiting.tweets.setdefault(tweet.tweet_id, False)
        for noticed_id in (tweet.retweet_of_id, tweet.reply_to_id, tweet.quote_of_id):
            if noticed_id:
                waiting.noticed[noticed_id] = None

    async def _commit(self, taken: _Pending, note: IndexNote) -> None:
        await self._counted(note.position)
        moved = await self._moved([tweet_id for tweet_id in taken.noticed if tweet_id not in taken.tweets])
        also = list(dict.fromkeys([*moved, *taken.older]))
        tweets = await self._load_tweets([*taken.tweets, *also])
        counted = [each for each, before in taken.tweets.items() if before or each in taken.noticed]
        counts = await self._load_counts([*counted, *also])
        users = await self._load_users(list(taken.users))
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._writing, self._write, tweets, counts, users, note)

    def _write(
        self,
        tweets: dict[int, Tweet | None],
        counts: dict[int, TweetCounts],
        users: dict[int, User | None],
        note: IndexNote,
    ) -> None:
        """In the thread."""
        there = {tweet_id: tweet for tweet_id, tweet in tweets.items() if tweet and not tweet.is_retweet}
        named = {user_id: user for user_id, user in users.items() if user and not user.is_gone}
        changes = IndexChanges(
            [tweet_facts(tweet, counts.get(tweet_id, NO_COUNTS)) for tweet_id, tweet in there.items()],
            [tweet_id for tweet_id in tweets if tweet_id not in there],
            [user_facts(user) for user in named.values()],
            [user_id for user_id in users if user_id not in named],
        )
        self.index.commit(changes, note)

    async def _moved(self, tweet_ids: list[int]) -> list[int]:
        """Those of some tweets whose numbers have come to another step than the index knows."""
        counts = await self._load_counts(tweet_ids)
        loop = asyncio.get_running_loop()
        known = await loop.run_in_executor(self._writing, self.index.like_steps, tweet_ids)
        return [
            tweet_id
            for tweet_id, found in known.items()
            if found != _steps_of(counts.get(tweet_id, NO_COUNTS))
        ]

    async def _load_tweets(self, ids: Sequence[int]) -> dict[int, Tweet | None]:
        """From the cache or past it: what is indexed is not what is read most."""
        found: dict[int, Tweet | None] = {tweet_id: self._tweets.peek(tweet_id) for tweet_id in ids}
        missing = [tweet_id for tweet_id, tweet in found.items() if tweet is None]
        for some in _pieces(missing):
            rows = await self._store.get_many(
                tables.TWEETS, [(tables.hour_of(tweet_id), tweet_id) for tweet_id in some]
            )
            found.update(zip(some, rows, strict=True))
            await asyncio.sleep(0)
        return found

    async def _load_counts(self, ids: Sequence[int]) -> dict[int, TweetCounts]:
        found: dict[int, TweetCounts] = {}
        for some in _pieces(ids):
            found.update(zip(some, await self._counts.get_many(some), strict=True))
            await asyncio.sleep(0)
        return found

    async def _load_users(self, ids: Sequence[int]) -> dict[int, User | None]:
        found: dict[int, User | None] = {}
        for some in _pieces(ids):
            rows = await self._store.get_many(tables.USERS, [(user_id,) for user_id in some])
            found.update(zip(some, rows, strict=True))
            await asyncio.sleep(0)
        return found


def _steps_of(counts: TweetCounts) -> tuple[int, int]:
    attention = counts.likes + counts.replies + counts.quotes + 2 * counts.retweets
    return steps(counts.likes), steps(attention)


def _pieces(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _ROWS] for start in range(0, len(ids), _ROWS))


def _last(*several: dict[int, bool] | dict[int, None]) -> list[int]:
    """The last of some, first the last of the first."""
    found = (each for some in several for each in reversed(some))
    return list(dict.fromkeys(islice(found, SEARCH_FRESH_MAX)))


async def _nobody(note: IndexNote) -> None:
    del note
