"""The sketch of rare things: never too low, and seldom much too high."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from roost.kernels.countmin import count_min_add, count_min_estimate, count_min_turn, make_count_min

from .paired import examples, plans

KEYS = st.integers(1, 60)


@examples(0.5)
@given(plans(st.one_of(KEYS, st.just(0)), 120), st.sampled_from([16, 64]))
def test_never_below_the_uses_of_two_periods(steps: list[int], width: int) -> None:
    """A 0 ends a period."""
    sketch = make_count_min(width)
    this: Counter[int] = Counter()
    before: Counter[int] = Counter()
    for key in steps:
        if key == 0:
            count_min_turn(sketch)
            this, before = Counter(), this
            continue
        this[key] += 1
        assert count_min_add(sketch, key) == count_min_estimate(sketch, key)
    for key in range(1, 80):
        estimate = count_min_estimate(sketch, key)
        assert this[key] + before[key] <= estimate <= this.total() + before.total()


def test_seldom_more_than_a_share_of_all_uses_too_high() -> None:
    """e / width of all uses, with a probability of 1 - exp(-4)."""
    width, keys = 128, 600
    sketch = make_count_min(width)
    uses = Counter({key: 1 + 300 // key for key in range(1, keys)})
    for key, count in uses.items():
        for _ in range(count):
            count_min_add(sketch, key)
    bound = 2.72 * uses.total() / width
    over = sum(count_min_estimate(sketch, key) - uses[key] > bound for key in range(1, 2 * keys))
    assert over <= 2 * keys * 0.0184
