"""Ids to row numbers: an open-addressing table that only grows.

One writer; a reader may look up at any time: the row is stored before the key. 12 bytes a slot, and at least
1.5 slots an id.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import inline_kernel, kernel, mix
from roost.kernels.memory import reserve

NO_ROW = -1
"""What a look-up answers for an id that is not there."""


class IdMap(NamedTuple):
    keys: NDArray[np.int64]
    """Slot -> id; 0 where the slot is free, so 0 is no id."""
    rows: NDArray[np.uint32]


def make_id_map(capacity: int) -> IdMap:
    """A table for `capacity` ids; the number of slots is a power of two."""
    slots = 1 << max(4, int(capacity * 1.5 - 1).bit_length())
    return IdMap(reserve(slots, np.int64), reserve(slots, np.uint32))


@inline_kernel
def find_row(table: IdMap, key: int) -> int:
    """The row of an id, or NO_ROW. One or two cache misses."""
    mask = table.keys.shape[0] - 1
    slot = mix(key) & mask
    while table.keys[slot] != 0:
        if table.keys[slot] == key:
            return np.int64(table.rows[slot])
        slot = (slot + 1) & mask
    return NO_ROW


@kernel
def find_rows(table: IdMap, keys: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
    """`rows[i]` becomes the row of `keys[i]`, or NO_ROW; an id of 0 has none."""
    mask = table.keys.shape[0] - 1
    for index in range(keys.shape[0]):
        key = keys[index]
        rows[index] = NO_ROW
        slot = mix(key) & mask
        while table.keys[slot] != 0:
            if table.keys[slot] == key:
                rows[index] = np.int64(table.rows[slot])
                break
            slot = (slot + 1) & mask


@kernel
def insert_ids(table: IdMap, keys: NDArray[np.int64], first_row: int) -> None:
    """Give `keys[i]` the row `first_row + i`. The keys are not yet there, and there is room for them."""
    mask = table.keys.shape[0] - 1
    for index in range(keys.shape[0]):
        slot = mix(keys[index]) & mask
        while table.keys[slot] != 0:
            slot = (slot + 1) & mask
        table.rows[slot] = np.uint32(first_row + index)
        table.keys[slot] = keys[index]
