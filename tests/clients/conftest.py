"""One real server for all clients, and clients that end with their tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.api.client import User
from tests.api.process import ServerProcess
from tests.clients.mastodon_py import MastodonPy
from tests.clients.toot import Toot


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The server that most tests here share; each makes accounts of its own on it."""
    found = ServerProcess(tmp_path_factory.mktemp("server"))
    try:
        yield found.start()
        found.stop()
    finally:
        found.kill()


@pytest.fixture
def start_mastodon_py(tmp_path: Path) -> Iterator[Callable[[], MastodonPy]]:
    """Starts Mastodon.py, not yet connected to anything."""
    started: list[MastodonPy] = []

    def start() -> MastodonPy:
        started.append(MastodonPy(tmp_path / f"mastodon_py_{len(started)}"))
        return started[-1]

    yield start
    for client in started:
        client.close()


@pytest.fixture
def mastodon_py(start_mastodon_py: Callable[[], MastodonPy]) -> Callable[[User], MastodonPy]:
    """Mastodon.py with the token of a user."""
    return lambda user: start_mastodon_py().open(access_token=user.token, api_base_url=user.url)


@pytest.fixture
def toot(tmp_path: Path) -> Toot:
    """toot on a machine where it has never run."""
    return Toot(tmp_path / "toot")


@pytest.fixture
def alice(server: ServerProcess) -> User:
    return server.user("alice")


@pytest.fixture
def bob(server: ServerProcess) -> User:
    return server.user("bob")


@pytest.fixture
def carol(server: ServerProcess) -> User:
    return server.user("carol")
