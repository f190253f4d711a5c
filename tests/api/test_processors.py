"""A real server with rows that cannot be read: what fails on them is a dead letter, everything else goes on,
and operators list, retry, drop and rebuild at the command line."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from roost.cli import app
from roost.errors import RoostError
from roost.store import Batch, KeyValueStore, open_rocksdb, tables
from tests.api.client import User
from tests.api.process import ServerProcess

_UNREADABLE = b"\xc1 not a row"
_LOOKS = 5_000


@pytest.fixture
def own(start_server: Callable[..., ServerProcess]) -> Iterator[ServerProcess]:
    """A server that is allowed to write errors to its log."""
    server = start_server()
    yield server
    server.kill()


class Commands:
    def __init__(self, server: ServerProcess) -> None:
        self._folder = server.data_folder

    def __call__(self, *words: object, status: int = 0, columns: int = 300) -> str:
        """What `roost processors ...` prints, in one line. In this process: to start one takes seconds."""
        command = ["processors", *map(str, words), "--data", str(self._folder)]
        found = CliRunner().invoke(app, command, env={"COLUMNS": str(columns)})
        if isinstance(found.exception, RoostError):
            return found.exception.text
        assert found.exit_code == status, (found.output, found.exception)
        return " ".join(found.output.split())

    def dead(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self("dead", "counts", "--json"))
        return found

    def state(self, name: str = "counts") -> dict[str, Any]:
        (found,) = (each for each in json.loads(self("--json")) if each["name"] == name)
        return dict(found)


def _counts_row(folder: Path, tweet_id: str, value: bytes | None) -> bytes | None:
    """Look at the row of a tweet's counts where no server runs, and put another value there."""

    async def change() -> bytes | None:
        store = KeyValueStore(open_rocksdb(folder / "store"))
        key = tables.TWEET_COUNTS.encode_key((int(tweet_id),))
        held = store.get_raw(key)
        batch = Batch()
        if value is not None:
            batch.put_raw(key, value)
            await store.write(batch)
        await store.close()
        return held

    return asyncio.run(change())


def _like(server: ServerProcess, user: User, tweet_id: str) -> None:
    """Without a look at the tweet, whose counts may be unreadable."""
    line = json.dumps({"type": "like", "user": int(user.id), "tweet": int(tweet_id)}).encode()
    answer = server.operator.call("POST", "/roost/v1/ingest", line, {"Content-Type": "application/x-ndjson"})
    assert answer.status == 200, answer.text
    assert b"error" not in answer.body, answer.text


def _likes_of(user: User, tweet_id: str) -> int:
    return int(user.get(f"/api/v1/statuses/{tweet_id}").ok()["favourites_count"])


def test_dead_letters_from_the_first_failure_to_the_rebuild(own: ServerProcess) -> None:
    ann, bob, carol, dora = (own.user(name) for name in ("ann", "bob", "carol", "dora"))
    healthy, broken, mended = (ann.post("/api/v1/statuses", {"status": each}).ok()["id"] for each in "abc")
    for tweet_id in (healthy, broken, mended):
        _like(own, bob, tweet_id)
    own.stop()
    folder, roost = own.data_folder, Commands(own)
    kept = _counts_row(folder, mended, _UNREADABLE)
    assert kept is not None
    assert _counts_row(folder, broken, _UNREADABLE) is not None

    own.start()
    for user in (carol, dora):
        for tweet_id in (broken, healthy, mended):
            _like(own, user, tweet_id)
    for _ in range(_LOOKS):
        if (found := roost.state())["dead_letters"] == 4 and found["lag_events"] == 0:
            break
    assert (found["dead_letters"], found["state"], found["lag_events"]) == (4, "running", 0)
    assert _likes_of_after(own, ann, healthy) == 3, "the log goes on"
    letters = roost.dead()
    assert {each["event"] for each in letters} == {"TweetLiked"}
    assert {each["attempts"] for each in letters} == {5}
    assert all("Corrupt: A row of tweet_counts cannot be read" in each["error"] for each in letters)
    said = roost("dead")
    assert "TweetLiked" in said
    assert "counts" in said
    assert roost("dead", "home") == "There are no dead letters."
    assert "running" in roost()

    own.kill()
    _counts_row(folder, mended, kept)
    own.start()
    of_mended = [letters[1]["position"], letters[3]["position"]]
    assert roost("retry", "counts", of_mended[0]) == "1 applied, 0 failed again."
    assert _likes_of_after(own, ann, mended) == 2
    assert roost("drop", "counts", of_mended[1]) == "1 dropped."
    assert "0 applied, 2 failed again." in roost("retry", "counts", "--all", status=1)
    assert [each["attempts"] for each in roost.dead()] == [6, 6]

    assert "counts is rebuilt." in roost("rebuild", "counts")
    assert roost.dead() == []
    assert roost.state()["rebuild"]["phase"] == "done"
    for tweet_id in (healthy, broken, mended):
        assert _likes_of_after(own, ann, tweet_id) == 3, "also what was dropped"


def _likes_of_after(server: ServerProcess, user: User, tweet_id: str) -> int:
    again = User(server.url, user.token, user.id, user.username, server.nobody.contract)
    return _likes_of(again, tweet_id)


def test_what_commands_refuse(server: ServerProcess) -> None:
    roost = Commands(server)
    assert "There is no processor nothing" in roost("rebuild", "nothing", status=1)
    assert "push is none of those that are rebuilt" in roost("rebuild", "push", status=1)
    assert "say --all; not both" in roost("retry", "counts", status=1)
    assert "say --all; not both" in roost("drop", "counts", 3, "--all", status=1)
    assert "counts has no dead letter of position 3" in roost("drop", "counts", 3, status=1)
    assert roost("retry", "counts", "--all") == "0 applied, 0 failed again."


@pytest.mark.parametrize("columns", [80, 60])
def test_narrow_windows_cut_no_names(server: ServerProcess, columns: int) -> None:
    shown = Commands(server)(columns=columns).split()
    names = {each["name"] for each in server.operator.get("/roost/v1/processors").ok()}
    assert "notifications" in names
    assert names <= set(shown)
    assert columns < 80 or "…" not in " ".join(shown)


def test_processors_are_for_operators(server: ServerProcess, alice: User) -> None:
    server.nobody.get("/roost/v1/processors").refused(401)
    alice.get("/roost/v1/processors").refused(403)
    for change in ("retry", "drop", "rebuild"):
        alice.post(f"/roost/v1/processors/counts/{change}", {}).refused(403)
    assert server.operator.post("/roost/v1/processors/counts/retry", {}).refused(422)
    names = [each["name"] for each in server.operator.get("/roost/v1/processors").ok()]
    assert names[:3] == ["home", "counts", "polls"]
    assert names == [each["name"] for each in server.operator.get("/roost/v1/stats").ok()["processors"]]
    assert server.operator.get("/roost/v1/processors/dead_letters").ok() == []


@pytest.mark.parametrize(
    "name", ["home", "polls", "notifications", "conversations", "weeks", "search", "trends"]
)
def test_each_is_rebuilt_while_it_serves(server: ServerProcess, alice: User, name: str) -> None:
    posted = alice.post("/api/v1/statuses", {"status": f"Before the rebuild of {name}"}).ok()["id"]
    assert f"{name} is rebuilt." in Commands(server)("rebuild", name)
    home = [each["id"] for each in alice.get("/api/v1/timelines/home").ok()]
    assert posted in home
