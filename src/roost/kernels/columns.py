"""The newest tweets as columns: what filters need to know of a tweet, without a look into the store.

A line of 32 bytes a tweet, in a circle of `capacity` lines, and an index from id to line.

    word 0   tweet id
    word 1   author's row | row of the author replied to << 32
    word 2   id of the retweeted tweet, or 0
    word 3   row of the retweeted tweet's author | flags << 32

One writer. A reader checks word 0 before and after it reads the others; the writer clears it before it
changes them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import fence, kernel, load, mix
from roost.kernels.memory import reserve
from roost.kernels.rings import REMOVED, SLOT_SHIFT, Rings, level_of

WORDS = 4
NO_AUTHOR = 0xFFFFFFFF

VISIBILITY_MASK = 3
"""The flags' lowest bits are the tweet's Visibility."""
DELETED = 4
IS_REPLY = 8
IS_SPAM = 16
IS_DUPLICATE = 32
LANGUAGE_SHIFT = 8
LANGUAGE_MASK = (1 << 15) - 1
"""Three letters of five bits each, the first one lowest: 1 for a. 0 is no language."""
SENTIMENT_SHIFT = 23
SENTIMENT_MASK = 255
"""The sentiment plus 101, which is 1 to 201; 0 is unknown."""
FOUND_MASK = IS_SPAM | IS_DUPLICATE | LANGUAGE_MASK << LANGUAGE_SHIFT | SENTIMENT_MASK << SENTIMENT_SHIFT
"""What may change after a tweet was accepted, all but DELETED."""

_ROW_MASK = 0xFFFFFFFF
_HALF = np.int64(32)


class Columns(NamedTuple):
    lines: NDArray[np.int64]
    """(capacity * 4): see above."""
    slots: NDArray[np.uint32]
    """Slot -> line plus one; 0 where free. A power of two of slots, at most half of them used."""
    added: NDArray[np.int64]
    """[0]: tweets ever added."""


def make_columns(capacity: int) -> Columns:
    """`capacity`, a power of two, newest tweets are kept; only reserved."""
    assert capacity & (capacity - 1) == 0
    return Columns(
        reserve(capacity * WORDS, np.int64, huge=True),
        reserve(capacity * 2, np.uint32, huge=True),
        np.zeros(1, np.int64),
    )


@kernel
def find_line(columns: Columns, tweet_id: int) -> int:
    """The first word of a tweet's line, or -1. Safe beside the writer."""
    mask = columns.slots.shape[0] - 1
    slot = mix(tweet_id) & mask
    while True:
        held = np.int64(columns.slots[slot])
        if held == 0:
            return -1
        word = (held - 1) * WORDS
        if columns.lines[word] == tweet_id:
            return word
        slot = (slot + 1) & mask


@kernel
def _forget(columns: Columns, tweet_id: int) -> None:
    """Take an id out of the index by moving later entries of its run back (Knuth 6.4, algorithm R)."""
    mask = columns.slots.shape[0] - 1
    slot = mix(tweet_id) & mask
    while True:
        held = np.int64(columns.slots[slot])
        if held == 0:
            return
        if columns.lines[(held - 1) * WORDS] == tweet_id:
            break
        slot = (slot + 1) & mask
    hole = slot
    while True:
        slot = (slot + 1) & mask
        held = np.int64(columns.slots[slot])
        if held == 0:
            break
        home = mix(columns.lines[(held - 1) * WORDS]) & mask
        if (slot - home) & mask >= (slot - hole) & mask:
            columns.slots[hole] = np.uint32(held)
            hole = slot
    columns.slots[hole] = np.uint32(0)


