"""One hypothesis profile for all tests: the same examples in every run, none of them judged by the clock.

And what takes minutes while it mostly sleeps is begun before the first test, and looked at after the last.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.clients import beside

EXAMPLES = 15 if os.environ.get("NUMBA_DISABLE_JIT") == "1" else 50
"""Kernels that run as plain Python are a hundred times slower and get fewer examples."""

settings.register_profile("roost", derandomize=True, deadline=None, database=None, max_examples=EXAMPLES)
settings.load_profile("roost")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that collect what ran beside the others come last."""
    items.sort(key=lambda item: item.get_closest_marker("beside") is not None)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    wanted = any(item.get_closest_marker("beside") is not None for item in session.items)
    if wanted and not session.config.option.collectonly:
        beside.begin()
    try:
        yield
    finally:
        beside.end()
