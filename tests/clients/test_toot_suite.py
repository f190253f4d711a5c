"""toot's own integration tests, from its source archive as they are, against a real server."""

from collections.abc import Iterator, Mapping

import pytest

from tests.api.process import ServerProcess
from tests.clients.environment import ARCHIVES
from tests.clients.suites import ADDRESS, run_suite, unpack

pytestmark = [pytest.mark.server, pytest.mark.client]

SUITE_S = 300
TESTS = 114
"""How many tests the archive holds that requirements/toot-tests.txt names."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server that says it is at `ADDRESS`."""
    found = ServerProcess(tmp_path_factory.mktemp("server"), public_url=ADDRESS, for_you_list="false")
    try:
        yield found.start()
        found.stop()
    finally:
        found.kill()


@pytest.fixture(scope="module")
def failures(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """How each test failed, by its name; empty for those that passed."""
    source = unpack(ARCHIVES, "toot-*.tar.gz", tmp_path_factory.mktemp("toot"))
    folder = tmp_path_factory.mktemp("run")
    words = ("tests/integration", "-W", "ignore")
    return run_suite(source, folder, words, server.url, SUITE_S, TOOT_TEST_BASE_URL=ADDRESS)


def test_every_test_is_run(failures: Mapping[str, str]) -> None:
    assert len(failures) == TESTS


def test_all_of_them_pass(failures: Mapping[str, str]) -> None:
    failed = {name: text for name, text in failures.items() if text}
    assert not failed, "\n\n".join(f"{name}\n{text}" for name, text in failed.items())
