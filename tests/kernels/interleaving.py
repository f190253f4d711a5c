"""One thread's work between any two array accesses of another's, for kernels that run as plain Python.

Real threads meet at a bad moment now and then; here they meet at every moment in turn, in one thread. An
array that is watched has `act` called before one of its accesses, or before each.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
import pytest

from roost.kernels import JIT_DISABLED

T = TypeVar("T")

needs_plain_python = pytest.mark.skipif(
    not JIT_DISABLED,
    reason="machine code cannot be stopped between two accesses; runs with NUMBA_DISABLE_JIT=1",
)


class Turns:
    """Counts accesses, and acts before access number `moment`, or before each where that is None."""

    def __init__(self, act: Callable[[], Any], moment: int | None = None) -> None:
        self.act, self.moment, self.seen = act, moment, 0
        self._is_acting = False

    def tick(self) -> None:
        if self._is_acting:
            return
        if self.moment is None or self.moment == self.seen:
            self._is_acting = True
            self.act()
            self._is_acting = False
        self.seen += 1


class Watched(np.ndarray[Any, Any]):
    turns: Turns | None = None

    def __getitem__(self, key: Any) -> Any:
        if self.turns is not None:
            self.turns.tick()
        return super().__getitem__(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        if self.turns is not None:
            self.turns.tick()
        super().__setitem__(key, value)


def watch(arrays: T, turns: Turns) -> T:
    """The same memory, watched: an array, or a named tuple of such or of arrays."""
    if isinstance(arrays, tuple):
        return type(arrays)(*(watch(part, turns) for part in arrays))
    view: Any = arrays.view(Watched)  # type: ignore[attr-defined]
    view.turns = turns
    return view


def every_moment(story: Callable[[int], Turns]) -> Iterator[int]:
    """Tells a story again and again, each time with its moment one access later, until it ends before."""
    for moment in itertools.count():
        if story(moment).seen <= moment:
            return
        yield moment
