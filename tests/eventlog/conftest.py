"""Every event log, each with the store that its rows ride to."""

import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.eventlog.ground import GROUNDS, Ground


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


@pytest.fixture(params=list(GROUNDS))
def ground(request: pytest.FixtureRequest, tmp_path: Path, runner: asyncio.Runner) -> Iterator[Ground]:
    opened = GROUNDS[request.param](tmp_path)
    yield opened
    runner.run(opened.close())


@pytest.fixture(params=[name for name, ground in GROUNDS.items() if ground.lasts])
def lasting(request: pytest.FixtureRequest, tmp_path: Path, runner: asyncio.Runner) -> Iterator[Ground]:
    """The grounds whose log can be opened again."""
    opened = GROUNDS[request.param](tmp_path)
    yield opened
    runner.run(opened.close())


@pytest.fixture
def short_tail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tail of the newest append only, so that all older reads go to the engine."""
    monkeypatch.setattr("roost.eventlog.tail.LOG_TAIL_EVENTS_MAX", 1)
