"""Perfect hashes: every id has a slot of its own."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from roost.ids import ID_MAX
from roost.kernels import buckets_for, find_pilots, group_by_bucket, slots_for
from roost.kernels.jit import mix
from roost.kernels.perfect import bucket_of, slot_of

from .paired import int64s


def place(ids: NDArray[np.int64], slots: int) -> tuple[NDArray[np.uint16], NDArray[np.uint32], bool]:
    buckets = buckets_for(len(ids))
    starts, hashes = np.zeros(buckets + 2, np.uint32), np.empty(len(ids), np.int64)
    grouped, placed = np.empty(len(ids), np.uint32), np.empty(len(ids), np.uint32)
    group_by_bucket(ids, buckets, starts, hashes, grouped)
    assert sorted(grouped.tolist()) == list(range(len(ids)))
    pilots = np.zeros(buckets, np.uint16)
    return pilots, placed, find_pilots(starts, hashes, grouped, pilots, np.zeros(slots, np.uint8), placed)


def check(ids: NDArray[np.int64]) -> None:
    slots = slots_for(len(ids))
    pilots, placed, done = place(ids, slots)
    assert done
    assert len(set(placed.tolist())) == len(ids)
    for key, slot in zip(ids.tolist(), placed.tolist(), strict=True):
        hashed = mix(key)
        assert slot_of(hashed, int(pilots[bucket_of(hashed, len(pilots))]), slots) == slot < slots


@given(st.sets(st.integers(1, ID_MAX), max_size=60))
def test_every_id_has_a_slot_of_its_own(ids: set[int]) -> None:
    check(int64s(ids))


def test_so_have_many_that_follow_each_other() -> None:
    check(np.arange(1 << 40, (1 << 40) + 2_000))


def test_more_ids_than_slots_have_none() -> None:
    assert not place(np.arange(1, 6), 4)[2]
