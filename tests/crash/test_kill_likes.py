"""Likes outlive a server that is killed as they come in: each is one notification, in one group, packed."""

import contextlib
import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.api.client import Api
from tests.api.process import ServerProcess

pytestmark = pytest.mark.server

FANS = range(1_000, 1_090)
AT_ONCE = 9
KILLS_AFTER = (1, 4)
"""Answers that have come when the server is killed, with the next request on its way."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path).start()
    yield server
    server.kill()


def ingest(server: ServerProcess, lines: list[dict[str, Any]]) -> None:
    body = "\n".join(map(json.dumps, lines)).encode()
    headers = {"Content-Type": "application/x-ndjson"}
    assert server.operator.call("POST", "/roost/v1/ingest", body, headers).status == 200


def like_all(server: ServerProcess, tweet_id: str, kill_after: int | None) -> None:
    """Likes that stand are passed over, so that asking again is safe."""
    for number, first in enumerate(range(FANS.start, FANS.stop, AT_ONCE)):
        likes = [{"type": "like", "user": one, "tweet": tweet_id} for one in range(first, first + AT_ONCE)]
        if number != kill_after:
            ingest(server, likes)
            continue
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(ingest, server, likes)
            server.kill()
            with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
                sent.result()
        return


def test_no_like_is_told_twice_or_not_at_all(server: ServerProcess) -> None:
    author = server.user("author")
    ingest(server, [{"type": "user", "username": f"fan{one}", "id": one} for one in FANS])
    tweet_id = author.status("Viral")["id"]
    for kill_after in KILLS_AFTER:
        like_all(server, tweet_id, kill_after)
        server.start()
    like_all(server, tweet_id, None)
    reader = Api(server.url, author.token)
    found: list[dict[str, Any]] = []
    while page := reader.get("/api/v1/notifications", limit=40, **_below(found)).ok():
        found += page
    assert sorted(int(each["account"]["id"]) for each in found) == list(FANS)
    (group,) = reader.get("/api/v2/notifications").ok()["notification_groups"]
    assert group["notifications_count"] == len(FANS)
    assert group["most_recent_notification_id"] == int(found[0]["id"])
    assert {each["group_key"] for each in found} == {group["group_key"]}
    server.stop()


def _below(found: list[dict[str, Any]]) -> dict[str, str]:
    return {"max_id": found[-1]["id"]} if found else {}
