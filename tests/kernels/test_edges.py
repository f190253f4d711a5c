"""One edge list structure against dicts: every step, every segment."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import (
    DEAD,
    FLAG_BITS,
    EdgeLists,
    dump_lists,
    edge_count,
    length_of,
    live_of,
    load_lists,
    make_edge_lists,
    merge_list,
    pool_used,
)
from roost.kernels.edges import (
    FLAGS_MASK,
    SIZE_CLASSES,
    add_edge,
    class_for,
    class_size,
    find_edge,
    main_length_of,
    remove_edge,
    set_flags,
    sort_range,
)

from . import naive
from .lists import check_row, check_segments, contents, free_segments, snapshot
from .paired import examples, plans

ROWS = 3
OTHERS = 60
rows = st.integers(0, ROWS - 1)
others = st.integers(0, OTHERS - 1)
flags = st.sampled_from([0, 2, 4, 30])
Step = tuple[str, int, int, int]
steps = plans(
    st.one_of(
        st.tuples(st.just("add"), rows, others, flags),
        st.tuples(st.just("remove"), rows, others, st.just(0)),
        st.tuples(st.just("add_run"), rows, others, st.integers(1, 40)),
        st.tuples(st.just("remove_run"), rows, others, st.integers(1, 40)),
        st.tuples(st.just("merge"), rows, st.integers(0, 20), st.just(0)),
    ),
    20,
)


def put(lists: EdgeLists, twin: naive.EdgeLists, row: int, other: int, flag_word: int) -> None:
    """As `follow` does: a new edge, or new flags. What a full pool refuses leaves everything as it was."""
    there = find_edge(lists, row, other)
    assert (there >= 0) == (twin.flags(row, other) >= 0)
    if there >= 0:
        set_flags(lists, there, flag_word)
        twin.lists[row][other] = flag_word
        return
    before = snapshot(lists)
    if add_edge(lists, row, other, flag_word):
        twin.lists[row][other] = flag_word
    else:
        assert snapshot(lists) == before


def take(lists: EdgeLists, twin: naive.EdgeLists, row: int, other: int) -> None:
    assert remove_edge(lists, row, other) == (twin.lists[row].pop(other, None) is not None)


def merge(lists: EdgeLists, row: int, spare: int) -> None:
    before = snapshot(lists)
    if merge_list(lists, row, spare):
        assert length_of(lists, row) == main_length_of(lists, row) == live_of(lists, row)
    else:
        assert snapshot(lists) == before


def run_step(lists: EdgeLists, twin: naive.EdgeLists, step: Step) -> None:
    kind, row, value, extra = step
    match kind:
        case "add":
            put(lists, twin, row, value, extra)
        case "remove":
            take(lists, twin, row, value)
        case "add_run":
            for offset in range(extra):
                put(lists, twin, row, (value + 7 * offset) % OTHERS, 0)
        case "remove_run":
            for offset in range(extra):
                take(lists, twin, row, (value + offset) % OTHERS)
        case "merge":
            merge(lists, row, value)


@examples(2)
@given(steps, st.sampled_from([40, 170, 4096]))
def test_lists_hold_what_dicts_hold(plan: list[Step], pool: int) -> None:
    lists, twin = make_edge_lists(ROWS, pool), naive.EdgeLists()
    for step in plan:
        run_step(lists, twin, step)
        check_row(lists, twin, step[1])
        check_segments(lists)
        for other in range(0, OTHERS, 7):
            position = find_edge(lists, step[1], other)
            found = -1 if position < 0 else int(lists.pool[position]) & FLAGS_MASK
            assert found == twin.flags(step[1], other)
    for row in range(ROWS):
        check_row(lists, twin, row)


@pytest.mark.parametrize("order", ["ascending", "descending", "scattered"])
def test_a_long_list_moves_from_class_to_class(order: str) -> None:
    lists, twin = make_edge_lists(2, 20_000), naive.EdgeLists()
    count = 1_000
    stride = {"ascending": 1, "descending": count - 1, "scattered": 383}[order]
    tails = 0
    for step in range(count):
        put(lists, twin, step & 1, step * stride % count, 0)
        tail = length_of(lists, step & 1) - main_length_of(lists, step & 1)
        assert tail <= max(16, length_of(lists, step & 1) >> 4)
        tails = max(tails, tail)
    assert tails > 16
    check_segments(lists)
    for row in (0, 1):
        check_row(lists, twin, row)
        assert class_size(class_for(length_of(lists, row))) <= 2 * live_of(lists, row)


def test_segments_are_used_again() -> None:
    """Lists that grow one after another pass their segments on: the pool grows far less than they took."""
    lists, twin = make_edge_lists(50, 100_000), naive.EdgeLists()
    for row in range(50):
        for other in range(48):
            put(lists, twin, row, other, 0)
    check_segments(lists)
    assert pool_used(lists) < 2 * edge_count(lists)


def test_a_pool_of_more_than_four_billion_entries() -> None:
    """Where a segment begins does not fit one entry; free ones are found again all the same."""
    lists, twin = make_edge_lists(16, 1 << 33), naive.EdgeLists()
    lists.state[SIZE_CLASSES] = (1 << 32) + 10
    for rows_together in (range(8), range(8, 16)):
        for other, row in itertools.product(range(20), rows_together):
            assert add_edge(lists, row, other, 0)
            twin.lists[row][other] = 0
        free = free_segments(lists)
        assert min(begin for begin, _ in free) > 1 << 32
        assert len(set(free)) == len(free) > 8
        for row in rows_together:
            check_row(lists, twin, row)
    used = pool_used(lists) - (1 << 32) - 10
    assert used == sum(size for _, size in free) + 16 * 24


@pytest.mark.parametrize("pool", [0, 3, 4, 8, 30, 100])
def test_a_full_pool_refuses_and_keeps_what_it_has(pool: int) -> None:
    lists, twin = make_edge_lists(1, pool), naive.EdgeLists()
    for other in range(100):
        put(lists, twin, 0, other, 0)
    assert edge_count(lists) < 100
    assert contents(lists, 0) == twin.entries(0)
    merge(lists, 0, 1_000)
    assert contents(lists, 0) == twin.entries(0)


def filled(plan: list[Step]) -> tuple[EdgeLists, naive.EdgeLists]:
    lists, twin = make_edge_lists(ROWS, 4096), naive.EdgeLists()
    for step in plan:
        run_step(lists, twin, step)
    return lists, twin


@given(steps, steps, st.integers(0, ROWS))
def test_dumped_lists_load_and_go_on(plan: list[Step], later: list[Step], cut: int) -> None:
    lists, twin = filled(plan)
    counts = np.array([live_of(lists, row) for row in range(ROWS)], np.uint32)
    entries = np.zeros(edge_count(lists), np.uint32)
    first = dump_lists(lists, 0, cut, entries)
    assert first == counts[:cut].sum()
    assert first + dump_lists(lists, cut, ROWS, entries[first:]) == len(entries)
    expected = [other << FLAG_BITS | word for row in range(ROWS) for other, word in twin.entries(row)]
    assert entries.tolist() == expected
    loaded = make_edge_lists(ROWS, 4096)
    assert load_lists(loaded, counts, entries)
    assert pool_used(loaded) == sum(class_size(class_for(count)) for count in counts.tolist() if count)
    for step in [("merge", 0, 0, 0), *later]:
        for row in range(ROWS):
            check_row(loaded, twin, row)
        check_segments(loaded)
        run_step(loaded, twin, step)


def test_lists_too_long_for_the_pool_do_not_load() -> None:
    entries = np.arange(0, 20 << FLAG_BITS, 1 << FLAG_BITS, dtype=np.uint32)
    counts = np.array([10, 10], np.uint32)
    assert load_lists(make_edge_lists(2, 24), counts, entries)
    assert not load_lists(make_edge_lists(2, 23), counts, entries)


@examples(2)
@given(st.lists(st.integers(0, 2**32 - 1), max_size=60), st.integers(0, 5), st.integers(0, 5))
def test_sort_range_sorts_that_range_alone(values: list[int], before: int, behind: int) -> None:
    array = np.array([9] * before + values + [3] * behind, np.uint32)
    sort_range(array, before, before + len(values))
    assert array.tolist() == [9] * before + sorted(values) + [3] * behind


def test_size_classes_grow_by_a_third_or_a_half() -> None:
    sizes = [class_size(size_class) for size_class in range(10)]
    assert sizes == [4, 6, 8, 12, 16, 24, 32, 48, 64, 96]
    for entries in range(97):
        assert sizes[class_for(entries)] == next(size for size in sizes if size >= entries)


def test_a_removed_entry_stays_until_it_is_merged_away() -> None:
    lists, twin = make_edge_lists(1, 4096), naive.EdgeLists()
    for other in range(20):
        put(lists, twin, 0, other, 0)
    merge(lists, 0, 0)
    take(lists, twin, 0, 7)
    assert (length_of(lists, 0), live_of(lists, 0)) == (20, 19)
    assert int(lists.pool[: pool_used(lists)].tolist().count(7 << FLAG_BITS | DEAD)) == 1
    put(lists, twin, 0, 7, 4)
    assert (length_of(lists, 0), live_of(lists, 0)) == (20, 20)
    take(lists, twin, 0, 7)
    merge(lists, 0, 0)
    assert (length_of(lists, 0), live_of(lists, 0)) == (19, 19)
    check_row(lists, twin, 0)
