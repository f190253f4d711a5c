"""How many users used each topic in each window of time, and in the newer part of it."""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import kernel
from roost.kernels.topics import HIGH, MINUTES, NOW, SAMPLING, TEN, TENS, Topics

USERS, NEWER, OLDER = 0, 1, 2


@kernel
def count_windows(
    t: Topics, now: int, windows: NDArray[np.int64], spans: NDArray[np.int64], counts: NDArray[np.float64]
) -> None:
    """For each window of so many minutes up to `now`, and with it: `counts[w, USERS, row]` becomes the number
    of different users in it; NEWER of those who were seen in the newest `spans[w]` minutes, and OLDER in as
    many before those, summed over minutes, or over ten minutes where a span has more than 30.

    Windows of more than 60 minutes are multiples of ten; they begin with a full ten minutes, and the newest
    ten are as far as they have come. `now` is not before the minute that the topics are at. Shapes: (w), (w),
    (w, 3, rows). 0.1 us a row for 240 buckets.
    """
    for w in range(windows.shape[0]):
        for row in range(t.clock[HIGH]):
            counts[w, USERS, row] = 0.0
            counts[w, NEWER, row] = 0.0
            counts[w, OLDER, row] = 0.0
        _count_users(t, now, windows[w], counts[w])
        _count_seen(t, now, spans[w], counts[w])


@kernel
def _count_users(t: Topics, now: int, window: int, counts: NDArray[np.float64]) -> None:
    high = t.clock[HIGH]
    if window <= MINUTES:
        for minute in range(max(now - window, t.clock[NOW] - MINUTES) + 1, t.clock[NOW] + 1):
            for row in range(high):
                counts[USERS, row] += t.minutes[minute % MINUTES, row]
    else:
        newest = t.clock[NOW] // TEN
        for ten in range(max(now // TEN - window // TEN, newest - TENS) + 1, newest + 1):
            for row in range(high):
                counts[USERS, row] += t.tens[ten % TENS, row]
    for row in range(high):
        counts[USERS, row] *= 1 << t.facts[SAMPLING, row]


@kernel
def _count_seen(t: Topics, now: int, span: int, counts: NDArray[np.float64]) -> None:
    high = t.clock[HIGH]
    if span <= MINUTES // 2:
        for minute in range(max(now - 2 * span, t.clock[NOW] - MINUTES) + 1, t.clock[NOW] + 1):
            part = NEWER if minute > now - span else OLDER
            for row in range(high):
                counts[part, row] += t.seen_minutes[minute % MINUTES, row]
        return
    newest = t.clock[NOW] // TEN
    for ten in range(max(now // TEN - 2 * span // TEN, newest - TENS) + 1, newest + 1):
        part = NEWER if ten > now // TEN - span // TEN else OLDER
        for row in range(high):
            counts[part, row] += t.seen_tens[ten % TENS, row]
