"""Snowflake ids and the clocks they are made by.

The cases of the original's own specification (twitter-archive/snowflake, IdWorkerSpec) are here too: masks,
rollover, one wait where a millisecond is used up, millions of unique ids, and a clock that is set back.
"""

import threading
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.clock import Clock, ManualClock, SystemClock
from roost.errors import ClockWentBack, Overloaded
from roost.ids import (
    EPOCH_MS,
    ID_MAX,
    MACHINE_BITS,
    MACHINE_MAX,
    SEQUENCE_BITS,
    SEQUENCE_MAX,
    TIME_SHIFT,
    Snowflakes,
    cursor_id,
    first_id_at,
    unix_ms_of,
)
from tests.strategies import SEEDED

NOW_MS = 1_700_000_000_000
IDS_PER_MS = SEQUENCE_MAX + 1
LAST_MS = EPOCH_MS + (1 << 41) - 1
"""The last millisecond that 41 bits hold."""

moments = st.integers(EPOCH_MS, LAST_MS)


def dates(first_year: int, last_year: int) -> st.SearchStrategy[datetime]:
    first, last = datetime(first_year, 1, 1), datetime(last_year, 12, 31)  # noqa: DTZ001
    return st.datetimes(first, last, timezones=st.just(UTC))


class CountingClock(ManualClock):
    """A manual clock that knows how often somebody waited for it."""

    def __init__(self) -> None:
        super().__init__(NOW_MS)
        self.waits = 0

    def wait_until_ms(self, deadline_ms: int) -> None:
        self.waits += 1
        super().wait_until_ms(deadline_ms)


def parts_of(snowflake: int) -> tuple[int, int, int]:
    """(unix ms, machine, sequence), read from the bits by the published layout."""
    return (snowflake >> 22) + 1_288_834_974_657, snowflake >> 12 & 0x3FF, snowflake & 0xFFF


def test_the_layout_is_the_published_one() -> None:
    assert (EPOCH_MS, MACHINE_BITS, SEQUENCE_BITS, TIME_SHIFT) == (1_288_834_974_657, 10, 12, 22)
    assert (MACHINE_MAX, SEQUENCE_MAX, ID_MAX) == (1023, 4095, 2**63 - 1)
    assert parts_of((1 << 63) - 1) == (LAST_MS, 1023, 4095)


@given(moments, st.integers(0, MACHINE_MAX), st.integers(1, 3 * IDS_PER_MS))
@settings(SEEDED, max_examples=60)
def test_time_machine_and_sequence_stay_within_their_masks(now_ms: int, machine: int, count: int) -> None:
    newest = Snowflakes(ManualClock(min(now_ms, LAST_MS - 3)), machine).next_ids(count)[-1]
    waited_ms, sequence = divmod(count - 1, IDS_PER_MS)
    assert parts_of(newest) == (min(now_ms, LAST_MS - 3) + waited_ms, machine, sequence)
    assert 0 <= newest <= ID_MAX


def test_a_tweet_of_the_real_twitter_is_read_as_its_date() -> None:
    # https://twitter.com/jack/status/1247616214769086465
    made = datetime.fromtimestamp(unix_ms_of(1247616214769086465) / 1000, UTC)
    assert made.date().isoformat() == "2020-04-07"


def test_machines_outside_ten_bits_are_refused() -> None:
    for machine in (-1, 1024, 1 << 20):
        with pytest.raises(ValueError, match="machine must be from 0 to 1023"):
            Snowflakes(ManualClock(), machine)
    assert [parts_of(Snowflakes(ManualClock(), machine).next_id())[1] for machine in (0, 1023)] == [0, 1023]


def test_machines_never_make_each_others_ids() -> None:
    clock = ManualClock(NOW_MS)
    made = [Snowflakes(clock, machine).next_id() for machine in range(MACHINE_MAX + 1)]
    assert made == sorted(set(made))


def test_two_million_ids_are_unique_and_ascend() -> None:
    made = np.array(Snowflakes(ManualClock(NOW_MS), 31).next_ids(2_000_000))
    assert made.shape == (2_000_000,)
    assert (np.diff(made) > 0).all()


def test_one_by_one_equals_many_at_once() -> None:
    one, many = Snowflakes(ManualClock(NOW_MS), 7), Snowflakes(ManualClock(NOW_MS), 7)
    assert [one.next_id() for _ in range(2 * IDS_PER_MS)] == many.next_ids(2 * IDS_PER_MS)
    assert many.next_ids(0) == []


