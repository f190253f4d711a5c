"""Which of the readers who are connected have a tweet on their home timeline, and which tweets one has.

The rules are those of `judging.judge`, from the tweet's side, but for hidden authors and for direct tweets:
few are concerned by these, and whoever asks looks at them one by one.
"""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.edges import (
    DEAD,
    FLAG_BITS,
    QUIET,
    START,
    VERSION,
    EdgeLists,
    bounded_end,
    length_of,
)
from roost.kernels.fanout import TO_ALL, TO_NONE
from roost.kernels.follow import follow_flags
from roost.kernels.jit import inline_kernel, load2

AUTHOR, OTHER, IS_RETWEET, NEEDED = range(4)
"""Columns of a tweet's facts: its author's row; TO_ALL, TO_NONE, or the row of the second end of a reply; 1
for a retweet; the row whom a reader must follow too, or -1: of a retweet, the author of an original that is
for followers."""
TWEET_FACTS = 4


@inline_kernel
def _hears(following: EdgeLists, facts: NDArray[np.int64], index: int, viewer: int) -> bool:
    """Whether a tweet by somebody else belongs on a viewer's home timeline."""
    edge = follow_flags(following, viewer, facts[index, AUTHOR])
    if edge < 0 or (facts[index, IS_RETWEET] != 0 and edge & QUIET != 0):
        return False
    other = facts[index, OTHER]
    if other == TO_NONE:
        return False
    if other not in (TO_ALL, viewer) and follow_flags(following, viewer, other) < 0:
        return False
    needed = facts[index, NEEDED]
    return needed < 0 or needed == viewer or follow_flags(following, viewer, needed) >= 0


@inline_kernel
def list_audience(
    followers: EdgeLists,
    following: EdgeLists,
    online: NDArray[np.uint8],
    facts: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> int:
    """Write to `rows` the rows with `online[row]` that hear the tweet of `facts[0]`, its author left out;
    answer how many. `rows` has room for all who are online. Safe beside the writer; 1 ns a follower and
    0.2 us for one who is online."""
    author = facts[0, AUTHOR]
    while True:
        before = load2(followers.heads, author, VERSION)
        if before & 1 == 0:
            begin = followers.heads[author, START]
            count = 0
            for position in range(begin, bounded_end(followers, begin, length_of(followers, author))):
                entry = np.int64(followers.pool[position])
                row = entry >> FLAG_BITS
                if entry & DEAD != 0 or row >= online.shape[0] or online[row] == 0:
                    continue
                if count < rows.shape[0] and _hears(following, facts, 0, row):
                    rows[count] = row
                    count += 1
            if load2(followers.heads, author, VERSION) == before:
                return count


@inline_kernel
def list_audience_among(
    following: EdgeLists, candidates: NDArray[np.int64], facts: NDArray[np.int64], rows: NDArray[np.int64]
) -> int:
    """`list_audience` for authors with more followers than readers are connected: those of `candidates` that
    hear the tweet. 0.2 us a candidate."""
    count = 0
    for index in range(candidates.shape[0]):
        row = candidates[index]
        if row != facts[0, AUTHOR] and _hears(following, facts, 0, row):
            rows[count] = row
            count += 1
    return count


@inline_kernel
def list_candidates(
    following: EdgeLists,
    facts: NDArray[np.int64],
    first: int,
    stop: int,
    viewer: int,
    found: NDArray[np.int64],
) -> int:
    """Write to `found` the indices from `first` up to below `stop` of what may concern a viewer: tweets that
    they hear, their own, those to extra rows only, and what is no tweet (an author of -1). Answers how many;
    `found` has room for all. 50 ns each."""
    count = 0
    for index in range(first, stop):
        author = facts[index, AUTHOR]
        unsure = author < 0 or author == viewer or facts[index, OTHER] == TO_NONE
        if unsure or _hears(following, facts, index, viewer):
            found[count] = index
            count += 1
    return count
