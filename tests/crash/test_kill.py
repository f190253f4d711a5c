"""Nothing accepted is lost: a real server under load is killed at random moments, many times.

Four users post, follow, unfollow and like as fast as they can. Whatever was not answered is sent again after
the restart, posts with the same Idempotency-Key. In the end everything that was ever answered with success is
there, exactly once.
"""

import contextlib
import http.client
import json
import os
import random
import subprocess
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from benchmarks.server import ServerProcess

pytestmark = pytest.mark.server

KILLS = 30
SEED = 20_261_123
USERS = 4
SETTINGS = {
    "capacity_users": 1_024,
    "capacity_follows": 1 << 16,
    "capacity_rings": 64,
    "ring_entries": 32,
    "column_tweets": 512,
    "snapshot_interval_s": 0.4,
    "log_keep_events": 50,
}


class Shared:
    """What the writers and the killer know of one another."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.url = ""
        self.answered = 0
        self.stopping = False

    def serve_at(self, url: str) -> None:
        with self.changed:
            self.url = url
            self.changed.notify_all()

    def wait_for_server(self, dead_url: str) -> str:
        """The address of a server other than the one that died; empty when there will be none."""
        with self.changed:
            while self.url in ("", dead_url) and not self.stopping:
                self.changed.wait(60)
            return self.url

    def note_answer(self) -> None:
        with self.changed:
            self.answered += 1
            self.changed.notify_all()

    def wait_for_answers(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.answered >= count, 60), "the writers stand still"


class Writer(threading.Thread):
    """One user who never stops. Keeps account of what was answered."""

    def __init__(self, number: int, token: str, others: list[str], shared: Shared) -> None:
        super().__init__(daemon=True)
        self.token = token
        self.texts: dict[str, str] = {}
        """Text -> the id it was answered with."""
        self.follows: dict[str, bool] = {}
        self.likes: set[str] = set()
        self.failure: BaseException | None = None
        self._others = others
        self._chooser = random.Random(SEED + number)
        self._name = number
        self._shared = shared

    def run(self) -> None:
        try:
            self._run()
        except BaseException as cause:
            self.failure = cause
            raise

    def _run(self) -> None:
        step = 0
        while not self._shared.stopping:
            step += 1
            choice = self._chooser.random()
            if choice < 0.7 or not self.texts:
                text = f"tweet {step} of user {self._name}"
                found = self._until_answered("POST", "/api/v1/statuses", {"status": text}, key=text)
                self.texts[text] = found["id"]
            elif choice < 0.85:
                other = self._chooser.choice(self._others)
                wanted = self._chooser.random() < 0.6
                verb = "follow" if wanted else "unfollow"
                found = self._until_answered("POST", f"/api/v1/accounts/{other}/{verb}", {})
                assert found["following"] is wanted
                self.follows[other] = wanted
            else:
                tweet_id = self._chooser.choice(list(self.texts.values()))
                found = self._until_answered("POST", f"/api/v1/statuses/{tweet_id}/favourite", {})
                assert found["favourited"] is True
                self.likes.add(tweet_id)

    def _until_answered(self, method: str, path: str, body: dict[str, Any], key: str = "") -> Any:
        url = self._shared.url
        while True:
            try:
                found = ask(url, self.token, method, path, body, key)
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                if self._shared.stopping:
                    raise SystemExit from None
                url = self._shared.wait_for_server(url)
                continue
            self._shared.note_answer()
            return found


def ask(url: str, token: str, method: str, path: str, body: Any = None, key: str = "") -> Any:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        raw = answer.read()
        assert answer.status == 200, (answer.status, raw)
        return json.loads(raw)
    finally:
        connection.close()


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
    page = server.ask("GET", f"{path}?limit=40", token=token)
    while page:
        found += page
        page = server.ask("GET", f"{path}?limit=40&max_id={page[-1]['id']}", token=token)
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
    writers = [
        Writer(number, tokens[number], [other for other in ids if other != ids[number]], shared)
        for number in range(USERS)
    ]
    shared.serve_at(server.url)
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
        check(server, writers, ids)
    finally:
        server.stop()


def check(server: ServerProcess, writers: list[Writer], ids: list[str]) -> None:
    for writer, user_id in zip(writers, ids, strict=True):
        posted = all_pages(server, f"/api/v1/accounts/{user_id}/statuses", writer.token)
        there = {text_of(status): status["id"] for status in posted}
        assert len(there) == len(posted), "a tweet is there twice"
        # The last post of each may have been durable without having been answered.
        extra = set(there) - set(writer.texts)
        assert len(extra) <= 1
        assert {text: there.get(text) for text in writer.texts} == writer.texts
        assert posted[0]["account"]["statuses_count"] == len(posted)
        for status in posted:
            assert status["favourites_count"] == int(status["favourited"])
        liked = {status["id"] for status in posted if status["favourited"]}
        assert writer.likes <= liked
        assert len(liked - writer.likes) <= 1
        query = "&".join(f"id[]={other}" for other in writer.follows)
        relations = server.ask("GET", f"/api/v1/accounts/relationships?{query}", token=writer.token)
        wrong = [r["id"] for r in relations if r["following"] is not writer.follows[r["id"]]]
        assert len(wrong) <= 1, "only the change under way at the end may differ"
    verified = server.ask("POST", "/roost/v1/verify", {"users": USERS})
    assert verified["differing"] == 0, verified


def text_of(status: Any) -> str:
    text: str = status["content"].removeprefix("<p>").removesuffix("</p>")
    return text