def test_the_sequence_begins_with_zero_in_each_ms() -> None:
    clock = ManualClock(NOW_MS)
    snowflakes = Snowflakes(clock)
    assert [parts_of(made)[2] for made in snowflakes.next_ids(3)] == [0, 1, 2]
    clock.advance_ms(1)
    assert parts_of(snowflakes.next_id()) == (NOW_MS + 1, 0, 0)


def test_a_used_up_ms_is_waited_out_once() -> None:
    clock = CountingClock()
    snowflakes = Snowflakes(clock)
    full = snowflakes.next_ids(IDS_PER_MS)
    assert (clock.waits, clock.now_ms()) == (0, NOW_MS)
    assert parts_of(full[-1]) == (NOW_MS, 0, SEQUENCE_MAX)
    assert parts_of(snowflakes.next_id()) == (NOW_MS + 1, 0, 0)
    assert (clock.waits, clock.now_ms()) == (1, NOW_MS + 1)
    snowflakes.next_ids(SEQUENCE_MAX)
    assert clock.waits == 1
    snowflakes.next_id()
    assert (clock.waits, clock.now_ms()) == (2, NOW_MS + 2)


def test_a_clock_set_back_is_refused_and_keeps_the_sequence() -> None:
    clock = ManualClock(NOW_MS)
    snowflakes = Snowflakes(clock)
    before = snowflakes.next_ids(3)
    clock.advance_ms(-1)
    for _ in range(3):
        with pytest.raises(ClockWentBack, match="set back by 1 ms"):
            snowflakes.next_id()
    clock.advance_ms(1)
    after = snowflakes.next_id()
    assert after not in before, "a reset sequence would make the first id again"
    assert parts_of(after) == (NOW_MS, 0, 3)


def test_a_clock_set_back_is_answered_as_overload() -> None:
    clock = ManualClock(NOW_MS)
    snowflakes = Snowflakes(clock)
    snowflakes.next_id()
    clock.advance_ms(-5_000)
    with pytest.raises(Overloaded) as refusal:
        snowflakes.next_ids(10)
    assert refusal.value.retry_after_s >= 1


steps = st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 5_000), st.booleans()), max_size=12)


@given(steps)
@settings(SEEDED, max_examples=60)
def test_whatever_the_clock_and_restarts_do_ids_ascend(history: list[tuple[int, int, bool]]) -> None:
    clock = ManualClock(NOW_MS)
    snowflakes = Snowflakes(clock)
    newest = 0
    for delta_ms, count, restarts in history:
        clock.advance_ms(delta_ms)
        if restarts and newest:
            snowflakes = Snowflakes(clock, last_ms=unix_ms_of(newest))
        try:
            made = snowflakes.next_ids(count)
        except ClockWentBack:
            assert clock.now_ms() < unix_ms_of(newest)
            continue
        assert newest < made[0]
        assert (np.diff(np.array(made)) > 0).all()
        newest = made[-1]


class SlippingClock(ManualClock):
    """A clock that is set back while somebody waits for it."""

    slip_ms = 2

    def wait_until_ms(self, deadline_ms: int) -> None:
        super().wait_until_ms(deadline_ms)
        self.advance_ms(-self.slip_ms)


@pytest.mark.parametrize("slip_ms", [1, 2, 1_000])
def test_a_clock_set_back_amid_the_wait_is_refused(slip_ms: int) -> None:
    clock = SlippingClock(NOW_MS)
    clock.slip_ms = slip_ms
    snowflakes = Snowflakes(clock)
    before = snowflakes.next_ids(IDS_PER_MS)
    for _ in range(2):
        with pytest.raises(ClockWentBack):
            snowflakes.next_id()
    clock.advance_ms(slip_ms)
    assert snowflakes.next_id() > before[-1]


def test_a_clock_before_the_epoch_is_refused() -> None:
    for now_ms in (-1, 0, EPOCH_MS - 1):
        with pytest.raises(ClockWentBack):
            Snowflakes(ManualClock(now_ms)).next_id()
    assert Snowflakes(ManualClock(EPOCH_MS)).next_id() == 0


def test_a_restart_within_the_same_ms_begins_with_the_next() -> None:
    clock = CountingClock()
    before = Snowflakes(clock).next_ids(5)
    restarted = Snowflakes(clock, last_ms=unix_ms_of(before[-1]))
    assert parts_of(restarted.next_id()) == (NOW_MS + 1, 0, 0)
    assert clock.waits == 1


