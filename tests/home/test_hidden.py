"""Blocks and mutes as readers ask for them, while mutes end by themselves."""

from hypothesis import given
from hypothesis import strategies as st

from roost.graph.hidden import Hidden

ROWS = 4
rows = st.integers(0, ROWS - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["block", "unblock", "unmute"]), rows, rows),
        st.tuples(st.just("mute"), rows, rows, st.integers(0, 6)),
        st.tuples(st.just("wait"), st.integers(1, 4)),
    ),
    max_size=40,
)


@given(steps)
def test_readers_see_what_holds_at_that_moment(plan: list[tuple[str, ...]]) -> None:
    hidden, now_ms = Hidden(), 1
    blocks: set[tuple[int, int]] = set()
    mutes: dict[tuple[int, int], int] = {}
    for kind, *values in plan:
        numbers = [int(value) for value in values]
        if kind == "wait":
            now_ms += numbers[0]
        elif numbers[0] == numbers[1]:
            continue
        elif kind == "mute":
            until_ms = now_ms + numbers[2] if numbers[2] else 0
            hidden.mute(numbers[0], numbers[1], until_ms, now_ms)
            mutes[numbers[0], numbers[1]] = until_ms
        elif kind == "unmute":
            hidden.unmute(numbers[0], numbers[1], now_ms)
            mutes.pop((numbers[0], numbers[1]), None)
        elif kind == "block":
            hidden.block(numbers[0], numbers[1], now_ms)
            blocks.add((numbers[0], numbers[1]))
        else:
            hidden.unblock(numbers[0], numbers[1], now_ms)
            blocks.discard((numbers[0], numbers[1]))
        for row in range(ROWS):
            muted = {b for (a, b), end in mutes.items() if a == row and (end == 0 or end > now_ms)}
            either = {b for a, b in blocks if a == row} | {a for a, b in blocks if b == row}
            assert hidden.rows(row, now_ms).tolist() == sorted(muted | either)
        for row in range(ROWS):
            hiders = {other for other in range(ROWS) if row in hidden.rows(other, now_ms).tolist()}
            assert hidden.hiders(row, now_ms) == hiders, "the same from the other side"


def test_a_reader_never_takes_back_what_the_writer_says() -> None:
    """The reader's array, made when a mute ended, is let go as soon as the writer has another."""
    hidden = Hidden()
    hidden.mute(0, 1, 10, now_ms=5)
    assert hidden.rows(0, 9).tolist() == [1]
    before = hidden.rows(0, 10)
    assert before.tolist() == []
    hidden.block(0, 2, now_ms=4)  # by a clock that the reader is ahead of
    assert hidden.rows(0, 10).tolist() == [2]
    assert before.tolist() == [], "what was handed out is never written to"
