"""A page of a home timeline that memory alone can answer, in one step."""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.gather import gather_home
from roost.kernels.heap import ID
from roost.kernels.jit import inline_kernel, kernel
from roost.kernels.judging import EXACT_ABOVE, KEEP, SHOWN, VERDICT, Scratch, World

NOT_ALONE = -1
"""What `gather_page` answers where memory alone does not know the page."""


@kernel
def _stands_below(scratch: Scratch, index: int, stop: int) -> bool:
    """Whether the tweet that answer `index` shows is shown by an answer from there on up to `stop`."""
    shown = scratch.answers[index, SHOWN]
    other = index + 1
    while other < stop and scratch.answers[other, SHOWN] != shown:
        other += 1
    return other < stop


@inline_kernel
def gather_page(
    world: World,
    scratch: Scratch,
    hidden: NDArray[np.uint32],
    viewer: int,
    high: int,
    low: int,
    limit: int,
    need: int,
    window: int,
) -> int:
    """The newest `limit` tweets between `low` and `high` (both exclusive) of a viewer's home timeline.

    A retweet whose tweet stands among the `window` older entries is left out (see `assembly.reposts`). Reads
    `need` entries, and answers how many are in `scratch`; NOT_ALONE where they do not decide the page, or
    where one of them has to be judged by its tweet.
    """
    count = gather_home(world, scratch, hidden, viewer, high, need)
    whole = scratch.facts[EXACT_ABOVE] == 0
    if count < need and not whole:
        return NOT_ALONE
    for index in range(count):
        if scratch.answers[index, VERDICT] != KEEP:
            return NOT_ALONE
    kept = 0
    for index in range(count if whole else count - window):
        tweet_id = scratch.answers[index, ID]
        if tweet_id <= low:
            return kept
        shown = scratch.answers[index, SHOWN]
        if shown != tweet_id and _stands_below(scratch, index, min(index + 1 + window, count)):
            continue
        scratch.answers[kept, ID] = tweet_id
        scratch.answers[kept, SHOWN] = shown
        kept += 1
        if kept == limit:
            return kept
    return kept if whole else NOT_ALONE