def test_a_restart_behind_the_newest_id_is_refused() -> None:
    clock = ManualClock(NOW_MS)
    restarted = Snowflakes(clock, last_ms=NOW_MS + 10)
    with pytest.raises(ClockWentBack):
        restarted.next_id()
    clock.advance_ms(11)
    assert parts_of(restarted.next_id()) == (NOW_MS + 11, 0, 0)


def test_threads_share_one_maker() -> None:
    snowflakes = Snowflakes(ManualClock(NOW_MS))
    made: list[list[int]] = [[] for _ in range(8)]
    ready = threading.Barrier(len(made))

    def make(own: list[int]) -> None:
        ready.wait()
        for _ in range(200):
            own.append(snowflakes.next_id())
            own.extend(snowflakes.next_ids(20))

    threads = [threading.Thread(target=make, args=(own,)) for own in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(own == sorted(own) for own in made)
    assert len({snowflake for own in made for snowflake in own}) == 8 * 200 * 21


@pytest.mark.parametrize("clock", [ManualClock(NOW_MS), SystemClock()], ids=["manual", "system"])
def test_a_clock_reaches_what_is_waited_for(clock: Clock) -> None:
    for ahead_ms in (-5, 0, 1, 2):
        deadline_ms = clock.now_ms() + ahead_ms
        clock.wait_until_ms(deadline_ms)
        assert clock.now_ms() >= deadline_ms


def test_a_manual_clock_moves_by_hand_only() -> None:
    clock = ManualClock(NOW_MS)
    assert (clock.now_ms(), clock.now_ms()) == (NOW_MS, NOW_MS)
    clock.advance_ms(5)
    clock.advance_ms(-7)
    assert clock.now_ms() == NOW_MS - 2
    clock.wait_until_ms(NOW_MS - 10)
    assert clock.now_ms() == NOW_MS - 2, "waiting for the past does not turn time back"


def test_the_system_clock_counts_from_the_unix_epoch() -> None:
    assert SystemClock().now_ms() > datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1000


@given(moments, st.integers(0, (1 << TIME_SHIFT) - 1))
@settings(SEEDED, max_examples=300)
def test_the_first_id_of_a_ms_bounds_its_ids(unix_ms: int, low_bits: int) -> None:
    first = first_id_at(unix_ms)
    assert unix_ms_of(first) == unix_ms_of(first | low_bits) == unix_ms
    assert unix_ms_of(first - 1) == unix_ms - 1
    assert first <= first | low_bits < first_id_at(unix_ms + 1)


def test_no_id_was_made_before_the_epoch() -> None:
    assert [first_id_at(unix_ms) for unix_ms in (-1, 0, EPOCH_MS - 1, EPOCH_MS)] == [0, 0, 0, 0]


def mastodon_id(when: datetime) -> int:
    """How Mastodon.py makes a `max_id` of a date."""
    return int(when.timestamp() * 1000) << 16


@given(dates(2006, 2099))
@settings(SEEDED, max_examples=300)
def test_a_date_in_mastodons_form_becomes_that_date(when: datetime) -> None:
    assert cursor_id(mastodon_id(when)) == first_id_at(int(when.timestamp() * 1000))


def test_the_first_and_last_date_that_are_read_as_dates() -> None:
    first = mastodon_id(datetime(2006, 1, 1, tzinfo=UTC))
    after = mastodon_id(datetime(2100, 1, 1, tzinfo=UTC))
    assert cursor_id(first) == 0
    assert cursor_id(first - 1) == first - 1
    assert cursor_id(after - 1) == first_id_at((after >> 16) - 1)
    assert cursor_id(after) == after


@given(
    dates(2013, 2079),
    st.integers(0, (1 << TIME_SHIFT) - 1),
)
@settings(SEEDED, max_examples=300)
def test_an_id_of_its_own_passes_unchanged(when: datetime, low_bits: int) -> None:
    snowflake = first_id_at(int(when.timestamp() * 1000)) | low_bits
    assert cursor_id(snowflake) == snowflake


@pytest.mark.parametrize("value", [0, 1, 12_345, 1_136_073_600, ID_MAX])
def test_small_and_extreme_cursors_pass_unchanged(value: int) -> None:
    assert cursor_id(value) == value


@given(st.integers(0, 32_000), st.integers(0, 32_000))
@settings(SEEDED)
def test_date_cursors_keep_their_order(some_day: int, other_day: int) -> None:
    """From the epoch to the year 2098, an earlier date never becomes a higher cursor."""
    earlier, later = sorted(EPOCH_MS + day * 86_400_000 << 16 for day in (some_day, other_day))
    assert cursor_id(earlier) <= cursor_id(later)
