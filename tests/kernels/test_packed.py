"""Packed lists against lists."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels.packed import (
    BLOCK,
    COUNT_MASK,
    OWN_BITS,
    OWN_MASK,
    first_with,
    list_end,
    mark_entry,
    read_bits,
    read_entry,
    write_bits,
    write_list,
)

from .paired import examples, int64s

numbers_below = st.sampled_from([1, 2, 3, 40, 1_000, 1 << 20, (1 << 31) - 1])
lengths = st.one_of(st.integers(1, 5), st.sampled_from([BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 100]))


@given(st.lists(st.tuples(st.integers(1, 62), st.integers(0, 2**62 - 1)), max_size=20), st.integers(0, 200))
def test_bits_are_read_as_they_were_written(fields: list[tuple[int, int]], position: int) -> None:
    words = np.zeros(40, np.int64)
    at = position
    for count, value in fields:
        write_bits(words, at, count, value & ((1 << count) - 1))
        at += count
    for count, value in fields:
        assert read_bits(words, position, count) == value & ((1 << count) - 1)
        position += count


@examples(2)
@given(st.data(), numbers_below, lengths, st.integers(0, 9))
def test_a_packed_list_is_the_list(data: st.DataObject, below: int, length: int, start: int) -> None:
    numbers = st.integers(0, below - 1)
    entries = data.draw(
        st.lists(st.tuples(numbers, st.integers(0, OWN_MASK)), min_size=length, max_size=length)
    )
    entries.sort(key=lambda entry: entry[0])
    items = [number << OWN_BITS | own for number, own in entries]
    words = np.zeros(2 * length + 8, np.int64)
    behind = int64s([9, *items, 9])
    head = write_list(words, start, behind, 1, length, below)
    assert head & COUNT_MASK == length
    assert [read_entry(words, head, index) for index in range(length)] == items
    for number in {0, below - 1, *(number for number, _ in entries[::7])}:
        expected = next((at for at, entry in enumerate(entries) if entry[0] >= number), length)
        assert first_with(words, head, number) == expected
    used = words.view(np.uint8)
    assert not used[:start].any()
    assert not used[list_end(head) :].any()
    place = data.draw(st.integers(0, length - 1))
    mark_entry(words, head, place)
    items[place] |= 1
    assert [read_entry(words, head, index) for index in range(length)] == items


@pytest.mark.parametrize("length", [8, 31, 100, 1_000])
def test_an_entry_costs_little_more_than_its_gap(length: int) -> None:
    below = 1 << 21
    numbers = np.sort(np.random.default_rng(1).integers(0, below, length))
    words = np.zeros(2 * length + 8, np.int64)
    head = write_list(words, 0, numbers << OWN_BITS, 0, length, below)
    bits = 8 * list_end(head) / length - OWN_BITS
    assert bits < math.log2(below / length) + 5
