"""Reserved arrays are zeroed, writable and of the shape asked for."""

import numpy as np
import pytest

from roost.kernels import reserve


@pytest.mark.parametrize("huge", [False, True])
@pytest.mark.parametrize("shape", [0, 1, 7, (3, 5), (1, 1 << 20)])
def test_a_reserved_array_is_zeroed_and_writable(shape: int | tuple[int, ...], huge: bool) -> None:
    array = reserve(shape, np.uint32, huge=huge)
    assert array.shape == ((shape,) if isinstance(shape, int) else shape)
    assert array.dtype == np.uint32
    assert not array.any()
    array[...] = 7
    assert (array == 7).all()


def test_address_space_is_not_memory() -> None:
    """A tebibyte: only what is touched takes room."""
    array = reserve(1 << 37, np.int64)
    array[-1] = 5
    assert array[0] == 0
    assert array[-1] == 5


def test_two_arrays_share_nothing() -> None:
    first, second = reserve(8, np.int64), reserve(8, np.int64)
    first[:] = 1
    assert not second.any()
