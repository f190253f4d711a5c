"""A binary heap of (tweet id, source), the highest id on top."""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import kernel

ID, SOURCE = 0, 1


@kernel
def _swap(heap: NDArray[np.int64], one: int, other: int) -> None:
    tweet_id, source = heap[one, ID], heap[one, SOURCE]
    heap[one, ID], heap[one, SOURCE] = heap[other, ID], heap[other, SOURCE]
    heap[other, ID], heap[other, SOURCE] = tweet_id, source


@kernel
def sift_up(heap: NDArray[np.int64], place: int) -> None:
    """Put the entry at `place`, the last one, where it belongs."""
    while place > 0:
        parent = (place - 1) >> 1
        if heap[parent, ID] >= heap[place, ID]:
            return
        _swap(heap, parent, place)
        place = parent


@kernel
def sift_down(heap: NDArray[np.int64], count: int) -> None:
    """Put the top of `count` entries where it belongs."""
    place = 0
    while True:
        child = 2 * place + 1
        if child >= count:
            return
        if child + 1 < count and heap[child + 1, ID] > heap[child, ID]:
            child += 1
        if heap[place, ID] >= heap[child, ID]:
            return
        _swap(heap, child, place)
        place = child
