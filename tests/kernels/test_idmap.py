"""The id map against a dict, with ids that collide."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roost.ids import ID_MAX
from roost.kernels import NO_ROW, find_row, find_rows, insert_ids, make_id_map
from roost.kernels.jit import mix

from . import naive
from .paired import examples, int64s

CAPACITY = 10
SLOTS = 16
CROWDED = [key for key in range(1, 400) if naive.mix(key) % SLOTS in (13, 14, 15, 0)]
"""Ids that want the last slots or the first one: their runs go round the table's end."""


@given(st.integers(-ID_MAX, ID_MAX))
def test_the_hash_is_that_of_plain_integers(key: int) -> None:
    assert mix(key) == naive.mix(key)


@examples(2)
@given(
    st.lists(st.sampled_from(CROWDED), unique=True, max_size=CAPACITY),
    st.lists(st.integers(0, CAPACITY), max_size=3),
)
def test_finds_what_was_inserted_and_nothing_else(keys: list[int], cuts: list[int]) -> None:
    table, twin = make_id_map(CAPACITY), naive.IdMap()
    assert table.keys.shape == (SLOTS,)
    bounds = sorted({0, *(min(cut, len(keys)) for cut in cuts), len(keys)})
    for first, stop in itertools.pairwise(bounds):
        insert_ids(table, int64s(keys[first:stop]), first)
        twin.insert(keys[first:stop], first)
        asked = [0, *CROWDED, ID_MAX]
        found = np.empty(len(asked), np.int64)
        find_rows(table, int64s(asked), found)
        assert found.tolist() == [twin.find(key) for key in asked]
        assert [find_row(table, key) for key in asked[::5]] == [twin.find(key) for key in asked[::5]]


def test_an_empty_table_has_nobody() -> None:
    assert find_row(make_id_map(0), 1) == NO_ROW


@given(st.integers(0, 100_000))
def test_a_third_of_the_slots_stays_free(capacity: int) -> None:
    slots = make_id_map(capacity).keys.shape[0]
    assert slots & (slots - 1) == 0
    assert slots >= capacity + capacity // 2


def test_the_highest_id_and_row_fit() -> None:
    table = make_id_map(2)
    insert_ids(table, int64s([ID_MAX, ID_MAX - 1]), (1 << 32) - 2)
    assert find_row(table, ID_MAX) == (1 << 32) - 2
    assert find_row(table, ID_MAX - 1) == (1 << 32) - 1
