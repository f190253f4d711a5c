"""Users of topics in windows of time, against plain dicts."""

import random
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from roost.kernels import (
    FREE,
    HELD,
    HIGH,
    MINUTE_NEVER,
    NEWER,
    NO_ROW,
    NOW,
    OLDER,
    PAIRS,
    SAMPLING,
    USERS,
    VICTIMS,
    count_windows,
    drop_topic,
    find_topic,
    make_topics,
    next_minute,
    note_uses,
    take_back_user,
    take_back_uses,
)
from roost.kernels.topics import Topics
from roost.kernels.uses import sweep_pairs

from . import naive_topics
from .paired import examples, int64s, plans

WINDOWS = int64s([1, 5, 15, 60, 360, 1440])
SPANS = int64s([1, 2, 7, 30, 180, 720])
BEGAN = 30_000_007
TOPICS = (5, 6, 1 << 61, (1 << 62) - 1)
USERS_ASKED = tuple(range(1, 7))


def topics(rows: int = 8, pairs: int = 64, held: int = 16) -> Topics:
    made = make_topics(rows, pairs, 16, held)
    made.clock[NOW] = BEGAN
    return made


def note(t: Topics, topic: int, user: int, minute: int) -> int:
    rows = np.empty(1, np.int64)
    assert note_uses(t, int64s([topic]), int64s([user]), int64s([minute]), rows, 0) == 1
    return int(rows[0])


def counted(t: Topics, now: int) -> NDArray[np.float64]:
    counts = np.full((len(WINDOWS), 3, t.keys.shape[0]), -1.0)
    count_windows(t, now, WINDOWS, SPANS, counts)
    return counts


USE = st.tuples(
    st.just("use"),
    st.sampled_from(TOPICS),
    st.sampled_from(USERS_ASKED),
    st.sampled_from([0, 0, 1, 9, 61, 1439, 1500]),
)
BACK = st.tuples(st.just("back"), st.sampled_from(TOPICS), st.sampled_from(USERS_ASKED), st.just(0))
LEAVE = st.tuples(st.just("leave"), st.just(0), st.sampled_from(USERS_ASKED), st.just(0))
PASS = st.tuples(st.just("pass"), st.just(0), st.just(0), st.sampled_from([1, 1, 2, 10, 59, 60, 300]))
STEPS = st.one_of(USE, USE, BACK, LEAVE, PASS)


@examples(2)
@given(plans(STEPS, 30), st.sampled_from([0, 0, 1, 7, 60, 700]))
def test_windows_are_those_of_a_naive_count(steps: list[Any], later: int) -> None:
    t, twin = topics(), naive_topics.Topics(BEGAN)
    for what, topic, user, minutes in steps:
        now = int(t.clock[NOW])
        if what == "use":
            note(t, topic, user, now - minutes)
            twin.note(topic, user, now - minutes)
        elif what == "back":
            take_back_uses(t, int64s([topic]), int64s([user]))
            twin.take_back(topic, user)
        elif what == "leave":
            take_back_user(t, user)
            twin.take_back_user(user)
        else:
            for _ in range(minutes):
                next_minute(t, 60)
                twin.now += 1
    now = twin.now + later
    counts = counted(t, now)
    for topic in TOPICS:
        row = find_topic(t, topic)
        if row == NO_ROW:
            assert not twin.pairs[topic]
            continue
        for w, (window, span) in enumerate(zip(WINDOWS.tolist(), SPANS.tolist(), strict=True)):
            assert counts[w, USERS, row] == twin.users(topic, window, now), f"{window} minutes"
            assert counts[w, NEWER, row] == twin.seen(topic, span, now, 0)
            assert counts[w, OLDER, row] == twin.seen(topic, span, now, 1)
    held = sum(twin.is_of_the_day(pair.minute) for pairs in twin.pairs.values() for pair in pairs.values())
    sweep_pairs(t, 0, t.pair_keys.shape[0])
    sweep_pairs(t, 0, t.pair_keys.shape[0])
    assert int(t.clock[PAIRS]) == held
    assert int(t.facts[HELD].sum()) == held


