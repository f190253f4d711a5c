"""Whether a tweet belongs on a home timeline now, as far as the arrays can say."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.authors import Authors
from roost.kernels.columns import (
    DELETED,
    IS_REPLY,
    NO_AUTHOR,
    VISIBILITY_MASK,
    Columns,
    find_line,
    still_there,
)
from roost.kernels.edges import (
    DEAD,
    FLAG_BITS,
    QUIET,
    START,
    VERSION,
    EdgeLists,
    bounded_end,
    length_of,
    main_length_of,
)
from roost.kernels.jit import kernel, load2
from roost.kernels.rings import Rings

DROP, KEEP, UNKNOWN = 0, 1, 2
"""A verdict on a tweet. UNKNOWN: the columns do not say enough, and the tweet itself must be looked at."""

PROTECTED, HAS_CHOICES, HIDES_FOLLOWS, LIMITED = 1, 2, 4, 8
"""User flags. HAS_CHOICES: may have exclusive lists or follow hashtags; the kernels know nothing of these.
HIDES_FOLLOWS: whom they follow, and who follows them, is for nobody else to know. LIMITED: what they do leads
nobody anywhere, as they are silenced or shown to nobody."""

EXACT_ABOVE, FOLLOWEE_COUNT, MAIN_COUNT, LEVEL, SHOWS = range(5)
HEAP_SIZE, RING_SIZE, LOOKED_AT, COUNT = range(5, 9)
MEMBER_COUNT, REPLIES = 9, 10

NO_LIST, TO_MEMBERS, TO_FOLLOWED, NO_REPLIES = range(4)
"""Whose replies to others a list shows; NO_LIST for a home timeline."""

_FOLLOWERS_ONLY = 2
_DIRECT = 3
_ROW_MASK = 0xFFFFFFFF
_FOLLOWEE_FLAGS_MASK = DEAD | QUIET


class World(NamedTuple):
    """The shard's arrays that reading needs."""

    rings: Rings
    authors: Authors
    columns: Columns
    following: EdgeLists
    user_flags: NDArray[np.uint8]


class Scratch(NamedTuple):
    """Room that one reading thread uses again and again, and what a reading answers."""

    ring: NDArray[np.int64]
    followees: NDArray[np.uint32]
    """A copy of the viewer's followees: `row << 5 | flags`, sorted up to MAIN_COUNT."""
    members: NDArray[np.uint32]
    """The rows of a list's members, sorted; MEMBER_COUNT of them."""
    heap: NDArray[np.int64]
    """(sources, 2): tweet id, source."""
    sources: NDArray[np.int64]
    """(sources, 2): row, how far its ring has been read."""
    answers: NDArray[np.int64]
    """(answers, 3): tweet id, descending; the tweet whose content is shown (the original of a retweet, else
    the id itself); KEEP or UNKNOWN."""
    facts: NDArray[np.int64]
    """EXACT_ABOVE (0 where nothing is missing), FOLLOWEE_COUNT, MAIN_COUNT, LEVEL of the viewer's ring, which
    tweet the one judged last SHOWS; where a merge stands: HEAP_SIZE, RING_SIZE, the id LOOKED_AT last, and
    the COUNT of answers; and of a list MEMBER_COUNT, and whose REPLIES it shows."""


ROW, PLACE = 0, 1
SHOWN, VERDICT = 1, 2


def make_scratch(ring_capacity: int, followees: int, answers: int) -> Scratch:
    """For rings of `ring_capacity`, viewers of at most `followees` followees and so many answers."""
    return Scratch(
        np.zeros(ring_capacity, np.int64),
        np.zeros(followees, np.uint32),
        np.zeros(followees, np.uint32),
        np.zeros((followees + 3, 2), np.int64),
        np.zeros((followees + 2, 2), np.int64),
        np.zeros((answers, 3), np.int64),
        np.zeros(11, np.int64),
    )


@kernel
def copy_followees(following: EdgeLists, viewer: int, scratch: Scratch) -> None:
    target = scratch.followees
    while True:
        before = load2(following.heads, viewer, VERSION)
        if before & 1 != 0:
            continue
        begin = following.heads[viewer, START]
        main_end = bounded_end(following, begin, main_length_of(following, viewer))
        count = 0
        main = 0
        for position in range(begin, bounded_end(following, begin, length_of(following, viewer))):
            if position == main_end:
                main = count
            entry = following.pool[position]
            if entry & np.uint32(DEAD) == 0 and count < target.shape[0]:
                target[count] = entry
                count += 1
        if main_end >= begin + length_of(following, viewer):
            main = count
        if load2(following.heads, viewer, VERSION) == before:
            scratch.facts[FOLLOWEE_COUNT] = count
            scratch.facts[MAIN_COUNT] = main
            return


@kernel
def _followee_flags(scratch: Scratch, row: int) -> int:
    """The flags of the viewer's edge to `row`, or -1."""
    low = 0
    high = scratch.facts[MAIN_COUNT]
    while low < high:
        middle = (low + high) >> 1
        if np.int64(scratch.followees[middle]) >> FLAG_BITS < row:
            low = middle + 1
        else:
            high = middle
    main = scratch.facts[MAIN_COUNT]
    if low < main and np.int64(scratch.followees[low]) >> FLAG_BITS == row:
        return np.int64(scratch.followees[low]) & _FOLLOWEE_FLAGS_MASK
    for position in range(main, scratch.facts[FOLLOWEE_COUNT]):
        entry = np.int64(scratch.followees[position])
        if entry >> FLAG_BITS == row:
            return entry & _FOLLOWEE_FLAGS_MASK
    return -1


