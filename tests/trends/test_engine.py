"""The engine: what trends follows from the uses and their times alone, and bursts are found in noise."""

import random
from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from roost.kernels import USERS
from roost.model import TrendTerms
from roost.trends import (
    EXPECTED,
    WINDOW_NAMES,
    Sizes,
    Topic,
    TrendEngine,
    TrendState,
    capture_engine,
    restore_engine,
    uses_of,
)

from . import naive

BEGAN = 29_000_160
SMALL = Sizes(topics=32, pair_slots=1 << 12, tail_counters=64, topic_users=512)
Use = tuple[str, int, int]


def feed(engine: TrendEngine, uses: list[Use]) -> None:
    """Topics by name, users and minutes, in order."""
    given = uses_of(
        [Topic(key) for key, _, _ in uses], [user for _, user, _ in uses], [at for _, _, at in uses]
    )
    at = engine.note(given)
    while at < len(uses):
        while engine.go_on(uses[at][2]):
            pass
        at = engine.note(given, at)


def trending(engine: TrendEngine, minute: int) -> list[str]:
    judged = engine.judge(minute)
    chosen = judged.lives.states == TrendState.TRENDING
    order = np.argsort(-judged.lives.momentum[chosen], kind="stable")
    return [engine.named[row].key for row in judged.rows[chosen][order].tolist()]  # type: ignore[union-attr]


def noise(days: float, a_day: int, seed: int, keys: int = 12) -> list[Use]:
    dice = random.Random(seed)
    minutes = sorted(BEGAN + int(dice.random() * days * 1440) for _ in range(int(a_day * days)))
    return [(f"n{dice.randrange(keys)}", dice.randrange(1, 500), minute) for minute in minutes]


def digest(engine: TrendEngine) -> dict[str, Any]:
    return {name: array.tolist() for name, array in capture_engine(engine).items()}


def test_the_same_uses_give_the_same_state_however_they_come() -> None:
    uses = noise(0.3, 3_000, 1)
    whole, pieces = TrendEngine(SMALL), TrendEngine(SMALL)
    feed(whole, uses)
    dice, at = random.Random(2), 0
    while at < len(uses):
        size = dice.randrange(1, 200)
        feed(pieces, uses[at : at + size])
        at += size
        pieces.judge(pieces.minute + dice.randrange(100))  # asking changes nothing
    assert digest(whole) == digest(pieces)


def test_a_state_that_was_kept_goes_on_as_if_it_had_never_stopped() -> None:
    uses = noise(0.25, 4_000, 3)
    through, before, after = TrendEngine(SMALL), TrendEngine(SMALL), TrendEngine(SMALL)
    feed(through, uses)
    feed(before, uses[:600])
    restore_engine(after, {name: array.copy() for name, array in capture_engine(before).items()})
    feed(after, uses[600:])
    assert digest(after) == digest(through)
    with pytest.raises(ValueError, match="sizes"):
        restore_engine(TrendEngine(Sizes(topics=16)), capture_engine(before))


