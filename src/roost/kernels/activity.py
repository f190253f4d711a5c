"""How often each user reads and writes, in 16 bytes a user.

A pace is one word: when it was last noted, in s since the Unix epoch, << 32 | events a day in 1/4096ths. An
event of a user who had rate r makes it `r * exp(-age / tau) + 1 / tau`, an exponentially weighted mean; tau
is two days. A level is the rate's binary logarithm: 16 for one a day, one more for every doubling.
"""

import math

import numpy as np
from numpy.typing import NDArray

from roost.kernels.authors import Authors, push_author
from roost.kernels.columns import Columns, add_tweet
from roost.kernels.edges import EdgeLists, live_of
from roost.kernels.idmap import NO_ROW, IdMap, find_row
from roost.kernels.jit import inline_kernel, kernel
from roost.kernels.rings import LEVEL_MASK, LEVEL_SHIFT, NOBODY, OWNER, Rings, drop_ring, note_read, set_level

READ, WRITE = 0, 1
TAU_DAYS = 2.0
LEVEL_ONE_A_DAY = 16
LEVEL_MAX = 31

_SCALE = 4096.0
_TAU_S = TAU_DAYS * 86_400.0
_RATE_MASK = 0xFFFFFFFF
_LOW = 0xFFFFFFFF


@kernel
def rate_at(word: int, now_s: int) -> float:
    """A pace's events a day at a time; a time before it was noted counts as that time."""
    age_s = max(0, now_s - (word >> 32))
    return (word & _RATE_MASK) / _SCALE * math.exp(-age_s / _TAU_S)


@kernel
def after_event(word: int, now_s: int) -> int:
    """A pace after one more event."""
    rate = rate_at(word, now_s) + 1.0 / TAU_DAYS
    noted = min(np.int64(rate * _SCALE + 0.5), _RATE_MASK)
    return max(now_s, word >> 32) << 32 | noted


@kernel
def level_for(rate: float) -> int:
    """The level of a rate in events a day: 1 to 31."""
    if rate <= 0.0:
        return 1
    level = LEVEL_ONE_A_DAY + np.int64(math.floor(math.log2(rate)))
    return min(max(level, 1), LEVEL_MAX)


@kernel
def reading_level(paces: NDArray[np.int64], row: int, now_s: int) -> int:
    return level_for(rate_at(paces[row, READ], now_s))


@kernel
def note_reads(
    rings: Rings,
    paces: NDArray[np.int64],
    rows: NDArray[np.int64],
    now_s: int,
    slack: int,
    stale: NDArray[np.int64],
) -> int:
    """Each of `rows` has read once more. Writes to `stale` those who have no ring, or one whose level is
    more than `slack` below what they read now; answers how many."""
    count = 0
    for index in range(rows.shape[0]):
        row = rows[index]
        paces[row, READ] = after_event(paces[row, READ], now_s)
        note_read(rings, row, now_s)
        held = (rings.cells[row] >> LEVEL_SHIFT) & LEVEL_MASK
        if held == 0 or held + slack < reading_level(paces, row, now_s):
            stale[count] = row
            count += 1
    return count


@kernel
def record_tweets(
    columns: Columns,
    authors: Authors,
    paces: NDArray[np.int64],
    tallies: NDArray[np.int32],
    facts: NDArray[np.int64],
    times_s: NDArray[np.int64],
    rates: NDArray[np.float64],
) -> None:
    """Enter a batch of tweets: columns, author rings, tallies and paces.

    `facts` is (tweets, 6): id, author's row, row of the author replied to, retweeted id, row of its author,
    flags. `rates[i]` becomes the author's events a day, this one included. A tweet without a row is passed
    over.
    """
    for index in range(facts.shape[0]):
        author = facts[index, 1]
        if author < 0:
            continue
        add_tweet(
            columns,
            facts[index, 0],
            author,
            facts[index, 2] & _LOW,
            facts[index, 3],
            facts[index, 4] & _LOW,
            facts[index, 5],
        )
        push_author(authors, author, facts[index, 0])
        tallies[author] += 1
        paces[author, WRITE] = after_event(paces[author, WRITE], times_s[index])
        rates[index] = rate_at(paces[author, WRITE], times_s[index])


@inline_kernel
def count_users(
    ids: IdMap,
    followers: EdgeLists,
    following: EdgeLists,
    paces: NDArray[np.int64],
    tallies: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> None:
    """`counts` is (users, 4): a user's id in its first column makes way for the user's tweets, followers,
    followees, and when the newest of the tweets came in, in ms; zeros for a user who is not known."""
    for index in range(counts.shape[0]):
        row = find_row(ids, counts[index, 0])
        if row == NO_ROW:
            counts[index] = 0
            continue
        counts[index, 0] = max(tallies[row], 0)
        counts[index, 1] = live_of(followers, row)
        counts[index, 2] = live_of(following, row)
        counts[index, 3] = (paces[row, WRITE] >> 32) * 1000


@kernel
def sweep_rings(
    rings: Rings, paces: NDArray[np.int64], lowest_level: int, now_s: int, first_slot: int, stop_slot: int
) -> int:
    """Let the levels of some rings sink to what their owners read now; drop those below `lowest_level`.

    Answers how many were dropped.
    """
    dropped = 0
    for slot in range(first_slot, stop_slot):
        owner = rings.slots[slot, OWNER] & _LOW
        if owner == NOBODY:
            continue
        level = reading_level(paces, owner, now_s)
        held = (rings.cells[owner] >> LEVEL_SHIFT) & LEVEL_MASK
        if level < lowest_level:
            drop_ring(rings, owner)
            dropped += 1
        elif level < held:
            set_level(rings, owner, level)
    return dropped
