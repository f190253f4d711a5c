"""Commands that cannot do what they are asked: a sentence that says what to do, and nothing changed."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from roost.store import Batch, KeyValueStore, open_rocksdb, rows, tables
from tests.api.process import ServerProcess
from tests.api.test_bulletin import PNG

ROOST = Path(sys.executable).with_name("roost")


def refused(*words: object) -> str:
    """What is said, in one line."""
    done = subprocess.run([ROOST, *map(str, words)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())


@pytest.mark.parametrize("command", [["stats"], ["verify"]])
def test_what_only_looks_makes_no_server(tmp_path: Path, command: list[str]) -> None:
    folder = tmp_path / "none"
    said = refused(*command, "--data", folder)
    assert said.startswith(f"No server has run on the data folder {folder}: start one with `roost serve`")
    assert not folder.exists()


@pytest.mark.parametrize(
    "command",
    [
        ["serve", "--port", "0"],
        ["demo"],
        ["calibrate"],
        ["user", "add", "ann"],
        ["stats"],
        ["load", "generate"],
    ],
)
def test_a_data_folder_that_is_none(tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    said = refused(*command, "--data", file)
    assert str(file) in said
    assert "--data" in said
    assert file.read_text() == "not a folder"


def test_a_second_server_on_a_folder(server: ServerProcess) -> None:
    said = refused("serve", "--data", server.data_folder, "--port", 0)
    assert f"in use by the server at {server.url}" in said
    assert "--data" in said
    assert server.nobody.get("/roost/v1/health").status == 200


def test_a_port_that_is_taken(server: ServerProcess, tmp_path: Path) -> None:
    port = urlsplit(server.url).port
    said = refused("serve", "--data", tmp_path / "data", "--port", port)
    assert f"Cannot listen on 127.0.0.1:{port}: Address already in use" in said
    assert "--port" in said
    assert 'ARGS="--port 3000" after make' in said


def test_an_address_that_is_not_this_machines(tmp_path: Path) -> None:
    said = refused("serve", "--data", tmp_path / "data", "--host", "192.0.2.1", "--port", 0)
    assert "choose another with --host" in said


def test_names_that_look_like_markup(tmp_path: Path) -> None:
    said = refused(
        "load", "replay", "--follows", tmp_path / "[/x].txt", "--url", "http://127.0.0.1:9", "--token", "x"
    )
    assert "[/x].txt" in said


def done(server: ServerProcess, *words: object) -> str:
    """What a command prints that succeeds."""
    command = [ROOST, *map(str, words), "--data", server.data_folder]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout.strip()


def test_the_staff_at_the_command_line(server: ServerProcess, tmp_path: Path) -> None:
    done(server, "user", "add", "told_by_hand", "--id", 4_711, "--role", "moderator", "--locked")
    account = server.nobody.get("/api/v1/accounts/4711").ok()
    assert (account["locked"], account["roles"][0]["name"]) == (True, "Moderator")
    done(server, "user", "role", "told_by_hand", "user")
    done(server, "app", "add", "By hand", "--client-id", "by-hand", "--secret", "a secret")
    token = ("--token", "a-token-by-hand", "--client-id", "by-hand")
    assert done(server, "user", "token", "told_by_hand", *token) == "a-token-by-hand"
    done(server, "moderate", "told_by_hand", "suspend", "--reason", "Spam")
    assert server.nobody.get("/api/v1/accounts/4711").ok()["suspended"] is True
    done(server, "moderate", "told_by_hand", "unsuspend")
    made = done(server, "announce", "add", "By hand", "--until", "2100-01-01T00:00")
    assert f"{made}  By hand" in done(server, "announce", "list")
    done(server, "announce", "remove", made)
    picture = tmp_path / "parrot.png"
    picture.write_bytes(PNG)
    done(server, "emoji", "add", "by_hand", picture)
    assert "by_hand" in {each["shortcode"] for each in server.nobody.get("/api/v1/custom_emojis").ok()}
    done(server, "emoji", "remove", "by_hand")


def test_what_is_empty_says_so(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server()
    assert done(server, "announce", "list") == "There are no announcements."
    assert done(server, "trends", "barred") == "Nothing is kept from trending."
    statistics = done(server, "stats")
    assert "tweets visible after, p99" in statistics
    assert "none lately" in statistics
    assert "p50 and p99 are of the last ten minutes" in " ".join(statistics.split())


def test_what_the_staff_cannot_do(server: ServerProcess) -> None:
    where = ("--data", server.data_folder)
    for words in (
        ("moderate", "nobody_known", "suspend"),
        ("user", "token", "nobody_known"),
        ("user", "role", "nobody_known", "admin"),
    ):
        assert "There is no account nobody_known" in refused(*words, *where)
    assert "cannot be read" in refused("emoji", "add", "none", "/nowhere/none.png", *where)


def test_what_is_wrong_is_said_and_mended(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server()
    alice = server.user("alice")
    tweet_id = int(alice.statuses(3)[0])
    server.stop()
    asyncio.run(miscount(server.data_folder, tweet_id))
    where = ("--data", server.data_folder)
    found = subprocess.run([ROOST, "verify", "counts", *where], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    said = " ".join(found.stdout.split())
    assert "counts: 3 tweets' counts compared, 1 not as the tables say" in said
    assert f"counts of tweet {tweet_id} found TweetCounts(likes=7, retweets=0, replies=0, quotes=0)" in said
    assert "roost processors rebuild counts" in said
    done(server, "processors", "rebuild", "counts")
    assert "counts: 3 tweets' counts, as the tables say" in done(server, "verify", "--all")


async def miscount(folder: Path, tweet_id: int) -> None:
    store = KeyValueStore(open_rocksdb(folder / "store"))
    batch = Batch()
    batch.put(tables.TWEET_COUNTS, rows.CountsRow(tweet_id, 7, 0, 0, 0))
    await store.write(batch)
    await store.close()


def test_full_collections_pass_over_what_a_server_is_made_of(tmp_path: Path) -> None:
    """They stop everything while they look; compiled kernels alone are more than 100,000 objects."""
    program = """
import asyncio, gc, sys
from rich.console import Console
from roost.cli.serve import start_with_progress
from roost.config import Settings

async def main():
    settings = Settings(data_folder=sys.argv[1], port=0, capacity_users=1_024, capacity_follows=65_536)
    running = await start_with_progress(settings, Console(stderr=True, quiet=True))
    print(gc.get_freeze_count(), len(gc.get_objects()))
    await running.stop()

asyncio.run(main())
"""
    command = [sys.executable, "-c", program, tmp_path / "data"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    passed_over, looked_at = map(int, done.stdout.split())
    assert passed_over > 100_000
    assert looked_at < passed_over / 20
