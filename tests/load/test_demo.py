"""`roost demo` as a person types it: founded once, the same town afterwards, alive until Ctrl-C."""

import asyncio
import re
import signal
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from tests.load.ground import Ground, grounded

ROOST = str(Path(sys.executable).with_name("roost"))
PRINTED = re.compile(
    r"The town is at (?P<url>\S+)\s+username\s+(?P<username>\S+)\s+password\s+(?P<password>\S+)\s+"
    r"token\s+(?P<token>\S+)"
)
PEOPLE = 2_000

pytestmark = pytest.mark.server


class Introduction(NamedTuple):
    """What the command prints."""

    url: str
    username: str
    password: str
    token: str


def introduction(out: str) -> Introduction:
    found = PRINTED.search(out)
    assert found is not None, out
    told = Introduction(*found.groups())
    expected = f'curl -H "Authorization: Bearer {told.token}" "{told.url}/api/v1/timelines/home?limit=5"'
    assert expected in out
    return told


def run_once(folder: Path) -> Introduction:
    words = [ROOST, "demo", "--data", str(folder), "--port", "0", "--once"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return introduction(done.stdout)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Introduction]:
    """A town's folder, and what founding it printed."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, run_once(folder)


def test_the_town_is_there(town: tuple[Path, Introduction]) -> None:
    folder, told = town
    assert stat.S_IMODE((folder / "town.json").stat().st_mode) == 0o600

    async def look(ground: Ground) -> None:
        await ground.applied()
        found = ground.running.node.service.operations.statistics()
        assert found.users == PEOPLE + 1
        assert found.follows > PEOPLE * 25
        own = await ground.get("/api/v1/accounts/verify_credentials", told.token)
        assert (own["username"], own["following_count"]) == ("guest", 100)
        home = await ground.get("/api/v1/timelines/home?limit=40", told.token)
        assert len(home) == 40
        assert len({status["language"] for status in home if status["language"]}) >= 4

    async def main() -> None:
        async with grounded(folder) as ground:
            await look(ground)

    asyncio.run(main())


def test_the_second_run_goes_on_with_the_same_town(town: tuple[Path, Introduction]) -> None:
    folder, told = town
    record = (folder / "town.json").read_bytes()
    again = run_once(folder)
    assert again[1:] == told[1:]
    assert (folder / "town.json").read_bytes() == record


def test_it_lives_until_it_is_interrupted(town: tuple[Path, Introduction]) -> None:
    folder, told = town
    words = [ROOST, "demo", "--data", str(folder), "--port", "0", "--rate", "20"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = []
            while "curl" not in (line := process.stdout.readline()):
                assert line, "it ended before it had begun"
                lines.append(line)
            now = introduction("".join([*lines, line]))
            assert now.token == told.token
            request = urllib.request.Request(
                f"{now.url}/api/v1/timelines/home", headers={"Authorization": f"Bearer {now.token}"}
            )
            with urllib.request.urlopen(request) as answer:
                assert len(msgspec.json.decode(answer.read())) == 20
            process.send_signal(signal.SIGINT)
            _, err = process.communicate()
        finally:
            process.kill()
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert "Stopping" in err


def test_a_record_that_is_damaged_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "town.json").write_text("{")
    words = [ROOST, "demo", "--data", str(tmp_path), "--port", "0", "--once"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "town.json cannot be read" in " ".join(done.stderr.split()).replace("town. json", "town.json")
    assert "Traceback" not in done.stderr
