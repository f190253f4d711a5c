"""Sorted lists of numbers with a few bits of their own each, in few bits, any of them read at once.

Elias-Fano coding (Vigna, "Quasi-succinct indices", WSDM 2013), in blocks of 31 entries. Of each number the
low bits are stored as they are; the high bits of all are differences in unary: bit `high(j) + j` of the
block's high part is set. Entry j is read by finding the j-th set bit, so a number out of n below `range`
costs log2(range / n) + 2 or 3 bits, and a read touches one or two cache lines.

    one block (31 entries or fewer)   2 n high bits | n entries
    more                              blocks of: first number, 31 bits | 62 high bits | 31 entries
    an entry                          low bits | 12 bits of its own

A list begins at a byte. Its head has 63 bits: where it begins, in bytes, 31 | low bits 5 | entries 27.
"""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import kernel, lowest_one

OWN_BITS = 12
OWN_MASK = (1 << OWN_BITS) - 1
NUMBER_BITS = 31
BLOCK = 31
HIGH_BITS = 2 * BLOCK
_BLOCK_HEAD_BITS = NUMBER_BITS + HIGH_BITS

START_SHIFT = 32
LOW_SHIFT = 27
COUNT_MASK = (1 << LOW_SHIFT) - 1
LOW_MASK = 31
LIST_ENTRIES_MAX = COUNT_MASK
LISTS_BYTES_MAX = 1 << 31


@kernel
def read_bits(words: NDArray[np.int64], position: int, count: int) -> int:
    """`count` bits, 62 at most, from bit `position` on."""
    place = position >> 6
    shift = position & 63
    value = words[place] >> shift
    if shift + count > 64:
        value = (value & ((1 << (64 - shift)) - 1)) | (words[place + 1] << (64 - shift))
    return value & ((1 << count) - 1)


@kernel
def write_bits(words: NDArray[np.int64], position: int, count: int, value: int) -> None:
    """The reverse; the bits are 0 before."""
    place = position >> 6
    shift = position & 63
    words[place] |= np.int64(value) << shift
    if shift + count > 64:
        words[place + 1] |= np.int64(value) >> (64 - shift)


@kernel
def block_position(head: int, index: int) -> int:
    """The bit at which the block of entry `index` begins."""
    begin = (head >> START_SHIFT) << 3
    if head & COUNT_MASK <= BLOCK:
        return begin
    width = ((head >> LOW_SHIFT) & LOW_MASK) + OWN_BITS
    return begin + index // BLOCK * (_BLOCK_HEAD_BITS + BLOCK * width)


@kernel
def entry_position(head: int, index: int) -> int:
    """The bit at which entry `index` begins."""
    count = head & COUNT_MASK
    width = ((head >> LOW_SHIFT) & LOW_MASK) + OWN_BITS
    begin = (head >> START_SHIFT) << 3
    if count <= BLOCK:
        return begin + 2 * count + index * width
    block = index // BLOCK
    first = begin + block * (_BLOCK_HEAD_BITS + BLOCK * width)
    return first + _BLOCK_HEAD_BITS + (index - block * BLOCK) * width


@kernel
def read_entry(words: NDArray[np.int64], head: int, index: int) -> int:
    """Entry `index` of a list: its number << OWN_BITS | its own bits."""
    count = head & COUNT_MASK
    low_bits = (head >> LOW_SHIFT) & LOW_MASK
    width = low_bits + OWN_BITS
    begin = (head >> START_SHIFT) << 3
    base = 0
    rank = index
    if count <= BLOCK:
        high = read_bits(words, begin, 2 * count)
        entries = begin + 2 * count
    else:
        block = index // BLOCK
        rank = index - block * BLOCK
        begin += block * (_BLOCK_HEAD_BITS + BLOCK * width)
        base = read_bits(words, begin, NUMBER_BITS)
        high = read_bits(words, begin + NUMBER_BITS, HIGH_BITS)
        entries = begin + _BLOCK_HEAD_BITS
    entry = read_bits(words, entries + rank * width, width)
    for _ in range(rank):
        high &= high - 1
    upper = lowest_one(high) - rank
    number = base + (upper << low_bits | entry >> OWN_BITS)
    return number << OWN_BITS | entry & OWN_MASK


@kernel
def _low_bits_for(items: NDArray[np.int64], first: int, count: int, numbers: int) -> int:
    """The fewest low bits with which the high parts of all blocks fit."""
    low_bits = 0
    if count <= BLOCK:
        while (numbers - 1) >> low_bits >= count:
            low_bits += 1
        return low_bits
    begin = first
    while begin < first + count:
        last = min(begin + BLOCK, first + count) - 1
        spread = (items[last] >> OWN_BITS) - (items[begin] >> OWN_BITS)
        while spread >> low_bits > HIGH_BITS - BLOCK:
            low_bits += 1
        begin += BLOCK
    return low_bits


@kernel
def _write_block(
    words: NDArray[np.int64], position: int, high_bits: int, low_bits: int, items: NDArray[np.int64],
    first: int, stop: int, base: int,
) -> int:  # fmt: skip
    """Write a block's high part and entries from `position` on; answer where it ends."""
    high = 0
    entries = position + high_bits
    width = low_bits + OWN_BITS
    for index in range(first, stop):
        number = (items[index] >> OWN_BITS) - base
        high |= 1 << ((number >> low_bits) + index - first)
        entry = (number & ((1 << low_bits) - 1)) << OWN_BITS | items[index] & OWN_MASK
        write_bits(words, entries + (index - first) * width, width, entry)
    write_bits(words, position, high_bits, high)
    return entries + (stop - first) * width


@kernel
def write_list(
    words: NDArray[np.int64], start: int, items: NDArray[np.int64], first: int, count: int, numbers: int
) -> int:
    """Write items[first:first + count], sorted by number, at byte `start`; answer the list's head.

    An item is its number << OWN_BITS | its own bits; numbers are below `numbers`. `words` is 0 there.
    """
    low_bits = _low_bits_for(items, first, count, numbers)
    position = start << 3
    if count <= BLOCK:
        _write_block(words, position, 2 * count, low_bits, items, first, first + count, 0)
    else:
        begin = first
        while begin < first + count:
            stop = min(begin + BLOCK, first + count)
            base = items[begin] >> OWN_BITS
            write_bits(words, position, NUMBER_BITS, base)
            position = _write_block(
                words, position + NUMBER_BITS, HIGH_BITS, low_bits, items, begin, stop, base
            )
            begin = stop
    return start << START_SHIFT | low_bits << LOW_SHIFT | count


@kernel
def list_end(head: int) -> int:
    """The byte behind a list."""
    width = ((head >> LOW_SHIFT) & LOW_MASK) + OWN_BITS
    return (entry_position(head, (head & COUNT_MASK) - 1) + width + 7) >> 3


@kernel
def mark_entry(words: NDArray[np.int64], head: int, index: int) -> None:
    """Set the lowest of an entry's own bits, in a single store."""
    position = entry_position(head, index)
    words[position >> 6] |= np.int64(1) << (position & 63)


@kernel
def first_with(words: NDArray[np.int64], head: int, number: int) -> int:
    """The first entry whose number is at least `number`; the list's length where there is none."""
    low, high = 0, head & COUNT_MASK
    while low < high:
        middle = (low + high) >> 1
        if read_entry(words, head, middle) >> OWN_BITS < number:
            low = middle + 1
        else:
            high = middle
    return low
