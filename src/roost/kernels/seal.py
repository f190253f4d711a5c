"""Sealing: a live segment is rewritten into perfectly hashed tables and packed lists sorted by neighbour.

All of it reads the live segment and writes rows that no reader knows yet, so it runs beside the writer and
readers. Edges that are cancelled meanwhile are cancelled once more in the result by whoever publishes it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import kernel
from roost.kernels.packed import OWN_BITS, OWN_MASK, list_end, write_list
from roost.kernels.temporal import (
    BEGAN_MS,
    DATA,
    DEAD_BIT,
    KEY_SHIFT,
    SLOT_MASK,
    STEP_BITS,
    TABLE,
    TIME_SHIFT,
    Side,
)

NOBODY = 0xFFFFFFFF


class SideSort(NamedTuple):
    """What sealing works with, for one side."""

    renamed: NDArray[np.uint32]
    """(live slots): the sealed slot."""
    starts: NDArray[np.uint32]
    """(sealed slots + 1): where each node's items begin."""
    cursors: NDArray[np.uint32]
    """(sealed slots): where the next one goes."""
    items: NDArray[np.int64]
    """(living edges): other slot << OWN_BITS | own bits, each node's together."""


@kernel
def count_living(
    edges: NDArray[np.int64], living: NDArray[np.uint8], users: NDArray[np.uint32], tweets: NDArray[np.uint32]
) -> int:
    """Note which edges live just now, count each live slot's, and answer how many there are."""
    count = 0
    for edge in range(living.shape[0]):
        is_living = edges[edge, 1] & DEAD_BIT == 0
        living[edge] = is_living
        if is_living:
            slots = edges[edge, 0]
            users[slots & SLOT_MASK] += np.uint32(1)
            tweets[slots >> KEY_SHIFT] += np.uint32(1)
            count += 1
    return count


@kernel
def list_nodes(
    table: NDArray[np.int64], degrees: NDArray[np.uint32], slots: NDArray[np.uint32], ids: NDArray[np.int64]
) -> int:
    """List the live slots and the ids of nodes with edges; answer how many."""
    count = 0
    for slot in range(degrees.shape[0]):
        if degrees[slot] > 0:
            slots[count] = np.uint32(slot)
            ids[count] = table[2 * slot]
            count += 1
    return count


@kernel
def name_nodes(
    slots: NDArray[np.uint32], ids: NDArray[np.int64], placed: NDArray[np.uint32],
    degrees: NDArray[np.uint32], table: NDArray[np.int64], work: SideSort,
) -> None:  # fmt: skip
    """Write the ids to the sealed table, and note for each node its new slot and where its items begin."""
    for node in range(ids.shape[0]):
        slot, sealed = np.int64(slots[node]), np.int64(placed[node])
        table[2 * sealed] = ids[node]
        work.renamed[slot] = np.uint32(sealed)
        work.starts[sealed + 1] = degrees[slot]
    for sealed in range(work.cursors.shape[0]):
        work.starts[sealed + 1] += work.starts[sealed]
        work.cursors[sealed] = work.starts[sealed]


@kernel
def _put(work: SideSort, slot: int, item: int) -> None:
    work.items[np.int64(work.cursors[slot])] = item
    work.cursors[slot] += np.uint32(1)


@kernel
def group_by_tweet(
    edges: NDArray[np.int64], sealed: NDArray[np.int64], living: NDArray[np.uint8], users: SideSort,
    tweets: SideSort,
) -> None:  # fmt: skip
    """Spread the living edges, in order of time, over the tweets."""
    for edge in range(living.shape[0]):
        if living[edge]:
            slots, word = edges[edge, 0], edges[edge, 1]
            step = ((word >> TIME_SHIFT) - sealed[BEGAN_MS]) >> sealed[STEP_BITS]
            own = step << TIME_SHIFT | word & ((1 << TIME_SHIFT) - 1) & ~DEAD_BIT
            user = np.int64(users.renamed[slots & SLOT_MASK])
            _put(tweets, np.int64(tweets.renamed[slots >> KEY_SHIFT]), user << OWN_BITS | own)


@kernel
def regroup(source: SideSort, target: SideSort) -> None:
    """Spread one side's items, in order of its slots, over the other side: there each node's are sorted by
    neighbour, and equal neighbours are in the order that they had."""
    for slot in range(source.cursors.shape[0]):
        number = np.int64(slot) << OWN_BITS
        for at in range(np.int64(source.starts[slot]), np.int64(source.starts[slot + 1])):
            item = source.items[at]
            _put(target, item >> OWN_BITS, number | item & OWN_MASK)


@kernel
def pack_side(side: Side, sealed: NDArray[np.int64], work: SideSort, other_slots: int) -> int:
    """Write one side's lists and heads; answer the bytes of the lists."""
    words, table = side.lists[sealed[DATA]], side.table[sealed[TABLE]]
    byte = 0
    for slot in range(work.cursors.shape[0]):
        first = np.int64(work.starts[slot])
        count = np.int64(work.starts[slot + 1]) - first
        if count > 0:
            head = write_list(words, byte, work.items, first, count, other_slots)
            table[2 * slot + 1] = head
            byte = list_end(head)
    return byte


@kernel
def ids_of_edges(
    edges: NDArray[np.int64], users: NDArray[np.int64], tweets: NDArray[np.int64], ids: NDArray[np.int64]
) -> None:
    """(edges, 2): the ids at the ends of live edges, whose tables are given."""
    for edge in range(edges.shape[0]):
        slots = edges[edge, 0]
        ids[edge, 0] = users[2 * (slots & SLOT_MASK)]
        ids[edge, 1] = tweets[2 * (slots >> KEY_SHIFT)]
