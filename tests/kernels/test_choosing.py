"""The best of many, in order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import rank

SCORED = st.dictionaries(
    st.integers(1, 2**62), st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1), max_size=60
)


@given(SCORED, st.integers(0, 70))
def test_the_highest_score_goes_first_and_of_equals_the_highest_id(
    scored: dict[int, float], most: int
) -> None:
    ids, scores = np.array(list(scored), np.int64), np.array(list(scored.values()), np.float64)
    best = np.full(most, -1)
    count = rank(ids, scores, best)
    expected = sorted(scored.items(), key=lambda entry: (entry[1], entry[0]), reverse=True)[:most]
    assert ids[best[:count]].tolist() == [key for key, _ in expected]
