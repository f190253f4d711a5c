"""Uses of topics by users: noted, taken back, and swept a day after. See `topics` for what is kept."""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.idmap import NO_ROW
from roost.kernels.jit import kernel, mix
from roost.kernels.topics import (
    GENERATION,
    HASH_BITS,
    HELD,
    HELD_MAX,
    HIGH,
    LET_GO,
    MINUTE_NEVER,
    MINUTES,
    NOW,
    PAIR_GENERATION,
    PAIR_MINUTE,
    PAIR_ROW,
    PAIR_USES,
    PAIRS,
    SAMPLING,
    SWEPT,
    TEN,
    TENS,
    Topics,
    enter_topic,
    find_topic,
    in_minutes,
    in_tens,
)


@kernel
def _move(t: Topics, row: int, minute: int, change: int) -> None:
    """One held user more, or less, whose newest use is in that minute."""
    if in_minutes(t, minute):
        bucket = minute % MINUTES
        t.minutes[bucket, row] = np.uint16(np.int64(t.minutes[bucket, row]) + change)
    if in_tens(t, minute):
        bucket = minute // TEN % TENS
        t.tens[bucket, row] = np.uint16(np.int64(t.tens[bucket, row]) + change)


@kernel
def _see(t: Topics, row: int, minute: int, last: int, change: int) -> None:
    """One user more, or less, in the buckets of a minute, but for those that `last` is in too."""
    users = change << t.facts[SAMPLING, row]
    if minute != last and in_minutes(t, minute):
        bucket = minute % MINUTES
        t.seen_minutes[bucket, row] = np.uint32(max(0, np.int64(t.seen_minutes[bucket, row]) + users))
    if minute // TEN != last // TEN and in_tens(t, minute):
        bucket = minute // TEN % TENS
        t.seen_tens[bucket, row] = np.uint32(max(0, np.int64(t.seen_tens[bucket, row]) + users))


@kernel
def _pair_slot(t: Topics, pair: int) -> int:
    """Where a pair is, or would be."""
    mask = t.pair_keys.shape[0] - 1
    slot = mix(pair) & mask
    while t.pair_keys[slot] != 0 and t.pair_keys[slot] != pair:
        slot = (slot + 1) & mask
    return slot


@kernel
def _is_held(t: Topics, row: int, slot: int) -> bool:
    """Whether the pair at a slot is one of the row's topic, used in the last day and not taken back."""
    return (
        t.pair_keys[slot] != 0
        and t.pairs[slot, PAIR_GENERATION] == t.facts[GENERATION, row]
        and in_tens(t, np.int64(t.pairs[slot, PAIR_MINUTE]))
    )


@kernel
def _let_go(t: Topics, row: int, slot: int) -> None:
    """A held pair counts no more."""
    _move(t, row, np.int64(t.pairs[slot, PAIR_MINUTE]), -1)
    t.pairs[slot, PAIR_GENERATION] = LET_GO
    t.facts[HELD, row] -= 1


@kernel
def _is_stale(t: Topics, slot: int) -> bool:
    return not _is_held(t, np.int64(t.pairs[slot, PAIR_ROW]), slot)


@kernel
def _remove_pair(t: Topics, slot: int) -> None:
    """By moving later entries of its run back. A pair that is past its day leaves its row's count."""
    row = np.int64(t.pairs[slot, PAIR_ROW])
    if t.pairs[slot, PAIR_GENERATION] == t.facts[GENERATION, row]:
        t.facts[HELD, row] -= 1
    mask = t.pair_keys.shape[0] - 1
    hole = slot
    while True:
        slot = (slot + 1) & mask
        if t.pair_keys[slot] == 0:
            break
        home = mix(t.pair_keys[slot]) & mask
        if (slot - home) & mask >= (slot - hole) & mask:
            t.pair_keys[hole] = t.pair_keys[slot]
            for fact in range(4):
                t.pairs[hole, fact] = t.pairs[slot, fact]
            hole = slot
    t.pair_keys[hole] = 0
    t.clock[PAIRS] -= 1


@kernel
def sweep_pairs(t: Topics, first: int, stop: int) -> None:
    """Remove stale pairs between two slots. 10 ns a slot."""
    slot = first
    while slot < stop:
        if t.pair_keys[slot] != 0 and _is_stale(t, slot):
            _remove_pair(t, slot)  # another one may be here now
        else:
            slot += 1


@kernel
def _thin(t: Topics, row: int) -> None:
    """Hold only half of a topic's users from now on. Looks at every pair: 1 ms."""
    t.facts[SAMPLING, row] += 1
    shift = HASH_BITS - t.facts[SAMPLING, row]
    for slot in range(t.pair_keys.shape[0]):
        key = t.pair_keys[slot]
        if key != 0 and t.pairs[slot, PAIR_ROW] == row and key >> shift != 0 and _is_held(t, row, slot):
            _let_go(t, row, slot)


