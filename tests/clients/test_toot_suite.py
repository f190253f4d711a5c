"""toot's own integration tests, from its source archive as they are, against a real server."""

from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from tests.api.process import ServerProcess
from tests.clients.environment import ARCHIVES
from tests.clients.suites import ADDRESS, run_suite, unpack
from tests.clients.toot_expected import MISSING, TESTS, Missing

pytestmark = [pytest.mark.server, pytest.mark.client]

SUITE_S = 300
LISTED = {name for missing in MISSING for name in missing.tests}


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
    assert set(failures) >= LISTED


def test_whatever_is_there_works(failures: Mapping[str, str]) -> None:
    unexpected = {name: text for name, text in failures.items() if text and name not in LISTED}
    assert not unexpected, "\n\n".join(f"{name}\n{text}" for name, text in unexpected.items())


@pytest.mark.parametrize("missing", MISSING, ids=lambda missing: missing.feature)
def test_what_is_not_there_is_why_tests_fail(
    failures: Mapping[str, str], server: ServerProcess, missing: Missing
) -> None:
    method, _, path = missing.endpoint.partition(" ")
    contract = server.nobody.contract
    assert contract is not None
    assert method.lower() not in contract.document["paths"].get(path, {}), "it is there: amend the list"
    for name in missing.tests:
        assert missing.sign in failures[name], f"{name}: {failures[name] or 'it passes: amend the list'}"


def test_no_test_is_listed_twice() -> None:
    listed = Counter(name for missing in MISSING for name in missing.tests)
    assert max(listed.values(), default=1) == 1