def test_counts_and_expectations_are_those_of_a_naive_recomputation() -> None:
    terms = TrendTerms()
    uses = noise(0.6, 1_500, 4, keys=3)
    engine, twin = TrendEngine(SMALL, terms), naive.Averages(terms)
    newest: dict[str, dict[int, int]] = defaultdict(dict)

    def users(minute: int) -> dict[tuple[str, str], int]:
        found = {}
        for key, held in newest.items():
            for window, (minutes, _) in naive.WINDOWS.items():
                first = minute - minutes if minutes <= 60 else (minute // 10 - minutes // 10) * 10 + 9
                found[key, window] = sum(at > first for at in held.values())
        return found

    now = uses[0][2]
    for key, user, minute in uses:
        while now < minute:
            twin.end(now + 1, users(now))
            now += 1
        newest[key][user] = minute
    feed(engine, uses)
    assert engine.minute == now
    rows = np.array([engine.row_of(Topic(key)) for key in newest])
    counts, parts = engine.parts(rows, now)
    for number, key in enumerate(newest):
        for w, window in enumerate(WINDOW_NAMES):
            assert counts[w, USERS, number] == users(now)[key, window]
            floor = terms.expected_min * (naive.WINDOWS[window][0] / 1440) ** 0.5
            expected = max(floor, twin.averages[key, window])
            if window in ("6h", "24h"):
                assert parts[EXPECTED, w, number] == pytest.approx(expected)
            else:
                assert parts[EXPECTED, w, number] >= expected * 0.999


def test_a_burst_is_found_and_ends_and_noise_does_not_trend() -> None:
    uses = noise(2.0, 4_000, 5, keys=300)
    at = BEGAN + 2_000
    burst = [("new", 1_000 + number, at + number // 3) for number in range(60)]
    more = [("n3", 2_000 + number, at + 60 + number // 4) for number in range(80)]
    engine = TrendEngine(Sizes(topics=512, pair_slots=1 << 14, tail_counters=64))
    feed(engine, sorted([use for use in uses if use[2] < at] + burst[:12], key=lambda use: use[2]))
    assert trending(engine, at + 4) == ["new"], "12 users in four minutes are enough"
    feed(
        engine,
        sorted([use for use in uses if at <= use[2] < at + 80] + burst[12:] + more, key=lambda use: use[2]),
    )
    assert set(trending(engine, at + 80)) == {"new", "n3"}
    feed(engine, [use for use in uses if use[2] >= at + 80])
    assert trending(engine, engine.minute) == []


def test_every_evening_is_no_news() -> None:
    """What is used by as many at the same hour each day is expected after some days."""
    uses: list[Use] = []
    for day in range(4):
        evening = BEGAN + day * 1440 + 20 * 60
        uses += [("quiz", 1 + number, evening + number) for number in range(40)]
    expected = []
    for days in (1, 4):
        engine = TrendEngine(SMALL, TrendTerms(memory_days=1.5))
        feed(engine, [use for use in uses if use[2] < BEGAN + days * 1440])
        _, parts = engine.parts(np.array([engine.row_of(Topic("quiz"))]), engine.minute)
        expected.append(parts[EXPECTED, WINDOW_NAMES.index("1h"), 0])
    assert expected[1] > 20 > expected[0]


def test_after_days_of_silence_windows_are_empty_and_averages_faded() -> None:
    engine = TrendEngine(SMALL)
    feed(engine, [("one", user, BEGAN + user % 90) for user in range(1, 200)][:1])
    feed(engine, sorted((("one", user, BEGAN + user % 90) for user in range(1, 200)), key=lambda use: use[2]))
    row = engine.row_of(Topic("one"))
    averages = engine.averages[:, row].copy()
    assert trending(engine, engine.minute) == ["one"]
    feed(engine, [("two", 1, BEGAN + 5 * 1440)])
    counts, _ = engine.parts(np.array([row]), engine.minute)
    assert counts[:, USERS].max() == 0
    assert (engine.averages[:, row] < averages / 10)[averages > 0].all()
    assert trending(engine, engine.minute) == []
    feed(engine, [("one", user, BEGAN + 5 * 1440) for user in range(1, 9)])
    assert trending(engine, engine.minute) == ["one"]


def test_memory_stays_as_it_is_and_the_busiest_are_found_in_a_long_tail() -> None:
    engine = TrendEngine(Sizes(topics=16, pair_slots=1 << 10, tail_counters=4_096, topic_users=64))
    dice = random.Random(6)
    size = engine.statistics().bytes_reserved
    uses: list[Use] = []
    for minute in range(BEGAN, BEGAN + 90):
        uses += [(f"rare{dice.getrandbits(30)}", dice.randrange(1, 999), minute) for _ in range(20)]
        if minute >= BEGAN + 40:
            uses += [("busy", dice.randrange(1, 9_999), minute) for _ in range(6)]
    feed(engine, uses)
    statistics = engine.statistics()
    assert statistics.topics == 16
    assert statistics.pairs <= 768
    assert statistics.bytes_reserved == size
    assert trending(engine, engine.minute) == ["busy"]
    row = engine.row_of(Topic("busy"))
    users = {user for key, user, minute in uses if key == "busy" and minute > engine.minute - 5}
    counts, _ = engine.parts(np.array([row]), engine.minute)
    assert abs(counts[1, USERS, 0] - len(users)) <= engine.sampling(row) * 12


def test_idle_hours_pass_as_others_do() -> None:
    """The same as minute by minute, but for the last digits."""
    uses = [("one", user, BEGAN + user // 9) for user in range(1, 60)]
    quick, slow = TrendEngine(SMALL), TrendEngine(SMALL)
    for engine in (quick, slow):
        feed(engine, uses)
        for hours in (14, 23):
            while engine.go_on(BEGAN + hours * 60):
                pass
    end = BEGAN + 33 * 60 + 17
    ticks = 0
    while quick.go_on(end):
        ticks += 1
    for minute in range(slow.minute + 1, end + 1):
        slow.go_on(minute)
    assert ticks < 100
    assert quick.minute == slow.minute == end
    found, wanted = capture_engine(quick), capture_engine(slow)
    for name, array in wanted.items():
        assert np.allclose(found[name], array, rtol=1e-9, atol=1e-12), name


def test_series_end_with_now() -> None:
    engine = TrendEngine(SMALL)
    feed(engine, [("one", user, BEGAN + user) for user in (1, 2, 3, 3, 12)])
    minutes, tens = engine.series(engine.row_of(Topic("one")), BEGAN + 14)
    assert minutes[-15:] == [0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]
    assert (len(minutes), len(tens), tens[-2:]) == (60, 144, [3, 1])
    assert engine.series(0, BEGAN + 5_000)[1] == [0] * 144
