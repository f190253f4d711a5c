"""What can be read of edge lists, and what must hold of their segments at any time."""

import numpy as np
from numpy.typing import NDArray

from roost.kernels import DEAD, FLAG_BITS, EdgeLists, copy_list, edge_count, length_of, live_of, pool_used
from roost.kernels.edges import FLAGS_MASK, HOLD, SIZE_CLASSES, START, class_size, main_length_of

from . import naive

Snapshot = tuple[bytes, bytes, bytes]


def pairs(entries: NDArray[np.uint32]) -> list[tuple[int, int]]:
    """(row, flags) of each entry, in order of row."""
    return sorted((entry >> FLAG_BITS, entry & FLAGS_MASK) for entry in entries.tolist())


def contents(lists: EdgeLists, row: int) -> list[tuple[int, int]]:
    target = np.zeros(live_of(lists, row) + 1, np.uint32)
    return pairs(target[: copy_list(lists, row, target)])


def snapshot(lists: EdgeLists) -> Snapshot:
    """All that counts of lists; what lies beyond the used part of the pool does not."""
    return lists.heads.tobytes(), lists.pool[: pool_used(lists)].tobytes(), lists.state.tobytes()


def segment(lists: EdgeLists, row: int) -> NDArray[np.uint32]:
    begin = lists.heads[row, START]
    return lists.pool[begin : begin + length_of(lists, row)]


def free_segments(lists: EdgeLists) -> list[tuple[int, int]]:
    found = []
    for size_class in range(SIZE_CLASSES):
        following = int(lists.state[size_class])
        while following:
            found.append((following - 1, class_size(size_class)))
            low, high = lists.pool[following - 1 : following + 1].tolist()
            following = low | high << 32
    return found


def check_segments(lists: EdgeLists) -> None:
    """Lists' segments and free ones fill the used part of the pool, and none overlaps another."""
    rows = np.flatnonzero(lists.heads[:, HOLD] >> 32).tolist()
    held = [(int(lists.heads[row, START]), class_size(int(lists.heads[row, HOLD] >> 32) - 1)) for row in rows]
    end = 0
    for begin, size in sorted(held + free_segments(lists)):
        assert begin == end
        end = begin + size
    assert end == pool_used(lists)


def check_row(lists: EdgeLists, twin: naive.EdgeLists, row: int) -> None:
    entries = segment(lists, row)
    main = entries[: main_length_of(lists, row)] >> np.uint32(FLAG_BITS)
    assert (main[:-1] < main[1:]).all()
    assert pairs(entries[entries & np.uint32(DEAD) == 0]) == twin.entries(row)
    assert contents(lists, row) == twin.entries(row)
    assert live_of(lists, row) == len(twin.entries(row))
    assert edge_count(lists) == twin.edge_count()
