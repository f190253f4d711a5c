"""How often a host is asked, against a naive count."""

from hypothesis import given
from hypothesis import strategies as st

from roost.links import HostRates

STEPS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=60)


@given(STEPS, st.integers(1, 4), st.integers(1, 5), st.integers(0, 4))
def test_requests_are_as_far_apart_as_they_have_to_be(
    steps: list[tuple[str, int]], per_s: int, at_once: int, wait_s: int
) -> None:
    """Whenever a request may be made, fewer than `at_once` were in any stretch that allows no more."""
    rates, now_s = HostRates(per_s, at_once, wait_s), 0.0
    made: dict[str, list[float]] = {}
    for host, pause in steps:
        now_s += pause / 8
        wait = rates.take(host, now_s)
        times = made.setdefault(host, [])
        if wait is None:
            assert len(times) > wait_s * per_s, "nobody is turned away without need"
            continue
        assert 0 <= wait <= wait_s
        times.append(now_s + wait)
    for times in made.values():
        assert times == sorted(times)
        for first, later in zip(times, times[at_once:], strict=False):
            assert later - first >= 1 / per_s - 1e-9


@given(st.lists(st.integers(0, 50), max_size=100))
def test_no_more_hosts_are_known_than_there_is_room_for(hosts: list[int]) -> None:
    rates, now_s = HostRates(1, 1, 0, hosts_max=5), 0.0
    for host in hosts:
        now_s += 0.4
        rates.take(str(host), now_s)
        assert len(rates) <= 5


def test_a_host_is_not_forgotten_while_it_has_to_rest() -> None:
    rates = HostRates(1, 1, 0, hosts_max=1)
    assert rates.take("a", 0.0) == 0
    assert rates.take("b", 0.5) is None
    assert rates.take("a", 0.5) is None
    assert rates.take("b", 1.0) == 0
