"""Author rings: the newest tweets of every author, newest first.

They feed pull, backfill and rebuild. One writer; a reader goes from the newest entry to the oldest and reads
the floor last: a push moves entries toward the end one by one from the end on, so that a reader beside it
may see an entry twice but misses none above the floor.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import fence, kernel
from roost.kernels.memory import reserve


class Authors(NamedTuple):
    recent: NDArray[np.int64]
    """(rows, entries): ids in descending order; 0 behind the last one."""
    bounds: NDArray[np.int64]
    """(rows, 2). FLOOR: all of the author's tweets above this id are in `recent`; 0 when all of them are.
    MISSED: the newest tweet that was withheld from readers below the level that `pulled` says."""
    pulled: NDArray[np.uint32]
    """Row -> why readers may not rely on their own rings for this author: `open deliveries << 8 | level`.

    Open deliveries are those under way or deferred. The level is the highest that a tweet was withheld from
    readers below; 0 for none.
    """


FLOOR, MISSED = 0, 1
OPEN_SHIFT = 8
MISSED_MASK = 0xFF


def make_authors(rows: int, entries: int) -> Authors:
    """For `rows` authors; only reserved."""
    return Authors(
        reserve((rows, entries), np.int64, huge=True),
        reserve((rows, 2), np.int64),
        reserve(rows, np.uint32),
    )


@kernel
def push_author(authors: Authors, row: int, tweet_id: int) -> None:
    """Add a tweet to its author's ring, where its id puts it; one that is there already changes nothing."""
    recent = authors.recent
    last = recent.shape[1] - 1
    if tweet_id <= authors.bounds[row, FLOOR] or recent[row, last] == tweet_id:
        return
    if recent[row, last] > tweet_id:
        authors.bounds[row, FLOOR] = tweet_id
        return
    place = 0
    while recent[row, place] > tweet_id:
        place += 1
    if recent[row, place] == tweet_id:
        return
    if recent[row, last] != 0:
        authors.bounds[row, FLOOR] = recent[row, last]
        fence()
    for position in range(last, place, -1):
        recent[row, position] = recent[row, position - 1]
        fence()
    recent[row, place] = tweet_id


@kernel
def open_delivery(authors: Authors, row: int) -> None:
    authors.pulled[row] += np.uint32(1 << OPEN_SHIFT)


@kernel
def close_delivery(authors: Authors, row: int) -> None:
    authors.pulled[row] -= np.uint32(1 << OPEN_SHIFT)


@kernel
def note_missed(authors: Authors, row: int, tweet_id: int, level: int) -> None:
    """Readers below `level` did not get this tweet pushed and will pull from its author."""
    authors.bounds[row, MISSED] = max(authors.bounds[row, MISSED], tweet_id)
    fence()
    pulled = np.int64(authors.pulled[row])
    if level > pulled & MISSED_MASK:
        authors.pulled[row] = np.uint32((pulled & ~MISSED_MASK) | level)


@kernel
def note_missed_many(
    authors: Authors, rows: NDArray[np.int64], ids: NDArray[np.int64], levels: NDArray[np.int64]
) -> None:
    """`note_missed` for each tweet whose level is above 1, the lowest that a ring can have."""
    for index in range(rows.shape[0]):
        if rows[index] >= 0 and levels[index] > 1:
            note_missed(authors, rows[index], ids[index], min(levels[index], MISSED_MASK))
