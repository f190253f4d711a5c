"""A server that is killed while it writes its index finds what is there afterwards, and nothing else."""

import contextlib
import http.client
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.client import Api
from tests.api.process import ServerProcess

pytestmark = pytest.mark.server

KILLS = 3
SEED = 20_261_126


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path).start()
    yield server
    server.kill()


def found(server: ServerProcess, q: str) -> list[str]:
    ids: list[str] = []
    cursor = ""
    while cursor is not None:
        page = Api(server.url).get("/roost/v1/search", q=q, limit=40, cursor=cursor).ok()
        ids += [status["id"] for status in page["statuses"]]
        cursor = page["cursor"]
    return ids


def test_what_is_found_is_what_is_there_and_no_index_is_made_anew(server: ServerProcess) -> None:
    dice = random.Random(SEED)
    author = server.user("author")
    there: set[str] = set()
    edited: set[str] = set()
    for kill in range(KILLS):
        writer = Api(server.url, author.token)
        for number in range(dice.randint(20, 60)):
            action = dice.random()
            if action < 0.7 or not there:
                status = writer.post("/api/v1/statuses", {"status": f"heron {kill} {number}"}).ok()
                there.add(status["id"])
            elif action < 0.85:
                gone = dice.choice(sorted(there))
                writer.delete(f"/api/v1/statuses/{gone}").ok()
                there.remove(gone)
                edited.discard(gone)
            else:
                changed = dice.choice(sorted(there))
                writer.form(f"/api/v1/statuses/{changed}", {"status": f"heron gull {number}"}, "PUT").ok()
                edited.add(changed)
        if dice.random() < 0.5:  # a search waits for what was accepted, and so lets the index come along
            assert set(found(server, "heron")) == there
        with contextlib.suppress(OSError, http.client.HTTPException):
            server.kill()
        server.start()
        assert found(server, "heron") == sorted(there, key=int, reverse=True)
        assert set(found(server, "heron gull")) == edited
        search = server.operator.get("/roost/v1/stats").ok()["search"]
        assert (search["is_whole"], search["filled"]) == (True, 0)
    server.stop()
    assert "search index" not in server.log()
