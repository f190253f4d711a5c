"""Home timelines: a slab of rings of tweet ids, and a cell for every user that says which ring is theirs.

A user's cell is one 64-bit word, so that a delivery touches two cache lines: the cell and the entry.

    bits 32..58   slot of the ring in the slab
    bits 24..31   a number that changes with every ring that is built
    bits 16..23   level: how often the user reads (1 to 31); 0 for a user without a ring
    bits 0..15    head: pushes so far, modulo 65,536

**Order.** Pushes go in ascending order of id. A push that comes late (a slice of a large delivery, a deferred
one) is stored as its negative. So what has been overwritten is older than every positive entry left, and a
reader knows from the ring alone down to where it is whole: nothing is kept per push but the entry.

**Removal** overwrites an entry with `REMOVED`.

One writer. A reader copies the ring from its newest entry to its oldest, and then looks whether the cell
still names the same ring, by slot and number; a ring is always filled before it is published in a cell, and
never moved in place. What is overwritten beside the reader is older than all that it read.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import fence, kernel
from roost.kernels.memory import reserve

SLOT_SHIFT = 32
NUMBER_SHIFT = 24
NUMBER_MASK = 0xFF
LEVEL_SHIFT = 16
LEVEL_MASK = 0xFF
HEAD_MASK = 0xFFFF
CELL_KEEP_MASK = ~HEAD_MASK

EMPTY = 0
"""A place in a ring that was never written."""
REMOVED = 1
"""A place whose tweet was taken out; lower than every tweet id."""

NOBODY = 0xFFFFFFFF


class Rings(NamedTuple):
    cells: NDArray[np.int64]
    """Row -> cell."""
    entries: NDArray[np.int64]
    """(slots, capacity): tweet ids, late ones negative."""
    slots: NDArray[np.int64]
    """(slots, 2). Word 0: the ring was whole above this id when it was built; 0 when it held everything.
    Word 1: its owner's row | when the owner last read, in s since the Unix epoch << 32; for a free slot,
    NOBODY | the next free slot plus one << 32."""
    counters: NDArray[np.int64]
    """The first free slot plus one; slots ever used; rings in use; rings ever built; then how many rings each
    level has."""


FIRST_FREE, TOUCHED, IN_USE, BUILT, BY_LEVEL = 0, 1, 2, 3, 4
FLOOR, OWNER = 0, 1
_LOW = 0xFFFFFFFF


def make_rings(rows: int, slots: int, capacity: int) -> Rings:
    """Cells for `rows` users and a slab of `slots` rings of `capacity` entries; all only reserved."""
    assert capacity & (capacity - 1) == 0
    assert capacity <= HEAD_MASK
    return Rings(
        reserve(rows, np.int64, huge=True),
        reserve((slots, capacity), np.int64, huge=True),
        reserve((slots, 2), np.int64),
        np.zeros(BY_LEVEL + LEVEL_MASK + 1, np.int64),
    )


@kernel
def ring_of(cell: int) -> int:
    """What of a cell says which ring it names: the slot and the number; 0 where it names none."""
    if (cell >> LEVEL_SHIFT) & LEVEL_MASK == 0:
        return 0
    return cell >> NUMBER_SHIFT | 1 << 62


@kernel
def level_of(rings: Rings, row: int) -> int:
    """The level of a user's ring; 0 where there is none."""
    return (rings.cells[row] >> LEVEL_SHIFT) & LEVEL_MASK


@kernel
def free_slots(rings: Rings) -> int:
    """How many more rings can be made."""
    return rings.entries.shape[0] - rings.counters[IN_USE]


@kernel
def _take_slot(rings: Rings) -> int:
    """A free slot; one that was used before, if there is one, so that little memory is touched."""
    rings.counters[IN_USE] += 1
    first = rings.counters[FIRST_FREE]
    if first != 0:
        rings.counters[FIRST_FREE] = rings.slots[first - 1, OWNER] >> 32
        return first - 1
    rings.counters[TOUCHED] += 1
    return rings.counters[TOUCHED] - 1


@kernel
def drop_ring(rings: Rings, row: int) -> bool:
    """Take a user's ring away; False where there was none."""
    level = level_of(rings, row)
    if level == 0:
        return False
    slot = rings.cells[row] >> SLOT_SHIFT
    rings.counters[BY_LEVEL + level] -= 1
    rings.cells[row] = 0
    fence()
    rings.slots[slot, OWNER] = NOBODY | rings.counters[FIRST_FREE] << 32
    rings.counters[FIRST_FREE] = slot + 1
    rings.counters[IN_USE] -= 1
    return True


@kernel
def install_ring(
    rings: Rings, row: int, level: int, ids: NDArray[np.int64], count: int, floor: int, now_s: int
) -> bool:
    """Give a user without a ring one with `ids[:count]`, newest first, whole above `floor`; False where all
    slots are taken."""
    if free_slots(rings) == 0:
        return False
    slot = _take_slot(rings)
    for position in range(count):
        rings.entries[slot, position] = ids[count - 1 - position]
    for position in range(count, rings.entries.shape[1]):
        rings.entries[slot, position] = EMPTY
    rings.slots[slot, FLOOR] = floor
    rings.slots[slot, OWNER] = row | now_s << 32
    rings.counters[BY_LEVEL + level] += 1
    rings.counters[BUILT] += 1
    number = rings.counters[BUILT] & NUMBER_MASK
    fence()
    rings.cells[row] = slot << SLOT_SHIFT | number << NUMBER_SHIFT | level << LEVEL_SHIFT | count
    return True


@kernel
def note_read(rings: Rings, row: int, now_s: int) -> None:
    """The owner of a ring has read it."""
    if level_of(rings, row) != 0:
        rings.slots[rings.cells[row] >> SLOT_SHIFT, OWNER] = row | now_s << 32


@kernel
def set_level(rings: Rings, row: int, level: int) -> None:
    """Lower the level of a user who has a ring. (To raise it, the ring is built anew.)"""
    cell = rings.cells[row]
    rings.counters[BY_LEVEL + level_of(rings, row)] -= 1
    rings.counters[BY_LEVEL + level] += 1
    rings.cells[row] = (cell & ~(LEVEL_MASK << LEVEL_SHIFT)) | level << LEVEL_SHIFT


@kernel
def push_one(rings: Rings, row: int, low_level: int, high_level: int, value: int) -> int:
    """Push to one user if they have a ring of a level from `low_level` up to below `high_level`; 0 or 1."""
    cell = rings.cells[row]
    level = (cell >> LEVEL_SHIFT) & LEVEL_MASK
    if level < low_level or level >= high_level:
        return 0
    head = cell & HEAD_MASK
    rings.entries[cell >> SLOT_SHIFT, head & (rings.entries.shape[1] - 1)] = value
    rings.cells[row] = (cell & CELL_KEEP_MASK) | ((head + 1) & HEAD_MASK)
    return 1


@kernel
def coldest_ring(rings: Rings, seed: int, samples: int) -> int:
    """The user whose ring was read longest ago among some sampled slots, or -1 where none was sampled."""
    touched = rings.counters[TOUCHED]
    if touched == 0:
        return -1
    coldest = -1
    coldest_s = 0
    state = seed
    for _ in range(samples):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        owner = rings.slots[(state >> 8) % touched, OWNER]
        if owner & _LOW == NOBODY:
            continue
        if coldest < 0 or owner >> 32 < coldest_s:
            coldest = owner & _LOW
            coldest_s = owner >> 32
    return coldest
