"""Texts that are nearly the same, found by fingerprints among the newest ones.

A fingerprint is 62 bits, of which texts with nearly the same pieces share nearly all. A window holds the
newest fingerprints, and is looked through from end to end: 4,096 of them take 4 us, less than any index would
that finds the same.
"""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import inline_kernel, mix

BITS = 62
FINGERPRINT, ID, AUTHOR = 0, 1, 2
WINDOW_WORDS = 3
"""A line of a window: a fingerprint, the tweet's id (0 for none) and its author."""


@inline_kernel
def simhash(codes: NDArray[np.uint32], size: int, tally: NDArray[np.int64]) -> int:
    """The fingerprint of a text by its pieces of `size` characters (Charikar, "Similarity estimation
    techniques from rounding algorithms", STOC 2002). `tally` is room for 62 numbers. A shorter text is one
    piece. 0.1 us a character."""
    for bit in range(BITS):
        tally[bit] = 0
    last = max(codes.shape[0] - size, 0)
    for begin in range(last + 1):
        key = np.int64(0)
        for place in range(begin, min(begin + size, codes.shape[0])):
            key = np.int64(mix(key * 2 + np.int64(codes[place])))
        for bit in range(BITS):
            tally[bit] += ((key >> bit) & 1) * 2 - 1
    answer = np.int64(0)
    for bit in range(BITS):
        if tally[bit] > 0:
            answer |= np.int64(1) << bit
    return answer


@inline_kernel
def differing_bits(one: int, other: int) -> int:
    """How many bits of two fingerprints differ."""
    left = np.int64(one) ^ np.int64(other)
    left = left - ((left >> 1) & 0x5555555555555555)
    left = (left & 0x3333333333333333) + ((left >> 2) & 0x3333333333333333)
    left = (left + (left >> 4)) & 0x0F0F0F0F0F0F0F0F
    left = left + (left >> 8)
    left = left + (left >> 16)
    return (left + (left >> 32)) & 0x7F


@inline_kernel
def find_near(
    window: NDArray[np.int64], fingerprint: int, tweet_id: int, since_id: int, bits_max: int, author: int
) -> int:
    """How many tweets of a window since an id, but for `tweet_id` itself, have a fingerprint that differs
    in at most `bits_max` bits. Those of `author` do not count; 0 lets all count. 1 ns a line."""
    count = 0
    for line in range(window.shape[0]):
        held = window[line, ID]
        if held < since_id or held == tweet_id or held == 0:
            continue
        if author != 0 and window[line, AUTHOR] == author:
            continue
        if differing_bits(window[line, FINGERPRINT], fingerprint) <= bits_max:
            count += 1
    return count


@inline_kernel
def count_since(window: NDArray[np.int64], since_id: int) -> int:
    """How many tweets of a window there are since an id."""
    count = 0
    for line in range(window.shape[0]):
        if window[line, ID] >= since_id and window[line, ID] != 0:
            count += 1
    return count


@inline_kernel
def enter(window: NDArray[np.int64], fingerprint: int, tweet_id: int, author: int) -> None:
    """Put a tweet into a window: in its own place where it is there already, else in that of the lowest
    id."""
    lowest = 0
    for line in range(window.shape[0]):
        if window[line, ID] == tweet_id:
            lowest = line
            break
        if window[line, ID] < window[lowest, ID]:
            lowest = line
    window[lowest, FINGERPRINT] = fingerprint
    window[lowest, ID] = tweet_id
    window[lowest, AUTHOR] = author
