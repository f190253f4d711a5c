"""Votes outlive a server that is killed as they come in: each voter counts once, with what they chose."""

import contextlib
import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess

pytestmark = pytest.mark.server

KILLS = 2
VOTERS = 24
OPTIONS = ["a", "b", "c"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path).start()
    yield server
    server.kill()


def vote(url: str, poll_id: str, voter: User, choice: int) -> int:
    """The answer's status; 0 where the server went before it came."""
    caller = Api(url, voter.token)
    with contextlib.suppress(OSError, http.client.HTTPException):
        return caller.post(f"/api/v1/polls/{poll_id}/votes", {"choices": [choice]}).status
    return 0


def test_no_vote_is_lost_and_none_counted_twice(server: ServerProcess) -> None:
    asker = server.user("asker")
    voters = [server.user("voter") for _ in range(VOTERS)]
    poll: dict[str, Any] = {"options": OPTIONS, "expires_in": 3_600}
    poll_id = asker.status("Which?", poll=poll)["id"]
    accepted: set[int] = set()
    for kill in range(KILLS + 1):
        begun = Barrier(VOTERS + 1)

        def send(number: int, url: str = server.url, begun: Barrier = begun) -> int:
            begun.wait()
            return vote(url, poll_id, voters[number], number % len(OPTIONS))

        with ThreadPoolExecutor(VOTERS) as pool:
            answers = [pool.submit(send, number) for number in range(VOTERS)]
            begun.wait()
            if kill < KILLS:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    Api(server.url).get("/api/v1/instance")
                server.kill()
        statuses = [answer.result() for answer in answers]
        assert set(statuses) <= {0, 200, 422}
        twice = {number for number, status in enumerate(statuses) if status == 200} & accepted
        assert not twice, "a second vote was taken"
        accepted |= {number for number, status in enumerate(statuses) if status == 200}
        if kill < KILLS:
            server.start()
    seen = Api(server.url, asker.token).get(f"/api/v1/polls/{poll_id}").ok()
    counted = [option["votes_count"] for option in seen["options"]]
    assert (seen["voters_count"], counted) == (VOTERS, [VOTERS // len(OPTIONS)] * len(OPTIONS))
    for number, voter in enumerate(voters):
        own = Api(server.url, voter.token).get(f"/api/v1/polls/{poll_id}").ok()["own_votes"]
        assert own == [number % len(OPTIONS)]
    server.stop()
