"""Pieces of a few characters each, by their hashes: what light models of texts are made of.

A text comes as code points. A piece's hash is folded from its characters one by one, so that of the pieces
which begin at one place each goes on from the one before."""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import inline_kernel, mix


@inline_kernel
def list_pieces(
    codes: NDArray[np.uint32], shortest: int, longest: int, marks: NDArray[np.int64], found: NDArray[np.int64]
) -> int:
    """The kinds of pieces of `shortest` to `longest` characters, each once: the lowest bits of their
    hashes, as many as number `marks`, into `found`; answers how many. `marks` is a power of two long; its
    first element counts calls. Stops where `found` is full. 4 ns a piece."""
    mask = marks.shape[0] - 1
    marks[0] += 1
    call = marks[0]
    count = 0
    for begin in range(codes.shape[0]):
        key = np.int64(0)
        for place in range(begin, min(begin + longest, codes.shape[0])):
            key = np.int64(mix(key * 2 + np.int64(codes[place])))
            if place - begin + 1 < shortest:
                continue
            kind = key & mask
            if kind == 0 or marks[kind] == call:
                continue
            if count == found.shape[0]:
                return count
            marks[kind] = call
            found[count] = kind
            count += 1
    return count


@inline_kernel
def weigh_pieces(
    found: NDArray[np.int64], count: int, weights: NDArray[np.int8], sums: NDArray[np.int64]
) -> None:
    """Add the weights of the first `count` kinds to `sums`, a sum a column of `weights`."""
    for column in range(sums.shape[0]):
        sums[column] = 0
    for index in range(count):
        for column in range(sums.shape[0]):
            sums[column] += weights[found[index], column]