@kernel
def _relieve(t: Topics) -> None:
    """The table of pairs is three quarters full: sweep it; where that is not enough, hold half of the users
    of every topic with many."""
    slots = t.pair_keys.shape[0]
    sweep_pairs(t, 0, slots)
    while t.clock[PAIRS] > slots * 5 // 8:
        bound = max(1, slots // (4 * t.keys.shape[0]))
        for row in range(t.clock[HIGH]):
            if t.keys[row] != 0 and t.facts[HELD, row] > bound:
                t.facts[SAMPLING, row] += 1
        for slot in range(slots):
            row = np.int64(t.pairs[slot, PAIR_ROW])
            if t.pair_keys[slot] != 0 and _is_held(t, row, slot):
                sampling = t.facts[SAMPLING, row]
                if t.pair_keys[slot] >> (HASH_BITS - sampling) != 0:
                    _let_go(t, row, slot)
        sweep_pairs(t, 0, slots)


@kernel
def _note(t: Topics, row: int, user: int, minute: int) -> None:
    pair = max(1, mix(t.keys[row] ^ mix(user)))
    if pair >> (HASH_BITS - t.facts[SAMPLING, row]) != 0:
        return
    slot = _pair_slot(t, pair)
    if _is_held(t, row, slot):
        last = np.int64(t.pairs[slot, PAIR_MINUTE])
        t.pairs[slot, PAIR_USES] += 1
        if minute > last:
            _move(t, row, last, -1)
            _move(t, row, minute, 1)
            _see(t, row, minute, last, 1)
            t.pairs[slot, PAIR_MINUTE] = minute
        return
    if t.pair_keys[slot] == 0:
        t.pair_keys[slot] = pair
        t.clock[PAIRS] += 1
        t.facts[HELD, row] += 1
    elif t.pairs[slot, PAIR_GENERATION] != t.facts[GENERATION, row]:
        t.facts[HELD, row] += 1
    t.pairs[slot, PAIR_ROW] = row
    t.pairs[slot, PAIR_GENERATION] = t.facts[GENERATION, row]
    t.pairs[slot, PAIR_MINUTE] = minute
    t.pairs[slot, PAIR_USES] = 1
    _move(t, row, minute, 1)
    _see(t, row, minute, MINUTE_NEVER, 1)
    if t.facts[HELD, row] > t.clock[HELD_MAX]:
        _thin(t, row)
    if t.clock[PAIRS] > t.pair_keys.shape[0] * 3 // 4:
        _relieve(t)


@kernel
def note_uses(
    t: Topics,
    keys: NDArray[np.int64],
    users: NDArray[np.int64],
    minutes: NDArray[np.int64],
    rows: NDArray[np.int64],
    start: int,
) -> int:
    """Note uses from `start` on, up to the first one of a later minute than it is; answers where that is.

    `rows[i]` becomes the row of `keys[i]`, or NO_ROW where the topic has none; it is -2 - row where the topic
    is new there. What was used more than a day ago is passed over.
    """
    for index in range(start, keys.shape[0]):
        if minutes[index] > t.clock[NOW]:
            return index
        rows[index] = NO_ROW
        if not in_tens(t, minutes[index]):
            continue
        row = find_topic(t, keys[index])
        if row == NO_ROW:
            row = enter_topic(t, keys[index])
            if row == NO_ROW:
                continue
            rows[index] = -2 - row
        else:
            rows[index] = row
        _note(t, row, users[index], minutes[index])
    return keys.shape[0]


@kernel
def take_back_uses(t: Topics, keys: NDArray[np.int64], users: NDArray[np.int64]) -> None:
    """Take one use back for each key and user. A user counts as long as one of their uses stands."""
    for index in range(keys.shape[0]):
        row = find_topic(t, keys[index])
        if row == NO_ROW:
            continue
        slot = _pair_slot(t, max(1, mix(keys[index] ^ mix(users[index]))))
        if not _is_held(t, row, slot):
            continue
        t.pairs[slot, PAIR_USES] -= 1
        if t.pairs[slot, PAIR_USES] == 0:
            _see(t, row, np.int64(t.pairs[slot, PAIR_MINUTE]), MINUTE_NEVER, -1)
            _let_go(t, row, slot)


@kernel
def take_back_user(t: Topics, user: int) -> None:
    """A user counts for nothing any more. 50 ns a row."""
    hashed = mix(user)
    for row in range(t.clock[HIGH]):
        if t.keys[row] == 0:
            continue
        slot = _pair_slot(t, max(1, mix(t.keys[row] ^ hashed)))
        if _is_held(t, row, slot):
            _see(t, row, np.int64(t.pairs[slot, PAIR_MINUTE]), MINUTE_NEVER, -1)
            _let_go(t, row, slot)


@kernel
def next_minute(t: Topics, sweeps: int) -> None:
    """Go on to the next minute: the oldest buckets become the newest, and a part of the pairs is swept, all
    of them in `sweeps` minutes."""
    t.clock[NOW] += 1
    now = t.clock[NOW]
    for row in range(t.clock[HIGH]):
        t.minutes[now % MINUTES, row] = np.uint16(0)
        t.seen_minutes[now % MINUTES, row] = np.uint32(0)
    if now % TEN == 0:
        for row in range(t.clock[HIGH]):
            t.tens[now // TEN % TENS, row] = np.uint16(0)
            t.seen_tens[now // TEN % TENS, row] = np.uint32(0)
    slots = t.pair_keys.shape[0]
    part = slots // sweeps + 1
    first = t.clock[SWEPT]
    sweep_pairs(t, first, min(first + part, slots))
    t.clock[SWEPT] = first + part if first + part < slots else 0
