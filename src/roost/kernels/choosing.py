"""The best candidates that nothing speaks against."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import kernel, mix


class Rules(NamedTuple):
    """What may not be chosen. Sets are made by `make_id_set`; an empty one bars nothing, or allows
    everything."""

    barred: NDArray[np.int64]
    """Ids of candidates: seen, own, deleted."""
    barred_authors: NDArray[np.int64]
    languages: NDArray[np.int64]
    """Numbers that are wanted, each plus one."""
    lowest_id: int
    """Older candidates are too old."""
    author_most: int
    """Of one author's at most so many."""


_NONE = np.zeros(2, np.int64)


def make_id_set(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """A hash set of ids, not to be written to; 0 is no id."""
    if len(ids) == 0:
        return _NONE
    table = np.zeros(1 << max(1, (2 * len(ids)).bit_length()), np.int64)
    fill_id_set(table, np.ascontiguousarray(ids, np.int64))
    return table


@kernel
def fill_id_set(table: NDArray[np.int64], ids: NDArray[np.int64]) -> None:
    mask = table.shape[0] - 1
    for index in range(ids.shape[0]):
        slot = mix(ids[index]) & mask
        while table[slot] != 0 and table[slot] != ids[index]:
            slot = (slot + 1) & mask
        table[slot] = ids[index]


@kernel
def is_in(table: NDArray[np.int64], key: int) -> bool:
    mask = table.shape[0] - 1
    slot = mix(key) & mask
    while table[slot] != 0:
        if table[slot] == key:
            return True
        slot = (slot + 1) & mask
    return False


class Barrier(NamedTuple):
    """Whom no walk passes, and who counts for nothing: sets made by `make_id_set`."""

    always: NDArray[np.int64]
    unless_known: NDArray[np.int64]
    known: NDArray[np.int64]


OPEN = Barrier(_NONE, _NONE, _NONE)
"""Everybody may be passed."""


@kernel
def is_barred(barrier: Barrier, user: int) -> bool:
    if is_in(barrier.always, user):
        return True
    return is_in(barrier.unless_known, user) and not is_in(barrier.known, user)


@kernel
def choose(
    ids: NDArray[np.int64], authors: NDArray[np.int64], languages: NDArray[np.int64],
    visible: NDArray[np.uint8], rules: Rules, has_languages: bool, chosen: NDArray[np.int64],
) -> int:  # fmt: skip
    """Go through candidates, the best first, and note the places of those that pass; answer how many. Facts
    are of each, and perhaps of more.

    An author of 0 is not known: none of the author's rules apply. O(candidates), and their authors' chosen
    ones."""
    count = 0
    for place in range(ids.shape[0]):
        if count == chosen.shape[0]:
            break
        if not visible[place] or ids[place] < rules.lowest_id or is_in(rules.barred, ids[place]):
            continue
        if has_languages and not is_in(rules.languages, languages[place] + 1):
            continue
        author = authors[place]
        if author != 0:
            if is_in(rules.barred_authors, author):
                continue
            same = 0
            for before in range(count):
                if authors[chosen[before]] == author:
                    same += 1
            if same >= rules.author_most:
                continue
        chosen[count] = place
        count += 1
    return count


@kernel
def _is_worse(ids: NDArray[np.int64], scores: NDArray[np.float64], one: int, other: int) -> bool:
    return scores[one] < scores[other] or (scores[one] == scores[other] and ids[one] < ids[other])


@kernel
def _sink(
    ids: NDArray[np.int64], scores: NDArray[np.float64], heap: NDArray[np.int64], count: int, place: int
) -> None:
    """Put `heap[place]` where it belongs among `count`: the worst is on top."""
    moved = heap[place]
    while True:
        child = 2 * place + 1
        if child >= count:
            break
        if child + 1 < count and _is_worse(ids, scores, heap[child + 1], heap[child]):
            child += 1
        if not _is_worse(ids, scores, heap[child], moved):
            break
        heap[place] = heap[child]
        place = child
    heap[place] = moved


@kernel
def rank(ids: NDArray[np.int64], scores: NDArray[np.float64], best: NDArray[np.int64]) -> int:
    """Fill `best` with places of the highest scores, the highest first, and of equals the highest id; answer
    how many there are.

    A heap of the best so far: O(ids x log(best)) at worst, and far less where most are not among the best."""
    count = min(ids.shape[0], best.shape[0])
    if count == 0:
        return 0
    for place in range(count):
        best[place] = place
    for place in range(count // 2 - 1, -1, -1):
        _sink(ids, scores, best, count, place)
    for place in range(count, ids.shape[0]):
        if _is_worse(ids, scores, best[0], place):
            best[0] = place
            _sink(ids, scores, best, count, 0)
    for last in range(count - 1, 0, -1):
        best[0], best[last] = best[last], best[0]
        _sink(ids, scores, best, last, 0)
    return count
