"""Servers for the tests of the HTTP API: real processes, shared as far as their state allows."""

from collections.abc import Callable, Iterator

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess

_LOG_CHARACTERS = 6_000
_servers: list[ServerProcess] = []


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ServerProcess]]:
    """Starts servers with settings of their own; those that still run at the end are stopped cleanly."""
    started: list[ServerProcess] = []

    def start(**settings: str) -> ServerProcess:
        server = ServerProcess(tmp_path_factory.mktemp("server"), **settings)
        started.append(server)
        _servers.append(server)
        return server.start()

    yield start
    try:
        for server in started:
            if server.is_running:
                server.stop()
    finally:
        for server in started:
            server.kill()


@pytest.fixture(scope="session")
def server(start_server: Callable[..., ServerProcess]) -> ServerProcess:
    """The server that most tests share; each makes accounts of its own on it."""
    return start_server()


@pytest.fixture
def nobody(server: ServerProcess) -> Api:
    """A caller without a token."""
    return server.nobody


@pytest.fixture
def alice(server: ServerProcess) -> User:
    return server.user("alice")


@pytest.fixture
def bob(server: ServerProcess) -> User:
    return server.user("bob")


@pytest.fixture
def carol(server: ServerProcess) -> User:
    return server.user("carol")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Show what the servers logged beside a test that failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.failed:
        for server in _servers:
            report.sections.append((f"log of {server.url}", server.log()[-_LOG_CHARACTERS:]))
