"""How often things were used, in a fixed number of counters: a count-min sketch of two periods.

Each row of counters has one place for a thing, which it shares with others; the lowest of its places is never
less than how often it was used. With n uses in a period, a row of w counters and d rows, an estimate is more
than e*n/w too high with a probability of exp(-d) at the most. Only the lowest places are raised (conservative
update), which makes it better and never less than the truth.

Source: Cormode, Muthukrishnan, "An improved data stream summary: the count-min sketch and its applications",
J. Algorithms 55 (2005); Estan, Varghese, SIGCOMM 2002 for the conservative update.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import kernel, mix
from roost.kernels.memory import reserve

COUNT_MIN_ROWS = 4
_HALF_BITS = 31
_HALF_MASK = (1 << _HALF_BITS) - 1


class CountMin(NamedTuple):
    counts: NDArray[np.uint32]
    """(2, COUNT_MIN_ROWS, width): of this period, and of the one before; the width is a power of two."""


def make_count_min(width: int) -> CountMin:
    """32 bytes a counter of a row."""
    assert width & (width - 1) == 0
    return CountMin(reserve((2, COUNT_MIN_ROWS, width), np.uint32))


@kernel
def _lowest(sketch: CountMin, period: int, key: int) -> int:
    mask = sketch.counts.shape[2] - 1
    hashed = mix(key)
    first, step = hashed & _HALF_MASK, (hashed >> _HALF_BITS) | 1
    lowest = np.int64(sketch.counts[period, 0, first & mask])
    for row in range(1, COUNT_MIN_ROWS):
        lowest = min(lowest, np.int64(sketch.counts[period, row, (first + row * step) & mask]))
    return lowest


@kernel
def count_min_estimate(sketch: CountMin, key: int) -> int:
    """At least how often `key` was added in this period and the one before. 8 cache misses."""
    return _lowest(sketch, 0, key) + _lowest(sketch, 1, key)


@kernel
def count_min_add(sketch: CountMin, key: int) -> int:
    """Count one use of `key`; answers the estimate after it."""
    mask = sketch.counts.shape[2] - 1
    hashed = mix(key)
    first, step = hashed & _HALF_MASK, (hashed >> _HALF_BITS) | 1
    raised = _lowest(sketch, 0, key) + 1
    for row in range(COUNT_MIN_ROWS):
        place = (first + row * step) & mask
        if np.int64(sketch.counts[0, row, place]) < raised:
            sketch.counts[0, row, place] = np.uint32(raised)
    return raised + _lowest(sketch, 1, key)


@kernel
def count_min_turn(sketch: CountMin) -> None:
    """This period becomes the one before, and a new one begins. 1 ms for 65,536 counters a row."""
    for row in range(COUNT_MIN_ROWS):
        for place in range(sketch.counts.shape[2]):
            sketch.counts[1, row, place] = sketch.counts[0, row, place]
            sketch.counts[0, row, place] = np.uint32(0)
