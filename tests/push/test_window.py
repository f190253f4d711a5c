"""The window against a list: what lies between two positions, and down to where it is whole."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import TO_ALL, follow, make_edge_lists
from roost.push import Happening, MessageKind, Window

CAPACITY = 8
ROWS = 4


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(-1, ROWS - 1)), max_size=30),
    st.integers(0, 60),
    st.integers(0, 60),
    st.sets(st.integers(0, ROWS - 1)),
)
def test_between_and_candidates(
    plan: list[tuple[int, int]], low: int, high: int, followees: set[int]
) -> None:
    window = Window(CAPACITY)
    window.begin(0)
    followers, following = make_edge_lists(ROWS, 1_024), make_edge_lists(ROWS, 1_024)
    for followee in followees - {0}:
        follow(followers, following, 0, followee, 0)
    added: list[tuple[int, int]] = []
    position = 0
    for step, author in plan:
        position += step
        window.add(Happening(position, MessageKind.TWEET), np.array((author, TO_ALL, 0, -1), np.int64))
        added.append((position, author))
    kept = added[-CAPACITY:]
    dropped = added[:-CAPACITY]
    assert window.floor == (dropped[-1][0] if dropped else 0)
    inside = [each for each in kept if low < each[0] <= high]
    assert [each.position for each in window.between(low, high)] == [each[0] for each in inside]
    heard = [place for place, author in inside if author < 0 or author == 0 or author in followees]
    assert [each.position for each in window.candidates(following, 0, low, high)] == heard
