"""toot's own integration tests, from its source archive as they are, against a real server."""

import subprocess
import tarfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.process import ServerProcess
from tests.clients.environment import ARCHIVES, client_program, variables
from tests.clients.toot_expected import MISSING, TESTS, Missing

pytestmark = [pytest.mark.server, pytest.mark.client]

ADDRESS = "http://localhost:3000"
"""Two of the tests have this address written into them."""
SUITE_S = 300
SHOWN_CHARACTERS = 6_000
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
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """toot's source, unpacked."""
    archives = sorted(ARCHIVES.glob("toot-*.tar.gz"))
    if not archives:
        pytest.skip(f"toot's source archive is not in {ARCHIVES}: `make test` could not download it")
    folder = tmp_path_factory.mktemp("toot")
    with tarfile.open(archives[-1]) as archive:
        archive.extractall(folder, filter="data")
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def failures(server: ServerProcess, source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """How each test failed, by its name; empty for those that passed."""
    folder = tmp_path_factory.mktemp("run")
    report = folder / "report.xml"
    words = ["-m", "pytest", "tests/integration", "-p", "no:cacheprovider", "-W", "ignore"]
    ended = subprocess.run(
        [client_program("python"), *words, f"--junitxml={report}"],
        cwd=source,
        # As a proxy the server is reached at any address: port 3000 need not be free on this machine.
        env=variables(folder, TOOT_TEST_BASE_URL=ADDRESS, http_proxy=server.url),
        capture_output=True,
        text=True,
        timeout=SUITE_S,
        check=False,
    )
    assert ended.returncode in (0, 1), (ended.stdout + ended.stderr)[-SHOWN_CHARACTERS:]
    return outcomes_of(report)


def outcomes_of(report: Path) -> dict[str, str]:
    """pytest's report in JUnit's form, as the texts of failures by test."""
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.attrib['classname'].rpartition('.')[2]}.py::{case.attrib['name']}"
        found[name] = "\n".join(f"{part.tag}: {part.get('message')}\n{part.text}" for part in case)
    return found


def test_every_test_is_run(failures: dict[str, str]) -> None:
    assert len(failures) == TESTS
    assert set(failures) >= LISTED


def test_whatever_is_there_works(failures: dict[str, str]) -> None:
    unexpected = {name: text for name, text in failures.items() if text and name not in LISTED}
    assert not unexpected, "\n\n".join(f"{name}\n{text}" for name, text in unexpected.items())


@pytest.mark.parametrize("missing", MISSING, ids=lambda missing: missing.feature)
def test_what_is_not_there_is_why_tests_fail(
    failures: dict[str, str], server: ServerProcess, missing: Missing
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