def test_uses_are_noted_up_to_a_later_minute() -> None:
    t = topics()
    rows = np.full(4, 77, np.int64)
    keys, users = int64s([5, 6, 5, 5]), int64s([1, 1, 2, 3])
    minutes = int64s([BEGAN, BEGAN - 2000, BEGAN + 1, BEGAN])
    assert note_uses(t, keys, users, minutes, rows, 0) == 2
    assert rows.tolist() == [-2, NO_ROW, 77, 77]
    next_minute(t, 60)
    assert note_uses(t, keys, users, minutes, rows, 2) == 4
    assert rows.tolist()[2:] == [0, 0]


def test_many_users_are_estimated() -> None:
    t = topics(rows=4, pairs=1 << 12, held=256)
    dice = random.Random(5)
    users = [dice.getrandbits(60) for _ in range(3_000)]
    for number, user in enumerate(users):
        note(t, 5, user, BEGAN)
        note(t, 6, user, BEGAN if number % 100 == 0 else BEGAN - 2000)
    row, small = find_topic(t, 5), find_topic(t, 6)
    assert t.facts[SAMPLING, row] > 0
    assert t.facts[HELD, row] <= 256
    counts = counted(t, BEGAN)
    assert abs(counts[0, USERS, row] - 3_000) < 600
    assert abs(counts[3, NEWER, row] - 3_000) < 1_000, "what was seen before fewer were held stays counted"
    assert t.facts[SAMPLING, small] == 0
    assert counts[0, USERS, small] == 30


def test_pairs_are_thinned_where_there_is_no_room() -> None:
    t = topics(rows=4, pairs=64, held=1_000)
    for user in range(1, 400):
        for topic in TOPICS:
            note(t, topic, user, BEGAN)
        assert t.clock[PAIRS] <= 48
    held = [int(t.facts[HELD, row]) for row in range(4)]
    counts = counted(t, BEGAN)
    for topic in TOPICS:
        row = find_topic(t, topic)
        assert counts[0, USERS, row] == held[row] << int(t.facts[SAMPLING, row])
        assert held[row] >= 1 or t.facts[SAMPLING, row] >= 4


def test_a_row_goes_to_what_is_used_more() -> None:
    t = topics(rows=2)
    for user in (1, 2, 3):
        note(t, 5, user, BEGAN)
    note(t, 6, 1, BEGAN)
    assert note(t, 7, 1, BEGAN) == NO_ROW, "nothing may go"
    t.victims[:, 0] = find_topic(t, 5), 1
    t.victims[:, 1] = find_topic(t, 6), 1
    t.clock[VICTIMS] = 2
    weak = find_topic(t, 6)
    assert note(t, 7, 2, BEGAN) == -2 - weak, "it was used twice, topic 6 once"
    assert (find_topic(t, 6), find_topic(t, 7)) == (NO_ROW, weak)
    assert counted(t, BEGAN)[0, USERS, weak] == 1, "counted from then on"
    for user in (1, 2, 3):
        assert note(t, 8, user, BEGAN) == NO_ROW, "topic 5 has more users by now than when it was listed"
    assert t.clock[VICTIMS] == 0


def test_a_dropped_topic_leaves_nothing() -> None:
    t = topics()
    for topic in TOPICS:
        for user in (1, 2):
            note(t, topic, user, BEGAN)
    row = find_topic(t, 6)
    drop_topic(t, row)
    assert find_topic(t, 6) == NO_ROW
    assert t.clock[FREE] == 1
    assert note(t, 6, 1, BEGAN) == -2 - row, "the row is used again"
    assert counted(t, BEGAN)[0, USERS, row] == 1
    assert [counted(t, BEGAN)[0, USERS, find_topic(t, topic)] for topic in TOPICS] == [2, 1, 2, 2]
    assert t.clock[HIGH] == 4
    assert MINUTE_NEVER < 0
