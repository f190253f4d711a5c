"""A perfect hash for a set of ids that does not change: where an id stands is known without searching.

Hash and displace (Belazzougui, Botelho and Dietzfelbinger, ESA 2009; in the form of PTHash, Pibiri and Trani,
SIGIR 2021): ids fall into buckets of four on average; for each bucket, the largest first, a pilot is sought
with which its ids hash to slots that are free and different. A look-up reads the pilot and then one slot, and
has no branch that depends on what it finds: look-ups of many ids overlap, and cost a quarter of linear
probing's."""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import kernel, mix

BUCKET_IDS = 4
PILOTS = 1 << 16
BUCKET_SIZE_MAX = 63
_HALF_BITS = 31


def slots_for(ids: int) -> int:
    """Slots of a table of so many ids: a tenth are free, and one at least."""
    return ids + ids // 9 + 1


def buckets_for(ids: int) -> int:
    return ids // BUCKET_IDS + 1


@kernel
def bucket_of(hashed: int, buckets: int) -> int:
    return ((hashed >> _HALF_BITS) * buckets) >> _HALF_BITS


@kernel
def slot_of(hashed: int, pilot: int, slots: int) -> int:
    return ((mix(hashed + pilot) >> _HALF_BITS) * slots) >> _HALF_BITS


@kernel
def group_by_bucket(
    ids: NDArray[np.int64], buckets: int, starts: NDArray[np.uint32], hashes: NDArray[np.int64],
    grouped: NDArray[np.uint32],
) -> None:  # fmt: skip
    """Sort ids by bucket: bucket b's are grouped[starts[b]:starts[b + 1]], as places in `ids`, with their
    hashes.

    `starts` has `buckets` + 2 words, 0 before.
    """
    for place in range(ids.shape[0]):
        starts[bucket_of(mix(ids[place]), buckets) + 2] += np.uint32(1)
    for bucket in range(2, buckets + 2):
        starts[bucket] += starts[bucket - 1]
    for place in range(ids.shape[0]):
        hashed = mix(ids[place])
        bucket = bucket_of(hashed, buckets)
        at = np.int64(starts[bucket + 1])
        grouped[at] = np.uint32(place)
        hashes[at] = hashed
        starts[bucket + 1] += np.uint32(1)


@kernel
def _try_pilot(
    hashes: NDArray[np.int64], first: int, stop: int, pilot: int, taken: NDArray[np.uint8]
) -> bool:
    """Take the slots of a bucket's ids under a pilot; nothing where one of them is not free."""
    for at in range(first, stop):
        slot = slot_of(hashes[at], pilot, taken.shape[0])
        if taken[slot]:
            for before in range(first, at):
                taken[slot_of(hashes[before], pilot, taken.shape[0])] = np.uint8(0)
            return False
        taken[slot] = np.uint8(1)
    return True


@kernel
def find_pilots(
    starts: NDArray[np.uint32], hashes: NDArray[np.int64], grouped: NDArray[np.uint32],
    pilots: NDArray[np.uint16], taken: NDArray[np.uint8], placed: NDArray[np.uint32],
) -> bool:  # fmt: skip
    """Find a pilot for each bucket; `placed` becomes the slot of each id. Some 0.5 us an id.

    False where a bucket has none, which more slots mend. `taken` is 0 before.
    """
    buckets = starts.shape[0] - 2
    largest = 0
    for bucket in range(buckets):
        largest = max(largest, np.int64(starts[bucket + 1]) - np.int64(starts[bucket]))
    for size in range(largest, 0, -1):
        for bucket in range(buckets):
            first, stop = np.int64(starts[bucket]), np.int64(starts[bucket + 1])
            if stop - first != size:
                continue
            pilot = 0
            while pilot < PILOTS and not _try_pilot(hashes, first, stop, pilot, taken):
                pilot += 1
            if pilot == PILOTS:
                return False
            pilots[bucket] = np.uint16(pilot)
            for at in range(first, stop):
                slot = slot_of(hashes[at], pilot, taken.shape[0])
                placed[np.int64(grouped[at])] = np.uint32(slot)
    return True
