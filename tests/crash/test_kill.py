"""Nothing accepted is lost: a real server under load is killed at random moments, many times.

Four users do all that processors care about, as fast as they can, and one of them listens. Whatever was not
answered is sent again after the restart, posts with the same Idempotency-Key. In the end everything that was
ever answered with success is there, exactly once, and all that is derived of it is what the tables say.
"""

import contextlib
import html
import os
import random
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.server import ServerProcess
from tests.crash.writers import Ear, Shared, Writer

pytestmark = pytest.mark.server

KILLS = 30
SEED = 20_261_123
USERS = 4
PAGE = 40
SETTINGS = {
    "capacity_users": 1_024,
    "capacity_follows": 1 << 16,
    "capacity_rings": 64,
    "ring_entries": 32,
    "column_tweets": 512,
    "snapshot_interval_s": 0.4,
    "log_keep_events": 50,
}


def start(folder: Path) -> ServerProcess:
    server = ServerProcess(folder, SETTINGS)
    server.wait_until_ready()
    return server


def kill_while_starting(folder: Path, chooser: random.Random) -> None:
    """Start a server, and kill it at some moment of its start."""
    server = ServerProcess(folder, SETTINGS)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.process.wait(chooser.uniform(0.05, 2.0))
    server.kill()


def all_pages(server: ServerProcess, path: str, token: str) -> list[Any]:
    """A list of statuses walked to its end by max_id."""
    found: list[Any] = []
    page = server.ask("GET", f"{path}?limit={PAGE}", token=token)
    while page:
        found += page
        page = server.ask("GET", f"{path}?limit={PAGE}&max_id={page[-1]['id']}", token=token)
    return found


@pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="a server without machine code is no test"
)
def test_nothing_accepted_is_lost(tmp_path: Path) -> None:
    chooser = random.Random(SEED)
    shared = Shared()
    server = start(tmp_path)
    ids = [server.ask("POST", "/roost/v1/users", {"username": f"user{n}"})["id"] for n in range(USERS)]
    tokens = [server.ask("POST", "/roost/v1/tokens", {"username": f"user{n}"})["token"] for n in range(USERS)]
    writers = [Writer(number, token, ids, SEED, shared) for number, token in enumerate(tokens)]
    ear = Ear(tokens[0], ids[0], shared)
    shared.serve_at(server.url)
    ear.start()
    assert ear.listens.wait(60)
    for writer in writers:
        writer.start()
    for kill in range(KILLS):
        shared.wait_for_answers(shared.answered + chooser.randint(1, 150))
        server.kill()
        if kill % 3 == 2:
            kill_while_starting(tmp_path, chooser)
        server = start(tmp_path)
        shared.serve_at(server.url)
    shared.wait_for_answers(shared.answered + 50)
    shared.stopping = True
    for writer in writers:
        writer.join(60)
        assert writer.failure is None
    try:
        for writer in writers:
            check(server, writer, shared)
        verified = server.ask("POST", "/roost/v1/verify", {"users": USERS})
        wrong = [each for each in verified["subjects"] if each["differing"]]
        assert verified["differing"] == 0, wrong
        idle = [each for each in verified["subjects"] if not each["compared"]]
        assert [each["name"] for each in idle if not each["left_open"]] == [], "or it says why"
    finally:
        server.stop()
    ear.join(60)
    check_ear(ear, writers[0])


def check(server: ServerProcess, writer: Writer, shared: Shared) -> None:
    every = all_pages(server, f"/api/v1/accounts/{writer.user_id}/statuses", writer.token)
    assert every[0]["account"]["statuses_count"] == len(every)
    posted = [status for status in every if status["reblog"] is None]
    assert len({status["id"] for status in posted}) == len(posted), "a tweet is there twice"
    assert {text_of(status): status["id"] for status in posted} == writer.texts
    retweeted = {status["reblog"]["id"] for status in every if status["reblog"]}
    assert retweeted == writer.retweets - shared.deleted
    liked = statuses(server, sorted(writer.likes), writer.token)
    assert {status["id"] for status in liked if status["favourited"]} == writer.likes - shared.deleted
    for poll, choice in writer.votes.items():
        if poll not in shared.deleted:
            assert server.ask("GET", f"/api/v1/polls/{poll}", token=writer.token)["own_votes"] == [choice]
    members = server.ask("GET", f"/api/v1/lists/{writer.list_id}/accounts?limit=0", token=writer.token)
    assert {each["id"] for each in members} == {other for other, is_on in writer.members.items() if is_on}
    query = "&".join(f"id[]={other}" for other in writer.follows)
    for relation in server.ask("GET", f"/api/v1/accounts/relationships?{query}", token=writer.token):
        assert relation["following"] is writer.follows[relation["id"]]


def statuses(server: ServerProcess, ids: list[str], token: str) -> list[Any]:
    """Those of some that are there."""
    found: list[Any] = []
    for start in range(0, len(ids), PAGE):
        query = "&".join(f"id[]={status_id}" for status_id in ids[start : start + PAGE])
        found += server.ask("GET", f"/api/v1/statuses?{query}", token=token)
    return found


def text_of(status: Any) -> str:
    """What its author wrote."""
    return html.unescape(re.sub("<[^>]+>", "", status["content"]))


def check_ear(ear: Ear, writer: Writer) -> None:
    """Each event came once and in order, and nothing was missed without being told so."""
    assert ear.positions == sorted(ear.positions)
    assert len(set(ear.heard)) == len(ear.heard), "a tweet was told twice"
    assert set(writer.texts.values()) <= {*ear.heard, *ear.fetched}
