"""Who is near somebody on the follow graph: two steps counted, or many steps walked."""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.edges import FLAG_BITS, EdgeLists
from roost.kernels.follow import copy_list
from roost.kernels.jit import kernel
from roost.kernels.sampling import draw


@kernel
def tally_two_hops(
    lists: EdgeLists,
    sources: NDArray[np.int64],
    weights: NDArray[np.float64],
    most: int,
    room: NDArray[np.uint32],
    scores: NDArray[np.float64],
    touched: NDArray[np.int64],
) -> int:
    """Add each source's weight to the `scores` of those in its list, of the first `most` of them.

    `scores` has a place a row, and is all 0 at first; rows beyond, made since, are passed over. Answers how
    many rows have a score now; `touched` names them, as far as it goes. Safe beside the writer. 5 ns an
    entry, where scores are in the cache.
    """
    count = 0
    for index in range(sources.shape[0]):
        weight = weights[index]
        if weight <= 0.0:
            continue
        there = min(copy_list(lists, sources[index], room), room.shape[0], most)
        for place in range(there):
            other = np.int64(room[place]) >> FLAG_BITS
            if other >= scores.shape[0]:
                continue
            if scores[other] == 0.0:
                if count == touched.shape[0]:
                    continue
                touched[count] = other
                count += 1
            scores[other] += weight
    return count


@kernel
def walk_follows(
    followers: EdgeLists,
    following: EdgeLists,
    sources: NDArray[np.int64],
    walks: int,
    length: int,
    restart: float,
    seed: int,
    closed: NDArray[np.uint8],
    room: NDArray[np.uint32],
    scores: NDArray[np.float64],
    touched: NDArray[np.int64],
) -> int:
    """Random walks from `sources` in turn, over follows in both directions, each step to a neighbour of
    either kind alike; before each but the first, back to its source with chance `restart`. `closed` has a
    place a row: a walk may come to a row where it is not 0, but goes back to its source from there. Visits
    are counted in `scores`, and `touched` names the rows that have any, as in `tally_two_hops`.

    No source may be closed. Neighbours beyond what `room` holds are not come to. Safe beside the writer. 0.3
    us a step among lists of a hundred.
    """
    count = 0
    drawn = 0
    for walk in range(walks):
        source = sources[walk % sources.shape[0]]
        here = source
        for step in range(length):
            drawn += 2
            if step > 0 and (closed[here] != 0 or draw(seed, drawn) < restart):
                here = source
            forth = min(copy_list(following, here, room), room.shape[0])
            back = min(copy_list(followers, here, room[forth:]), room.shape[0] - forth)
            if forth + back == 0:
                break
            place = min(int(draw(seed, drawn + 1) * (forth + back)), forth + back - 1)
            there = np.int64(room[place]) >> FLAG_BITS
            if there >= scores.shape[0]:
                continue
            here = there
            if scores[here] == 0.0:
                if count == touched.shape[0]:
                    continue
                touched[count] = here
                count += 1
            scores[here] += 1.0
    return count
