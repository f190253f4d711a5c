"""Who used what in the last minute, hour, day: users of the busiest topics in buckets of time.

A topic is a positive 62-bit hash. Each has a row; a row's buckets say, for each of the last 60 minutes and
144 times ten minutes, how many users used it *last* in that bucket. So the sum over the newest buckets is the
number of different users in that window, exactly. That needs each user's newest use of each topic: the pairs,
in one open-addressing table for all topics.

    pair   key: mix(topic ^ mix(user))   row, generation of the row, minute of the newest use, standing uses

Of a topic with more than `held_max` users a day only every second, fourth, ... user is held, chosen by the
pair's hash (adaptive sampling; Flajolet, Computing 43, 1990), and counts so many times: with 512 to 1,024 of
them held, a number of users has a standard error of 3 to 4 %. Where all rows are taken, a new topic is
counted in a count-min sketch first, and gets the row of the weakest topic once it was used more often than
that one.

A second set of buckets counts users once in each bucket of time that they used a topic in: its series.

One writer. A use costs some ten cache misses.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.countmin import CountMin, count_min_add, make_count_min
from roost.kernels.idmap import NO_ROW
from roost.kernels.jit import kernel, mix
from roost.kernels.memory import reserve

MINUTES = 60
TENS = 144
TEN = 10
DAY_MINUTES = TENS * TEN
HASH_BITS = 62
MINUTE_NEVER = -(1 << 30)
_GENERATIONS_MAX = (1 << 31) - 2

# Facts of a row
GENERATION, SAMPLING, HELD, SINCE = 0, 1, 2, 3
# Facts of a pair
PAIR_ROW, PAIR_GENERATION, PAIR_MINUTE, PAIR_USES = 0, 1, 2, 3
LET_GO = -1
"""The generation of a pair that counts no more."""
# Facts of all
NOW, GENERATIONS, PAIRS, FREE, VICTIMS, HIGH, HELD_MAX, SWEPT = 0, 1, 2, 3, 4, 5, 6, 7


class Topics(NamedTuple):
    keys: NDArray[np.int64]
    """Row -> topic; 0 where the row is free."""
    slots: NDArray[np.uint32]
    """Slot -> row plus one; 0 where free. A power of two of slots, at most half of them used."""
    facts: NDArray[np.int64]
    """(4, rows): the generation of a row's topic; its sampling (only a 2^-n part of its users is held); how
    many pairs are held; since which minute it is counted."""
    minutes: NDArray[np.uint16]
    """(60, rows): users held, by the minute of their newest use."""
    tens: NDArray[np.uint16]
    """(144, rows): likewise by ten minutes."""
    seen_minutes: NDArray[np.uint32]
    """(60, rows): users in each minute."""
    seen_tens: NDArray[np.uint32]
    """(144, rows): users in each ten minutes."""
    pair_keys: NDArray[np.int64]
    pairs: NDArray[np.int32]
    """(slots, 4)"""
    free: NDArray[np.int64]
    """A stack of rows that were given back."""
    victims: NDArray[np.int64]
    """(2, rows): a stack of rows that may be given to others, and the strength that each had; the weakest is
    on top."""
    clock: NDArray[np.int64]
    """The minute that it is, and counters; see above."""
    tail: CountMin


def make_topics(rows: int, pair_slots: int, tail_width: int, held_max: int) -> Topics:
    """Room for `rows` topics and 3/4 of `pair_slots` pairs; the latter is a power of two. Only reserved:
    1.3 kB a row and 24 bytes a slot at most."""
    assert pair_slots & (pair_slots - 1) == 0
    clock = np.zeros(8, np.int64)
    clock[NOW], clock[HELD_MAX] = MINUTE_NEVER, held_max
    return Topics(
        reserve(rows, np.int64),
        reserve(1 << (2 * rows - 1).bit_length(), np.uint32),
        reserve((4, rows), np.int64),
        reserve((MINUTES, rows), np.uint16),
        reserve((TENS, rows), np.uint16),
        reserve((MINUTES, rows), np.uint32),
        reserve((TENS, rows), np.uint32),
        reserve(pair_slots, np.int64),
        reserve((pair_slots, 4), np.int32),
        reserve(rows, np.int64),
        reserve((2, rows), np.int64),
        clock,
        make_count_min(tail_width),
    )


@kernel
def find_topic(t: Topics, key: int) -> int:
    """The row of a topic, or NO_ROW."""
    mask = t.slots.shape[0] - 1
    slot = mix(key) & mask
    while t.slots[slot] != 0:
        row = np.int64(t.slots[slot]) - 1
        if t.keys[row] == key:
            return row
        slot = (slot + 1) & mask
    return NO_ROW


@kernel
def _unlink(t: Topics, row: int) -> None:
    """Take a row out of the index by moving later entries of its run back (Knuth 6.4, algorithm R)."""
    mask = t.slots.shape[0] - 1
    hole = mix(t.keys[row]) & mask
    while np.int64(t.slots[hole]) != row + 1:
        hole = (hole + 1) & mask
    slot = hole
    while True:
        slot = (slot + 1) & mask
        held = np.int64(t.slots[slot])
        if held == 0:
            break
        home = mix(t.keys[held - 1]) & mask
        if (slot - home) & mask >= (slot - hole) & mask:
            t.slots[hole] = np.uint32(held)
            hole = slot
    t.slots[hole] = np.uint32(0)


@kernel
def _clear(t: Topics, row: int) -> None:
    for bucket in range(MINUTES):
        t.minutes[bucket, row] = np.uint16(0)
        t.seen_minutes[bucket, row] = np.uint32(0)
    for bucket in range(TENS):
        t.tens[bucket, row] = np.uint16(0)
        t.seen_tens[bucket, row] = np.uint32(0)
    for fact in range(4):
        t.facts[fact, row] = 0


@kernel
def drop_topic(t: Topics, row: int) -> None:
    """Forget a topic; its row is free. Its pairs are stale, and are swept in time."""
    _unlink(t, row)
    _clear(t, row)
    t.keys[row] = 0
    t.free[t.clock[FREE]] = row
    t.clock[FREE] += 1


@kernel
def _make_room(t: Topics, key: int) -> bool:
    """Whether a topic that has no row may have one; the weakest topic goes for it where all are taken."""
    uses = count_min_add(t.tail, key)
    while t.clock[VICTIMS] > 0:
        top = t.clock[VICTIMS] - 1
        row, strength = t.victims[0, top], t.victims[1, top]
        if t.keys[row] == 0 or t.facts[HELD, row] << t.facts[SAMPLING, row] > strength:
            t.clock[VICTIMS] = top  # it has been given away, or is not weak any more
        elif uses > strength:
            t.clock[VICTIMS] = top
            drop_topic(t, row)
            return True
        else:
            return False
    return False


@kernel
def enter_topic(t: Topics, key: int) -> int:
    """A row for a new topic, or NO_ROW."""
    if t.clock[FREE] == 0 and t.clock[HIGH] == t.keys.shape[0] and not _make_room(t, key):
        return NO_ROW
    if t.clock[FREE] > 0:
        t.clock[FREE] -= 1
        row = t.free[t.clock[FREE]]
    else:
        row = t.clock[HIGH]
        t.clock[HIGH] += 1
    t.keys[row] = key
    t.clock[GENERATIONS] = t.clock[GENERATIONS] % _GENERATIONS_MAX + 1
    t.facts[GENERATION, row] = t.clock[GENERATIONS]
    t.facts[SINCE, row] = t.clock[NOW]
    mask = t.slots.shape[0] - 1
    slot = mix(key) & mask
    while t.slots[slot] != 0:
        slot = (slot + 1) & mask
    t.slots[slot] = np.uint32(row + 1)
    return row


@kernel
def in_minutes(t: Topics, minute: int) -> bool:
    return minute > t.clock[NOW] - MINUTES


@kernel
def in_tens(t: Topics, minute: int) -> bool:
    return minute // TEN > t.clock[NOW] // TEN - TENS
