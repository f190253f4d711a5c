"""How often each hashtag and link was used on each day, and by how many users: their history of a week.

What is used by a public tweet of an account that wants to be found counts. Uses of the last days are in
memory; those that changed are written now and then, in one write with the cursor, so that nothing is counted
twice. A deleted tweet's uses are taken back, its user is not.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence

from roost.eventlog import EventLog, LogSlice
from roost.ids import unix_ms_of
from roost.limits import (
    REBUILD_CHUNK_ROWS,
    USAGE_DAYS,
    USAGE_DIRTY_MAX,
    USAGE_ENTRIES_MAX,
    USAGE_FLUSH_S,
    USAGE_SCAN_ROWS,
    USAGE_YIELD_EVENTS,
)
from roost.model import Event, Tweet, TweetDeleted, TweetEdited, TweetPosted, Visibility
from roost.processors.distinct import Distinct
from roost.processors.seam import Progress, Rebuild, Source
from roost.processors.shadow import ShadowLog, ShadowStore, TableRebuild
from roost.store import Batch, Store, UserCache, rows, tables, tweets_above

MS_PER_DAY = 86_400_000
Key = tuple[int, rows.Used, str]
"""The day since the Unix epoch, and what was used."""


class _Use:
    __slots__ = ("count", "users")

    def __init__(self, count: int = 0, packed: bytes = b"") -> None:
        self.count = count
        self.users = Distinct(packed)

    def both(self) -> tuple[int, int]:
        return self.count, min(self.count, self.users.count())


class UsageProcessor:
    name = "usage"

    def __init__(self, store: Store, log: EventLog, users: UserCache) -> None:
        self._store = store
        self._log = log
        self._users = users
        self._uses: dict[Key, _Use] = {}
        self._dirty: set[Key] = set()
        self._whole_since = 1 << 62
        """All uses on this day and later ones are in memory, but for days in `_partial`."""
        self._partial: set[int] = set()
        self._today = 0
        """When it was loaded."""
        self._position = 0
        self._written_position = 0
        self._write_at_s = 0.0

    async def begin(self) -> int:
        self._position = max(await self._log.cursor(self.name), self._log.first - 1)
        self._written_position = self._position
        self._write_at_s = time.monotonic() + USAGE_FLUSH_S
        return self._position

    async def load(self, today: int) -> None:
        """Have the uses of today and the two days before in memory; called before the first event."""
        self._today = today
        for day in range(today, today - 3, -1):
            last: tuple[int, str] | None = None
            while len(self._uses) < USAGE_ENTRIES_MAX:
                chunk = await self._store.scan(tables.USAGE, (day,), above=last, limit=USAGE_SCAN_ROWS)
                for row in chunk:
                    self._uses.setdefault((day, row.used, row.key), _Use(row.count, row.users))
                if len(chunk) < USAGE_SCAN_ROWS:
                    break
                last = chunk[-1].used, chunk[-1].key
                await asyncio.sleep(0)
            else:
                self._partial.add(day)
        self._whole_since = today - 2

    async def apply(self, events: LogSlice) -> None:
        """Events that were applied already are passed over."""
        for offset, event in enumerate(events.events):
            position = events.first + offset
            if position > self._position:
                await self._apply_one(event)
                self._position = position
            if offset % USAGE_YIELD_EVENTS == USAGE_YIELD_EVENTS - 1:
                await asyncio.sleep(0)
        if self._dirty and (time.monotonic() >= self._write_at_s or len(self._dirty) >= USAGE_DIRTY_MAX):
            await self.write()

    async def rest(self) -> None:
        """Also when the node stops."""
        if self._position > self._written_position:
            await self.write()

    def pass_over(self, position: int) -> None:
        self._position = self._written_position = position

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        """Uses add up in any order."""
        del position
        await self._apply_one(event)
        await self.write(also)

    def rebuild(self, source: Source) -> Rebuild:
        """From the log where it is whole, else from the tables, which do not know who used what in tweets
        that were deleted since."""

        def make(store: Store, log: EventLog) -> UsageProcessor:
            return UsageProcessor(store, log, self._users)

        async def load(source: Source, shadow: ShadowStore, tell: Progress) -> int:
            if source.log.first == 1:
                return 0
            counting = make(shadow, ShadowLog(source.log, shadow))
            counted = 0
            async for tweets in tweets_above(source.store, 0, REBUILD_CHUNK_ROWS):
                await counting.count(tweets)
                counted += len(tweets)
                tell("tweets", counted)
            await counting.write()
            return source.position

        return TableRebuild(self.name, self._store, source, (tables.USAGE,), make, load, self._begin_anew)

    async def count(self, tweets: Iterable[Tweet]) -> None:
        """Count the uses of tweets that did not come by the log. 20 us each."""
        for tweet in tweets:
            await self._count(tweet, _named_by(tweet), 1)
        if len(self._dirty) >= USAGE_DIRTY_MAX:
            await self.write()
        await asyncio.sleep(0)

    async def used_on(self, day: int) -> list[tuple[rows.Used, str]]:
        """Whatever was used on a day, in no order."""
        found = {(used, key) for on, used, key in self._uses if on == day}
        last: tuple[int, str] | None = None
        while True:
            chunk = await self._store.scan(tables.USAGE, (day,), above=last, limit=USAGE_SCAN_ROWS)
            found.update((row.used, row.key) for row in chunk)
            if len(chunk) < USAGE_SCAN_ROWS:
                return list(found)
            last = chunk[-1].used, chunk[-1].key
            await asyncio.sleep(0)

    async def history(
        self, used: rows.Used, keys: Sequence[str], today: int, days: int
    ) -> list[list[tuple[int, int]]]:
        """For each key, uses and users of so many days, today's first. 30 us a key."""
        wanted = [(day, used, key) for key in keys for day in range(today, today - days, -1)]
        missing = [key for key in wanted if key not in self._uses and not self._is_whole(key[0])]
        found = dict(zip(missing, await self._store.get_many(tables.USAGE, missing), strict=True))
        flat: list[tuple[int, int]] = []
        for key in wanted:
            held, row = self._uses.get(key), found.get(key)
            use = held or (_Use(row.count, row.users) if row is not None else None)
            flat.append(use.both() if use is not None else (0, 0))
        return [flat[start : start + days] for start in range(0, len(flat), days)]

    @property
    def entries(self) -> int:
        """How many things' uses on a day are in memory."""
        return len(self._uses)

    async def _begin_anew(self) -> None:
        """Other rows are in the table now: forget what memory knows of them."""
        self._whole_since = 1 << 62
        self._uses, self._dirty, self._partial = {}, set(), set()
        if self._today:
            await self.load(self._today)

    async def _apply_one(self, event: Event) -> None:
        match event:
            case TweetPosted(tweet):
                await self._count(tweet, _named_by(tweet), 1)
            case TweetDeleted(tweet):
                await self._count(tweet, _named_by(tweet), -1)
            case TweetEdited(edit):
                before, after = _named_by(edit.before), _named_by(edit.tweet)
                await self._count(edit.tweet, [key for key in before if key not in after], -1)
                await self._count(edit.tweet, [key for key in after if key not in before], 1)

    async def _count(self, tweet: Tweet, named: Sequence[tuple[rows.Used, str]], change: int) -> None:
        if not named or tweet.visibility is not Visibility.PUBLIC or tweet.is_retweet:
            return
        author = await self._users.get(tweet.author_id)
        if author is None or author.protected or author.is_gone or author.standing.silenced:
            return
        if not author.discoverable:
            return
        day = unix_ms_of(tweet.tweet_id) // MS_PER_DAY
        for used, name in named:
            await self._use((day, used, name), tweet.author_id, change)

    async def _use(self, key: Key, user_id: int, change: int) -> None:
        use = self._uses.get(key)
        if use is None:
            row = None if self._is_whole(key[0]) else await self._store.get(tables.USAGE, key)
            use = self._uses[key] = _Use(row.count, row.users) if row is not None else _Use()
        use.count = max(0, use.count + change)
        if change > 0:
            use.users.add(user_id)
        self._dirty.add(key)

    async def write(self, also: Batch | None = None) -> None:
        """Write the uses that changed, and the cursor."""
        position, batch = self._position, also or Batch()
        writing, self._dirty = self._dirty, set()
        for number, key in enumerate(writing):
            use = self._uses[key]
            batch.put(tables.USAGE, rows.UsageRow(*key, use.count, use.users.packed()))
            if number % USAGE_YIELD_EVENTS == USAGE_YIELD_EVENTS - 1:
                await asyncio.sleep(0)
        try:
            await self._log.commit_cursor(self.name, position, batch)
        except BaseException:
            self._dirty |= writing
            raise
        self._written_position = position
        self._write_at_s = time.monotonic() + USAGE_FLUSH_S
        await self._forget()

    def _is_whole(self, day: int) -> bool:
        return day >= self._whole_since and day not in self._partial

    async def _forget(self) -> None:
        """Days that are over for long, and, where there are too many, the oldest and least used."""
        newest, forgotten = await asyncio.to_thread(_to_forget, list(self._uses.items()))
        self._whole_since = max(self._whole_since, newest - USAGE_DAYS + 1)
        for key in forgotten:
            if key not in self._dirty:
                del self._uses[key]
                self._partial.add(key[0])
        self._partial = {day for day in self._partial if day >= self._whole_since}


def _to_forget(held: Sequence[tuple[Key, _Use]]) -> tuple[int, list[Key]]:
    """The newest day, and what need not be in memory any more. 1 us an entry where there are too many."""
    newest = max((key[0] for key, _ in held), default=0)
    old = [key for key, _ in held if key[0] <= newest - USAGE_DAYS]
    if len(held) - len(old) <= USAGE_ENTRIES_MAX:
        return newest, old
    ranked = sorted(held, key=lambda entry: (entry[0][0], entry[1].count))
    return newest, [key for key, _ in ranked[: len(held) - USAGE_ENTRIES_MAX * 3 // 4]]


def _names_something(tweet: Tweet) -> bool:
    return bool(tweet.entities.hashtags or tweet.entities.urls)


def _named_by(tweet: Tweet) -> list[tuple[rows.Used, str]]:
    """The hashtags and links of a tweet."""
    if not _names_something(tweet):
        return []
    tags = [(rows.Used.TAG, tag) for tag in tweet.hashtags()]
    return tags + [(rows.Used.LINK, link) for link in tweet.links()]
