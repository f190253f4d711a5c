"""Every engine by name, and coroutine tests run to their end in a loop of their own."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from roost.store import KEYSPACES, KeyValueStore

ENGINES = sorted(KEYSPACES)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    runner: asyncio.Runner = pyfuncitem.funcargs["runner"]
    runner.run(pyfuncitem.obj(**arguments))
    return True


@pytest.fixture(autouse=True)
def runner() -> Iterator[asyncio.Runner]:
    """One loop for the test and for closing what it opened: a sync belongs to the loop it began in."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(params=ENGINES)
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], KeyValueStore]:
    """Opens a store of one engine in a folder of the test's own, by the folder's name."""
    return lambda name: KeyValueStore(KEYSPACES[request.param](tmp_path / name))


@pytest.fixture
def store(open_store: Callable[[str], KeyValueStore], runner: asyncio.Runner) -> Iterator[KeyValueStore]:
    opened = open_store("store")
    yield opened
    runner.run(opened.close())