@kernel
def _is_hidden(hidden: NDArray[np.uint32], row: int) -> bool:
    """Whether sorted `hidden` has `row`."""
    low = 0
    high = hidden.shape[0]
    while low < high:
        middle = (low + high) >> 1
        if np.int64(hidden[middle]) < row:
            low = middle + 1
        else:
            high = middle
    return low < hidden.shape[0] and np.int64(hidden[low]) == row


@kernel
def _is_member(scratch: Scratch, row: int) -> bool:
    low = 0
    high = scratch.facts[MEMBER_COUNT]
    while low < high:
        middle = (low + high) >> 1
        if np.int64(scratch.members[middle]) < row:
            low = middle + 1
        else:
            high = middle
    return low < scratch.facts[MEMBER_COUNT] and np.int64(scratch.members[low]) == row


@kernel
def shows_reply(world: World, scratch: Scratch, viewer: int, tweet_id: int) -> bool:
    """Whether a list in `scratch` shows a tweet that is one of its members', by its rule for replies alone.

    The same as `assembly.rules.ListRules`. A tweet that the columns do not know is looked at elsewhere.
    """
    columns = world.columns
    word = find_line(columns, tweet_id)
    if word < 0:
        return True
    authors, rest = columns.lines[word + 1], columns.lines[word + 3]
    if not still_there(columns, word, tweet_id) or (rest >> 32) & IS_REPLY == 0:
        return True
    answered = (authors >> 32) & _ROW_MASK
    if answered in (viewer, authors & _ROW_MASK):
        return True
    replies = scratch.facts[REPLIES]
    if answered == NO_AUTHOR or replies == NO_REPLIES:
        return False
    if replies == TO_MEMBERS:
        return _is_member(scratch, answered)
    return _followee_flags(scratch, answered) >= 0


@kernel
def _judge_original(
    world: World,
    scratch: Scratch,
    hidden: NDArray[np.uint32],
    viewer: int,
    author: int,
    original_id: int,
    original_author: int,
    lenient: bool,
) -> int:
    """The verdict on what a retweet shows, where the retweet itself may be seen."""
    if original_author == NO_AUTHOR:
        return UNKNOWN
    own = original_author in (viewer, author)
    restricted = False
    if not (own or lenient):
        if _is_hidden(hidden, original_author):
            return DROP
        restricted = np.int64(world.user_flags[original_author]) & PROTECTED != 0
    word = find_line(world.columns, original_id)
    if word < 0:
        return UNKNOWN
    flags = world.columns.lines[word + 3] >> 32
    if not still_there(world.columns, word, original_id):
        return UNKNOWN
    if flags & DELETED != 0:
        return DROP
    visibility = flags & VISIBILITY_MASK
    if visibility == _DIRECT and original_author != viewer:
        return UNKNOWN
    if visibility == _FOLLOWERS_ONLY and not own:
        restricted = True
    if restricted and _followee_flags(scratch, original_author) < 0:
        return DROP
    return KEEP


@kernel
def judge(
    world: World,
    scratch: Scratch,
    hidden: NDArray[np.uint32],
    viewer: int,
    tweet_id: int,
    lenient: bool,
) -> int:
    """Whether a tweet belongs on a viewer's home timeline now, and in `scratch` which tweet it shows.

    The same rules as `assembly.home_rules`, for whole tweets. `lenient` lets through what only a mute, a
    block or a protection hides: these end without an event for the viewer's ring, so that a ring is built
    with what they hide.
    """
    columns = world.columns
    scratch.facts[SHOWS] = tweet_id
    word = find_line(columns, tweet_id)
    if word < 0:
        return UNKNOWN
    authors, original_id, rest = columns.lines[word + 1], columns.lines[word + 2], columns.lines[word + 3]
    if not still_there(columns, word, tweet_id):
        return UNKNOWN
    author = authors & _ROW_MASK
    answered = (authors >> 32) & _ROW_MASK
    flags = rest >> 32
    if author == NO_AUTHOR:
        return UNKNOWN
    if flags & DELETED != 0:
        return DROP
    if author != viewer:
        edge = _followee_flags(scratch, author)
        if edge < 0 or _is_hidden(hidden, author) or (original_id != 0 and edge & QUIET != 0):
            return DROP
        if flags & VISIBILITY_MASK == _DIRECT:
            return UNKNOWN
        if flags & IS_REPLY != 0 and answered not in (viewer, author):
            if answered == NO_AUTHOR or _is_hidden(hidden, answered):
                return DROP
            if _followee_flags(scratch, answered) < 0:
                return DROP
    if original_id == 0:
        return KEEP
    scratch.facts[SHOWS] = original_id
    original_author = rest & _ROW_MASK
    return _judge_original(world, scratch, hidden, viewer, author, original_id, original_author, lenient)