@kernel
def add_tweet(
    columns: Columns,
    tweet_id: int,
    author: int,
    reply_author: int,
    retweet_of: int,
    retweet_author: int,
    flags: int,
) -> None:
    """Add a tweet, forgetting the oldest one where the circle is full. One that is there is not changed."""
    if find_line(columns, tweet_id) >= 0:
        return
    capacity = columns.lines.shape[0] // WORDS
    line = columns.added[0] & (capacity - 1)
    word = line * WORDS
    old = columns.lines[word]
    if old != 0:
        _forget(columns, old)
        columns.lines[word] = 0
        fence()
    columns.lines[word + 1] = np.int64(author) | np.int64(reply_author) << _HALF
    columns.lines[word + 2] = retweet_of
    columns.lines[word + 3] = np.int64(retweet_author) | np.int64(flags) << _HALF
    fence()
    columns.lines[word] = tweet_id
    mask = columns.slots.shape[0] - 1
    slot = mix(tweet_id) & mask
    while columns.slots[slot] != 0:
        slot = (slot + 1) & mask
    columns.slots[slot] = np.uint32(line + 1)
    columns.added[0] += 1


@kernel
def load_lines(columns: Columns, lines: NDArray[np.int64], added: int) -> None:
    """Fill empty columns from the lines of others, to which `added` tweets were ever added."""
    held = lines.shape[0] // WORDS
    columns.added[0] = max(0, added - held)
    for age in range(held):
        # The oldest line is the one that would be overwritten next.
        word = (age if added <= held else (added + age) % held) * WORDS
        if lines[word] == 0:
            continue
        add_tweet(
            columns,
            lines[word],
            lines[word + 1] & _ROW_MASK,
            (lines[word + 1] >> 32) & _ROW_MASK,
            lines[word + 2],
            lines[word + 3] & _ROW_MASK,
            lines[word + 3] >> 32,
        )
    columns.added[0] = added


@kernel
def mark_deleted(columns: Columns, tweet_id: int) -> bool:
    """Flag a tweet as deleted; False where it is not in the columns."""
    word = find_line(columns, tweet_id)
    if word < 0:
        return False
    columns.lines[word + 3] |= DELETED << 32
    return True


@kernel
def note_found(columns: Columns, tweet_id: int, found: int) -> bool:
    """Replace the flags under FOUND_MASK; False where the tweet is not in the columns. One store."""
    word = find_line(columns, tweet_id)
    if word < 0:
        return False
    held = columns.lines[word + 3]
    columns.lines[word + 3] = held & ~(FOUND_MASK << 32) | (found & FOUND_MASK) << 32
    return True


@kernel
def author_of(columns: Columns, word: int) -> int:
    return columns.lines[word + 1] & _ROW_MASK


@kernel
def still_there(columns: Columns, word: int, tweet_id: int) -> bool:
    """Whether what was read of a line since `find_line` was of that tweet."""
    fence()
    return load(columns.lines, word) == tweet_id


@kernel
def gather_facts(
    columns: Columns, tweet_ids: NDArray[np.int64], authors: NDArray[np.int64], flags: NDArray[np.int64]
) -> None:
    """For each tweet its author's row and its flags; a row of -1 for one that the columns do not know. Safe
    beside the writer. 0.1 us a tweet."""
    for index in range(tweet_ids.shape[0]):
        authors[index] = -1
        flags[index] = 0
        tweet_id = tweet_ids[index]
        word = find_line(columns, tweet_id)
        if word < 0:
            continue
        author, held = author_of(columns, word), columns.lines[word + 3] >> 32
        if still_there(columns, word, tweet_id):
            authors[index] = author
            flags[index] = held


@kernel
def remove_from_ring(columns: Columns, rings: Rings, row: int, author: int) -> int:
    """Take an author's tweets out of a user's ring; answer how many.

    Entries whose tweet is no longer in the columns stay; readers filter them.
    """
    removed = 0
    if level_of(rings, row) == 0:
        return removed
    slot = rings.cells[row] >> SLOT_SHIFT
    for position in range(rings.entries.shape[1]):
        tweet_id = abs(rings.entries[slot, position])
        if tweet_id > REMOVED:
            word = find_line(columns, tweet_id)
            if word >= 0 and author_of(columns, word) == author:
                rings.entries[slot, position] = REMOVED
                removed += 1
    return removed
