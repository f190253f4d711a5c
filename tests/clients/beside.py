"""What runs beside the tests: Mastodon.py's own suite, once a session."""

from tests.clients.mastodon_py_suite import Suite

_suites: list[Suite] = []


def begin() -> None:
    _suites.append(Suite())
    _suites[-1].start()


def suite() -> Suite:
    """The suite that was begun before the first test."""
    return _suites[-1]


def end() -> None:
    while _suites:
        _suites.pop().end()
