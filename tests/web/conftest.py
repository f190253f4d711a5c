"""A server, and browsers; without Chromium, these tests say so and skip.

The browser ends with the package: while it is open, Playwright keeps an event loop running in the thread of
the tests, in which nothing else could call `asyncio.run`.
"""

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.api.client import User
from tests.api.process import ServerProcess
from tests.web.browser import Reader

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=20_000)
_SCREENSHOTS = Path(__file__).resolve().parents[2] / ".screenshots"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if _CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="package")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ServerProcess]]:
    """Starts servers with settings of their own, each on a port that it has again after a restart."""
    started: list[ServerProcess] = []

    def start(**settings: str) -> ServerProcess:
        server = ServerProcess(tmp_path_factory.mktemp("web"), **{"port": str(free_port()), **settings})
        started.append(server)
        return server.start()

    yield start
    try:
        for server in started:
            if server.is_running:
                server.stop()
    finally:
        for server in started:
            server.kill()


@pytest.fixture(scope="package")
def server(start_server: Callable[..., ServerProcess]) -> ServerProcess:
    return start_server()


@pytest.fixture
def reader(browser: Browser) -> Iterator[Callable[..., Reader]]:
    """Opens browser profiles; at the end, none may have complained."""
    opened: list[Reader] = []

    def open_one(server: ServerProcess, **options: object) -> Reader:
        found = Reader(browser, server.url, **options)  # type: ignore[arg-type]
        opened.append(found)
        return found

    yield open_one
    for found in opened:
        found.close()


@pytest.fixture
def author(server: ServerProcess) -> User:
    return server.user("author")


@pytest.fixture
def viewer(server: ServerProcess, author: User) -> User:
    found = server.user("viewer")
    found.follow(author)
    return found


@pytest.fixture
def window(server: ServerProcess, reader: Callable[..., Reader], viewer: User) -> Reader:
    found = reader(server)
    found.use(viewer.token)
    return found


@pytest.fixture(scope="package")
def screenshots() -> Path:
    """Where this run leaves pictures of the pages, for a person to look at."""
    _SCREENSHOTS.mkdir(exist_ok=True)
    return _SCREENSHOTS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    count = len(list(_SCREENSHOTS.glob("*.png"))) if _SCREENSHOTS.exists() else 0
    if count:
        terminalreporter.write_line(f"{count} screenshots of the web app are in {_SCREENSHOTS}")
