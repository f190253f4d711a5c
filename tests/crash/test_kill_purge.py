"""The purge of a deleted account outlives a server that is killed in the middle of it, again and again."""

import contextlib
import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.client import Api, User
from tests.api.oauth import PASSWORD
from tests.api.process import ServerProcess

pytestmark = pytest.mark.server

KILLS = 4
LIKED = 30
TWEETS = 2_000
LOOKS = 20_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path).start()
    yield server
    server.kill()


def ingest(server: ServerProcess, lines: list[dict[str, object]]) -> list[str]:
    """The ids of what was made."""
    body = "\n".join(map(json.dumps, lines)).encode()
    answer = server.operator.call("POST", "/roost/v1/ingest", body, {"Content-Type": "application/x-ndjson"})
    assert answer.status == 200
    return [json.loads(line).get("id", "") for line in answer.text.splitlines() if line]


def counts(reader: Api, status_ids: list[str]) -> list[int]:
    """Likes and answers of some statuses, together."""
    found = reader.get("/api/v1/statuses", id=status_ids).ok()
    return [each["favourites_count"] + each["replies_count"] for each in found]


def test_a_purge_goes_on_after_every_kill(server: ServerProcess) -> None:
    gone = server.user("gone", email="gone@roost.example", password=PASSWORD)
    alice = server.user("alice")
    liked = [alice.status(f"Number {number}")["id"] for number in range(LIKED)]
    answers = [
        {"type": "tweet", "author": gone.id, "text": "x", "reply_to": liked[number % LIKED]}
        for number in range(TWEETS)
    ]
    for start in range(0, TWEETS, 500):
        ingest(server, answers[start : start + 500])
    ingest(server, [{"type": "like", "user": gone.id, "tweet": each} for each in liked])
    whole = sum(counts(alice, liked))
    assert whole == TWEETS + LIKED
    gone.post("/roost/v1/account/delete", {"password": PASSWORD}).ok()
    seen, looks = [whole], []
    for _ in range(KILLS):
        reader = Api(server.url, alice.token)
        with contextlib.suppress(OSError, http.client.HTTPException):
            for _ in range(LOOKS):
                left = sum(counts(reader, liked))
                if left < seen[-1]:
                    looks.append(left)
                    break
        server.kill()
        server.start()
        seen.append(sum(counts(Api(server.url, alice.token), liked)))
    assert 0 < looks[0] < whole, "the first kill came in the middle"
    reader = Api(server.url, alice.token)
    for _ in range(LOOKS):
        if not any(counts(reader, liked)):
            break
    assert counts(reader, liked) == [0] * LIKED
    assert seen == sorted(seen, reverse=True), "nothing came back"
    who = User(server.url, alice.token, alice.id, alice.username)
    assert who.get(f"/api/v1/statuses/{liked[0]}/context").ok()["descendants"] == []
    server.stop()
