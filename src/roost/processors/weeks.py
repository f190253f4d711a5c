"""What happened in each week: how many tweets, new accounts, and accounts that did something.

Accounts that did something are counted each once by a sketch of 1 kB a week (HyperLogLog; Flajolet et al.,
AofA 2007), which is some 3 % off where they are many, and right where they are few.
"""

import copy
import math
from collections.abc import AsyncIterator

import msgspec

from roost.clock import Clock
from roost.eventlog import EventLog, LogSlice
from roost.ids import first_id_at, unix_ms_of
from roost.limits import WEEKS_KEPT, WEEKS_WRITE_S
from roost.model import Event, TweetLiked, TweetPosted, UserCreated
from roost.processors.recounting import activity_since
from roost.processors.seam import Progress, Rebuild, Source
from roost.store import Batch, Store, rows, tables

WEEK_S = 7 * 24 * 3_600
_MONDAY_S = 4 * 24 * 3_600
"""The Unix epoch was a Thursday."""
_REGISTERS = 1_024
_SETTING = "weeks"


class Week(msgspec.Struct, frozen=True):
    """`began_s` is Monday's midnight, UTC."""

    began_s: int
    tweets: int = 0
    users: int = 0
    active: int = 0


class _Counted(msgspec.Struct):
    tweets: int = 0
    users: int = 0
    sketch: bytearray = msgspec.field(default_factory=lambda: bytearray(_REGISTERS))


class WeeksProcessor:
    name = "weeks"

    def __init__(self, store: Store, log: EventLog, clock: Clock) -> None:
        self._store = store
        self._log = log
        self._clock = clock
        self._weeks: dict[int, _Counted] = {}
        """By when each began, in s."""
        self._position = 0
        self._written_position = 0
        self._written_ms = 0

    async def begin(self) -> int:
        self._position = self._written_position = await self._log.cursor(self.name)
        kept = await self._store.get(tables.SETTINGS, (_SETTING,))
        self._weeks = {}
        if kept is not None:
            self._weeks = msgspec.msgpack.decode(kept.value, type=dict[int, _Counted])
        return self._position

    async def apply(self, events: LogSlice) -> None:
        for offset, event in enumerate(events.events):
            if events.first + offset > self._position:
                self._count(event)
                self._position = events.first + offset
        if self._clock.now_ms() >= self._written_ms + WEEKS_WRITE_S * 1000:
            await self._write()

    async def rest(self) -> None:
        if self._position > self._written_position:
            await self._write()

    def pass_over(self, position: int) -> None:
        self._position = self._written_position = position

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        """What happened in a week adds up in any order."""
        del position
        held = copy.deepcopy(self._weeks)
        self._count(event)
        try:
            await self._write(also)
        except BaseException:
            self._weeks = held
            raise

    def rebuild(self, source: Source) -> Rebuild:
        return _WeeksRebuild(self, source, WeeksProcessor(self._store, source.log, self._clock))

    async def adopt(self, other: "WeeksProcessor", position: int, also: Batch) -> None:
        """Go on with what another one has counted, up to a position."""
        self._weeks, self._position = other._weeks, position
        await self._write(also)

    def oldest_s(self) -> int:
        """When the oldest week began that is told of now, in s."""
        return week_of(self._clock.now_ms()) - (WEEKS_KEPT - 1) * WEEK_S

    async def count(self, events: AsyncIterator[Event]) -> None:
        """Count what did not come by the log, into memory."""
        async for event in events:
            self._count(event)

    def weeks(self) -> list[Week]:
        """This week and those before it, newest first; always as many."""
        began_s = week_of(self._clock.now_ms())
        found = [began_s - number * WEEK_S for number in range(WEEKS_KEPT)]
        return [
            Week(each, week.tweets, week.users, estimate(week.sketch))
            for each in found
            for week in (self._weeks.get(each) or _Counted(),)
        ]

    def _count(self, event: Event) -> None:
        match event:
            case TweetPosted(tweet):
                week = self._week_at(unix_ms_of(tweet.tweet_id))
                week.tweets += 1
                note(week.sketch, tweet.author_id)
            case TweetLiked(like):
                note(self._week_at(unix_ms_of(like.like_id)).sketch, like.user_id)
            case UserCreated(user):
                week = self._week_at(user.created_ms)
                week.users += 1
                note(week.sketch, user.user_id)

    def _week_at(self, unix_ms: int) -> _Counted:
        """A week by a moment in it: what is counted late, or anew, counts for when it happened."""
        return self._weeks.setdefault(week_of(unix_ms), _Counted())

    async def _write(self, also: Batch | None = None) -> None:
        for old in sorted(self._weeks)[:-WEEKS_KEPT]:
            del self._weeks[old]
        batch, position = also or Batch(), self._position
        batch.put(tables.SETTINGS, rows.SettingRow(_SETTING, msgspec.msgpack.encode(self._weeks)))
        await self._log.commit_cursor(self.name, position, batch)
        self._written_position, self._written_ms = position, self._clock.now_ms()


class _WeeksRebuild:
    """From the log where it is whole, else from the tables, which do not have what was deleted since."""

    def __init__(self, served: WeeksProcessor, source: Source, fresh: WeeksProcessor) -> None:
        self._served = served
        self._source = source
        self._fresh = fresh

    async def load(self, tell: Progress) -> int:
        if self._source.log.first == 1:
            return 0
        lowest_id = first_id_at(self._fresh.oldest_s() * 1000) - 1
        await self._fresh.count(activity_since(self._source.store, lowest_id, tell))
        return self._source.position

    async def apply(self, events: LogSlice) -> None:
        async def one_by_one() -> AsyncIterator[Event]:
            for event in events.events:
                yield event

        await self._fresh.count(one_by_one())

    async def pass_over(self, position: int) -> None:
        del position

    async def take_place(self, position: int, also: Batch) -> None:
        await self._served.adopt(self._fresh, position, also)

    async def close(self) -> None:
        return


def week_of(unix_ms: int) -> int:
    """When the week of a moment began, in s."""
    moment_s = unix_ms // 1000
    return moment_s - (moment_s - _MONDAY_S) % WEEK_S


def note(sketch: bytearray, user_id: int) -> None:
    """Count a user, once however often they are noted."""
    mixed = (user_id * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ mixed >> 32) * 0xD6E8FEB86659FD93) & 0xFFFFFFFFFFFFFFFF
    mixed ^= mixed >> 32
    place, rest = mixed % _REGISTERS, mixed // _REGISTERS
    sketch[place] = max(sketch[place], 55 - rest.bit_length())


def estimate(sketch: bytearray) -> int:
    """How many different users were noted."""
    empty = sketch.count(0)
    raw = 0.7213 / (1 + 1.079 / _REGISTERS) * _REGISTERS**2 / sum(2.0**-each for each in sketch)
    if raw <= 2.5 * _REGISTERS and empty:
        raw = _REGISTERS * math.log(_REGISTERS / empty)
    return round(raw)
