"""How long whoever guesses passwords has to wait."""

import pytest

from roost import limits
from roost.clock import ManualClock
from roost.errors import RateLimited
from roost.service.local.guesses import Guesses


def _wait_s(guesses: Guesses, user_id: int, address: str) -> int:
    try:
        guesses.check(user_id, address)
    except RateLimited as refused:
        return refused.retry_after_s
    return 0


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def guesses(clock: ManualClock) -> Guesses:
    return Guesses(clock)


def _pass(clock: ManualClock, seconds: int) -> None:
    clock.wait_until_ms(clock.now_ms() + 1000 * seconds)


def test_waits_double_up_to_a_quarter_of_an_hour(guesses: Guesses, clock: ManualClock) -> None:
    waits = []
    for _ in range(17):
        guesses.wrong(7, "192.0.2.1")
        waits.append(_wait_s(guesses, 7, "192.0.2.1"))
        _pass(clock, waits[-1])
        assert _wait_s(guesses, 7, "192.0.2.1") == 0, "the wait ends"
    assert waits == [0] * 4 + [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] + [limits.GUESS_WAIT_S_MAX] * 3


def test_the_owner_is_not_locked_out(guesses: Guesses) -> None:
    for _ in range(20):
        guesses.wrong(7, "192.0.2.1")
    assert _wait_s(guesses, 7, "192.0.2.1") > 0
    assert _wait_s(guesses, 7, "198.51.100.9") == 0
    assert _wait_s(guesses, 8, "192.0.2.1") > 0, "the address has tried too often, whomever it tries"


def test_many_addresses_together_are_slowed_down_too(guesses: Guesses) -> None:
    for number in range(limits.GUESSES_FREE_PER_ACCOUNT):
        guesses.wrong(7, f"192.0.2.{number}")
    assert _wait_s(guesses, 7, "198.51.100.9") > 0
    assert _wait_s(guesses, 8, "198.51.100.9") == 0


def test_the_right_password_begins_anew_and_time_forgets(guesses: Guesses, clock: ManualClock) -> None:
    for _ in range(4):
        guesses.wrong(7, "192.0.2.1")
    guesses.right(7, "192.0.2.1")
    for _ in range(4):
        guesses.wrong(7, "192.0.2.1")
    assert _wait_s(guesses, 7, "192.0.2.1") == 0
    _pass(clock, limits.GUESSES_FORGOTTEN_S + 1)
    guesses.wrong(7, "192.0.2.1")
    assert _wait_s(guesses, 7, "192.0.2.1") == 0


def test_whoever_is_signed_in_makes_nobody_else_wait(guesses: Guesses) -> None:
    """A password that is asked for once more is guessed from no address in particular."""
    for _ in range(2 * limits.GUESSES_FREE_PER_ADDRESS):
        guesses.wrong(7, "")
    assert _wait_s(guesses, 7, "") > 0
    assert _wait_s(guesses, 8, "") == 0
    assert _wait_s(guesses, 8, "192.0.2.1") == 0
