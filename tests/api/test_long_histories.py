"""A user's tweets with a filter that leaves out nearly all: no page is much work, and none is missed."""

import asyncio
import json
from pathlib import Path

import pytest

from roost.limits import USER_SCAN_ROWS_MAX
from roost.model import PageRequest
from roost.service import UserTimelineFilter
from tests.api.client import Api, User, path_of
from tests.api.process import ServerProcess
from tests.service.ground import Ground

HAY = 2 * USER_SCAN_ROWS_MAX + 500


def hay(author_id: int) -> bytes:
    """Lines of tweets without a hashtag."""
    return b"\n".join(
        json.dumps({"type": "tweet", "author": author_id, "text": f"hay {number}"}).encode()
        for number in range(HAY)
    )


@pytest.fixture(scope="module")
def author(server: ServerProcess) -> User:
    """Two needles, one below and one above much hay."""
    made = server.user("farmer")
    made.status("the lower #needle")
    headers = {"Content-Type": "application/x-ndjson"}
    assert server.operator.call("POST", "/roost/v1/ingest", hay(int(made.id)), headers).status == 200
    made.status("the upper #needle")
    return made


def pages(caller: Api, path: str, relation: str, **query: object) -> list[list[str]]:
    """The contents of each page to the end; upwards, to the first page that has no link or nothing new."""
    found: list[list[str]] = []
    answer = caller.get(path, **query)
    while True:
        found.append([status["content"] for status in answer.ok()])
        url = answer.links().get(relation)
        if url is None:
            return found
        answer = caller.get(path_of(url))


@pytest.mark.parametrize("limit", [1, 20, 40])
def test_pages_go_on_where_the_last_one_stopped(author: User, nobody: Api, limit: int) -> None:
    path = f"/api/v1/accounts/{author.id}/statuses"
    down = pages(nobody, path, "next", tagged="needle", limit=limit)
    up = pages(nobody, path, "prev", tagged="needle", limit=limit, min_id=1)
    for walk, order in ((down, ("upper", "lower")), (up, ("lower", "upper"))):
        texts = [text for page in walk for text in page]
        assert len(texts) == 2
        assert all(word in text for word, text in zip(order, texts, strict=True))
        assert 3 <= len(walk) <= 6


def test_who_may_see_nothing_does_not_look_at_everything(server: ServerProcess, nobody: Api) -> None:
    shy = server.user("shy")
    headers = {"Content-Type": "application/x-ndjson"}
    assert server.operator.call("POST", "/roost/v1/ingest", hay(int(shy.id)), headers).status == 200
    shy.patch("/api/v1/accounts/update_credentials", {"locked": True}).ok()
    walk = pages(nobody, f"/api/v1/accounts/{shy.id}/statuses", "next", limit=40)
    assert len(walk) >= HAY // (USER_SCAN_ROWS_MAX + 80)
    assert not any(walk)


def test_others_get_their_turn(tmp_path: Path) -> None:
    """Counted in turns of the loop while one page is looked for."""
    ground = Ground(tmp_path)
    author_id = ground.user("farmer")
    ground.do(ground.service.bulk.ingest(hay(author_id).splitlines()))

    async def turns() -> int:
        leave_out = UserTimelineFilter(False, False, "needle")
        work = ground.service.timelines.user(0, author_id, PageRequest(20), leave_out)
        task, taken = asyncio.create_task(work), 0
        while not task.done():
            await asyncio.sleep(0)
            taken += 1
        assert (await task).items == ()
        return taken

    try:
        assert ground.do(turns()) >= USER_SCAN_ROWS_MAX // 40
    finally:
        ground.stop()
        ground.close()
