"""`roost load` as an operator types it: real processes against a running server."""

import asyncio
import sys
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from roost.load import Report
from tests.load.ground import Ground, grounded, on_a_server

ROOST = str(Path(sys.executable).with_name("roost"))


async def roost(*words: object) -> tuple[int, str, str]:
    """Exit status, and what was printed to either side, without line breaks of the terminal's width."""
    process = await asyncio.create_subprocess_exec(
        ROOST, *map(str, words), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), " ".join(err.decode().split())


async def reports(*words: object) -> list[Report]:
    status, out, err = await roost(*words, "--json")
    assert status == 0, err
    return msgspec.json.decode(out, type=list[Report])


def test_generate_fills_the_server_of_a_data_folder(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        words = ("load", "generate", "--data", tmp_path, "--users", 300, "--follows-mean", 10, "--seed", 3)
        users, follows, tweets = await reports(*words, "--tweets", 200)
        assert (users.lines, users.refused) == (300, 0)
        assert 2_000 < follows.edges < 4_000
        assert (tweets.lines, tweets.refused) == (200, 0)
        await ground.applied()
        found = ground.running.node.service.operations.statistics()
        assert (found.users, found.follows) == (300, follows.edges)
        again_users, again_follows = await reports(*words)
        assert again_users.passed_over == 300
        assert (again_follows.edges, again_follows.passed_over) == (0, follows.lines)

    on_a_server(tmp_path, work)


def test_generate_with_a_rate_and_an_address(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        where = ("--url", f"{ground.running.url}/", "--token", ground.running.token)
        made = await reports("load", "generate", *where, "--users", 50, "--tweets", 40, "--rate", 400)
        assert [report.step for report in made] == ["users", "follows", "tweets"]
        assert made[2].lines == 40

    on_a_server(tmp_path, work)


def test_replay_of_files(tmp_path: Path) -> None:
    follows, activity = tmp_path / "follows.txt", tmp_path / "activity.txt"
    follows.write_text("0 1\n1 2\n")
    activity.write_text("0 1 100 RT\n1 2 101 RE\n2 0 102 MT\n1 1 103 RT\n")

    async def work(ground: Ground) -> None:
        files = ("--follows", follows, "--activity", activity)
        where = ("--data", tmp_path / "data", "--offset", 1)
        users, made_follows, played = await reports("load", "replay", *files, *where, "--limit", 3)
        assert (users.lines, made_follows.edges, played.lines) == (3, 2, 5)
        assert (await ground.get("/api/v1/accounts/lookup?acct=u0"))["id"] == "1"
        status, out, _ = await roost("load", "replay", *files, *where, "--speed", 1_000)
        assert status == 0
        assert "activity" in out
        assert "p99 ms" in out

    on_a_server(tmp_path / "data", work)


def test_users_that_belong_to_others_end_a_run(tmp_path: Path) -> None:
    """Nobody's follows must change because a file's numbers are somebody's ids."""
    follows = tmp_path / "follows.txt"
    follows.write_text("1 2\n")

    async def work(ground: Ground) -> None:
        await reports("load", "generate", "--data", tmp_path / "data", "--users", 2, "--follows-mean", 0)
        status, out, err = await roost("load", "replay", "--data", tmp_path / "data", "--follows", follows)
        assert status == 1
        assert "users: line 1 was refused" in out
        assert "follows" not in out
        assert "the server already has other users of these names or ids: use a new data folder" in err
        assert "--seed" not in err
        await ground.applied()
        assert ground.running.node.service.operations.statistics().follows == 0

    on_a_server(tmp_path / "data", work)


def test_another_population_is_refused_with_a_hint(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        words = ("load", "generate", "--data", tmp_path, "--follows-mean", 0, "--users", 40)
        await reports(*words)
        status, out, err = await roost(*words, "--seed", 1, "--first-id", 500)
        assert status == 1
        assert out.count("was refused: Username has already been taken") == 5
        assert "users: the first 5 of " in out
        assert "the server already has other users of these names or ids: use a new data folder" in err
        assert "the --users, --seed and --first-id that they were made with" in err

    on_a_server(tmp_path, work)


def test_what_a_file_has_twice_is_told(tmp_path: Path) -> None:
    follows, activity = tmp_path / "follows.txt", tmp_path / "activity.txt"
    follows.write_text("1 2\n2 2\n1 2\n1 2\n")
    activity.write_text("1 2 100 RT\n1 2 101 RT\n")

    async def work(ground: Ground) -> None:
        words = ("load", "replay", "--data", tmp_path / "data", "--follows", follows)
        users, made_follows, played = await reports(*words, "--activity", activity)
        assert (users.left_out, made_follows.left_out, played.left_out) == (0, 3, 1)
        status, out, _ = await roost(*words)
        assert status == 0
        assert "follows: 3 lines of the file were left out" in out

    on_a_server(tmp_path / "data", work)


def test_a_server_that_comes_late_is_waited_for_and_that_is_said(tmp_path: Path) -> None:
    """The command starts first; what it says on stderr is what the server waits for."""

    async def main() -> None:
        async with grounded(tmp_path) as ground:
            port = urlsplit(ground.running.url).port
            for path, form in (
                ("/roost/v1/users", {"username": "importer"}),
                ("/roost/v1/tokens", {"username": "importer", "token": "given", "scopes": "ingest read"}),
            ):
                await ground.calls.ask("POST", path, msgspec.json.encode(form))
        where = ("--url", f"http://127.0.0.1:{port}", "--token", "given")
        process = await asyncio.create_subprocess_exec(
            *(ROOST, "load", "generate", *where, "--users", "3", "--follows-mean", "0"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        heard = b""
        while b"trying again for up to 60 s" not in heard:
            some = await process.stderr.read(4_096)
            assert some, heard.decode()
            heard += some
        async with grounded(tmp_path, port=port):
            _, rest = await process.communicate()
        assert process.returncode == 0, rest.decode()
        assert (heard + rest).count(b"no answer from") == 1

    asyncio.run(main())


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["generate", "--data", "nowhere"], "No server runs on the data folder nowhere: start one"),
        (["generate", "--url", "http://localhost"], "--url and --token go together"),
        (
            ["generate", "--url", "ftp://x", "--token", "t"],
            "--url 'ftp://x' is no address of a server, such as",
        ),
        (["generate", "--url", "no address", "--token", "t"], "--url 'no address' is no address of a server"),
        (["generate", "--url", "localhost:8080", "--token", "t"], "is no address of a server"),
        (["generate", "--url", "http://", "--token", "t"], "is no address of a server"),
        (["generate", "--url", "http://x:99999", "--token", "t"], "is no address of a server"),
        (["generate", "--url", "http://[x", "--token", "t"], "is no address of a server"),
        (
            ["generate", "--url", "http://x", "--token", "a\nb"],
            "The token has a blank, a line break or another",
        ),
        (["replay"], "Nothing to replay: give --follows, --activity, or both"),
        (["replay", "--follows", "no-such-file"], "no-such-file cannot be read: No such file"),
        (["replay", "--follows", "bad.txt"], "bad.txt, line 2: has to be `follower followee`"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.txt").write_text("1 2\n3\n")
    status, _, err = asyncio.run(roost("load", *words))
    assert status == 1
    assert problem in err
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [["load", "generate"], ["load", "replay"], ["demo"]])
def test_help_has_examples(words: list[str]) -> None:
    status, out, _ = asyncio.run(roost(*words, "--help"))
    assert status == 0
    assert f"roost {' '.join(words)}" in out.partition("Examples:")[2]
