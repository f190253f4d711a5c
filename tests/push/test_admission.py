"""Who comes when everybody comes: a steady rate is let in, and the others spread out."""

import heapq
import random

from hypothesis import given
from hypothesis import strategies as st

from roost.push import Admission


@given(st.lists(st.floats(0, 0.5), max_size=200), st.integers(1, 50), st.integers(1, 50))
def test_no_more_come_in_than_the_rate_allows(waits: list[float], per_s: int, at_once: int) -> None:
    admission = Admission(per_s, at_once)
    now_s = 0.0
    admitted: list[float] = []
    for wait in waits:
        now_s += wait
        if admission.ask(now_s) == 0:
            admitted.append(now_s)
    for start in range(len(admitted)):
        for stop in range(start, len(admitted)):
            within_s = admitted[stop] - admitted[start]
            assert stop - start + 1 <= at_once + per_s * within_s + 1.001


def test_all_of_a_storm_come_in_at_the_rate_and_few_have_to_ask_often() -> None:
    admission, chooser = Admission(per_s=1_000, at_once=1_000), random.Random(1)
    waiting = [(0.0, number, 0) for number in range(20_000)]
    heapq.heapify(waiting)
    last_s, most_asked = 0.0, 0
    while waiting:
        now_s, number, asked = heapq.heappop(waiting)
        wait_s = admission.ask(now_s)
        if wait_s:
            later_s = now_s + wait_s * chooser.uniform(0.5, 1.5)
            heapq.heappush(waiting, (later_s, number, asked + 1))
        else:
            last_s, most_asked = now_s, max(most_asked, asked)
    assert admission.admitted == 20_000
    assert last_s < 60, "they are let in not much slower than the rate allows"
    assert most_asked <= 12
