"""Snowflake ids: 41 bits of ms since the Twitter epoch, 10 bits of machine, 12 bits of sequence.

Layout and epoch are those of twitter-archive/snowflake (tag snowflake-2010). An id therefore sorts by the
time it was made at, one machine makes at most 4,096,000 ids/s, and 41 bits last until the year 2080.

**Dates as cursors.** Mastodon's ids are `unix_ms << 16`, and clients such as Mastodon.py compute a `max_id`
from a date in that form. Roost's own ids are larger than any such value: `unix_ms << 16` stays below 2.7e17
until the year 2100, and every snowflake made after November 2012 is above that. So `cursor_id` reads a value
between 2006-01-01 and 2100-01-01 in Mastodon's form as that date, and every other value as it stands. The
price is that a snowflake made between May 2011 and November 2012 could not be used as a cursor; Roost makes
none, since its clock is not that old.
"""

import threading

from roost.clock import Clock
from roost.errors import ClockWentBack

EPOCH_MS = 1_288_834_974_657
MACHINE_BITS = 10
SEQUENCE_BITS = 12
TIME_SHIFT = MACHINE_BITS + SEQUENCE_BITS
MACHINE_MAX = (1 << MACHINE_BITS) - 1
SEQUENCE_MAX = (1 << SEQUENCE_BITS) - 1
ID_MAX = (1 << 63) - 1

_MASTODON_SHIFT = 16
_DATE_CURSOR_FIRST = 1_136_073_600_000 << _MASTODON_SHIFT  # 2006-01-01
_DATE_CURSOR_LAST = 4_102_444_800_000 << _MASTODON_SHIFT  # 2100-01-01


def unix_ms_of(snowflake: int) -> int:
    """The time, in ms since the Unix epoch, at which an id was made."""
    return (snowflake >> TIME_SHIFT) + EPOCH_MS


def first_id_at(unix_ms: int) -> int:
    """The lowest id that can be made at `unix_ms`; 0 for a time before the epoch."""
    return max(0, unix_ms - EPOCH_MS) << TIME_SHIFT


def cursor_id(value: int) -> int:
    """A client's paging cursor as a snowflake: dates in Mastodon's form are converted (see above)."""
    if _DATE_CURSOR_FIRST <= value < _DATE_CURSOR_LAST:
        return first_id_at(value >> _MASTODON_SHIFT)
    return value


class Snowflakes:
    """Makes ids. Thread-safe; an id costs about a microsecond.

    Never makes the same id twice, nor a lower one after a higher one. If the clock was set back it refuses
    (`ClockWentBack`) and keeps its sequence, so that ids stay unique when the time is reached again.
    `last_ms` is the time of the newest id known from before a restart.
    """

    def __init__(self, clock: Clock, machine: int = 0, last_ms: int = -1) -> None:
        if not 0 <= machine <= MACHINE_MAX:
            raise ValueError(f"machine must be from 0 to {MACHINE_MAX}, not {machine}")
        self._clock = clock
        self._machine = machine << SEQUENCE_BITS
        self._last_ms = last_ms
        # After a restart nothing says which sequence numbers of last_ms were used: begin with the next ms.
        self._sequence = SEQUENCE_MAX
        self._lock = threading.Lock()

    def next_id(self) -> int:
        with self._lock:
            return self._next()

    def next_ids(self, count: int) -> list[int]:
        """`count` ascending ids. Waits out the sequence's overflow: about 0.25 us an id above 4,096."""
        with self._lock:
            return [self._next() for _ in range(count)]

    def _next(self) -> int:
        now_ms = self._clock.now_ms()
        if now_ms == self._last_ms and self._sequence == SEQUENCE_MAX:
            self._clock.wait_until_ms(self._last_ms + 1)
            now_ms = self._clock.now_ms()
        if now_ms < self._last_ms or (now_ms == self._last_ms and self._sequence == SEQUENCE_MAX):
            behind_ms = self._last_ms - now_ms
            raise ClockWentBack(f"The server's clock was set back by {behind_ms} ms; retry after that")
        if now_ms < EPOCH_MS:
            raise ClockWentBack("The server's clock is before November 2010; no id can be made")
        self._sequence = self._sequence + 1 if now_ms == self._last_ms else 0
        self._last_ms = now_ms
        return (now_ms - EPOCH_MS) << TIME_SHIFT | self._machine | self._sequence
