"""Promise 3: whoever wrote sees it in their next read, however busy the server is with others."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess

ROUNDS = 40
_WRITERS = 3
_FANS = 40


@pytest.fixture(scope="module")
def busy(server: ServerProcess) -> Iterator[User]:
    """Somebody who posts to many followers without a pause; the load ends with the module."""
    celebrity = server.user("celebrity")
    fans = [server.user("fan") for _ in range(_FANS)]
    for fan in fans:
        fan.follow(celebrity)
    stopping = threading.Event()

    def write(number: int) -> int:
        caller, reader = celebrity.unchecked(), fans[number].unchecked()
        written = 0
        while not stopping.is_set():
            status = caller.post("/api/v1/statuses", {"status": f"Load {number} {written}"}).ok()
            reader.post(f"/api/v1/statuses/{status['id']}/favourite").ok()
            assert reader.get("/api/v1/timelines/home").status == 200
            written += 1
        return written

    with ThreadPoolExecutor(_WRITERS) as pool:
        load: list[Future[int]] = [pool.submit(write, number) for number in range(_WRITERS)]
        try:
            yield celebrity
        finally:
            stopping.set()
        assert sum(future.result() for future in load) > 0


@pytest.fixture
def writer(busy: User, server: ServerProcess) -> User:
    user = server.user("writer")
    user.follow(busy)
    return user


def _own(user: User) -> dict[str, object]:
    found: dict[str, object] = user.get("/api/v1/accounts/verify_credentials").ok()
    return found


def test_posts_and_deletes(writer: User, nobody: Api) -> None:
    for number in range(ROUNDS):
        made = writer.status(f"Round {number}")
        path = f"/api/v1/statuses/{made['id']}"
        just_below = int(made["id"]) - 1  # others post so fast that the newest page may be past it already
        assert made["id"] in writer.home(min_id=just_below).ids
        assert writer.get(f"/api/v1/accounts/{writer.id}/statuses", limit=1).ids == [made["id"]]
        assert writer.get(path).ok()["content"] == f"<p>Round {number}</p>"
        assert made["id"] in writer.get("/api/v1/timelines/public", min_id=just_below).ids
        writer.delete(path).ok()
        assert made["id"] not in writer.home(min_id=just_below).ids
        assert writer.get(f"/api/v1/accounts/{writer.id}/statuses").ids == []
        assert writer.get(path).status == 404
        assert made["id"] not in nobody.get("/api/v1/timelines/public", min_id=just_below).ids


def test_the_count_of_one_s_statuses(writer: User) -> None:
    for number in range(ROUNDS):
        writer.status(f"Round {number}")
        assert _own(writer)["statuses_count"] == number + 1
    for number in range(ROUNDS):
        made = writer.status("Seen at once")
        assert (
            writer.get(f"/api/v1/statuses/{made['id']}").ok()["account"]["statuses_count"]
            == ROUNDS + number + 1
        )


def test_replies_and_quotes(writer: User) -> None:
    root = writer.status("root")["id"]
    for number in range(ROUNDS):
        reply = writer.status("reply", in_reply_to_id=root)["id"]
        assert writer.get(f"/api/v1/statuses/{root}").ok()["replies_count"] == number + 1
        assert writer.get(f"/api/v1/statuses/{root}/context").ok()["descendants"][-1]["id"] == reply
        writer.status("quote", quoted_status_id=root)
        assert writer.get(f"/api/v1/statuses/{root}").ok()["quotes_count"] == number + 1


def test_favourites_and_reblogs(writer: User, busy: User) -> None:
    for _ in range(ROUNDS):
        status_id = busy.status("React to this")["id"]
        path = f"/api/v1/statuses/{status_id}"
        writer.do("favourite", status_id)
        seen = writer.get(path).ok()
        assert (seen["favourited"], seen["favourites_count"]) == (True, 1)
        assert writer.get("/api/v1/favourites", limit=1).ids == [status_id]
        reblog = writer.do("reblog", status_id)["id"]
        seen = writer.get(path).ok()
        assert (seen["reblogged"], seen["reblogs_count"]) == (True, 1)
        assert writer.get(f"/api/v1/accounts/{writer.id}/statuses", limit=1).ids == [reblog]
        writer.do("unfavourite", status_id)
        writer.do("unreblog", status_id)
        seen = writer.get(path).ok()
        assert (seen["favourited"], seen["favourites_count"]) == (False, 0)
        assert (seen["reblogged"], seen["reblogs_count"]) == (False, 0)
        assert reblog not in writer.home().ids


def test_follows(writer: User, server: ServerProcess) -> None:
    other = server.user("other")
    status_id = other.status("Follow me")["id"]
    for number in range(ROUNDS):
        writer.follow(other)
        assert writer.relationship(other)["following"] is True
        assert status_id in writer.walk(
            "/api/v1/timelines/home", min_id=int(status_id) - 1, limit=40, relation="none"
        )
        assert writer.get(f"/api/v1/accounts/{writer.id}/following", limit=1).ids == [other.id]
        assert writer.get(f"/api/v1/accounts/{other.id}").ok()["followers_count"] == 1
        assert _own(writer)["following_count"] == 2
        writer.post(f"/api/v1/accounts/{other.id}/unfollow").ok()
        assert writer.relationship(other)["following"] is False
        assert status_id not in writer.home(min_id=int(status_id) - 1, limit=40).ids, f"round {number}"
        assert writer.get(f"/api/v1/accounts/{other.id}").ok()["followers_count"] == 0


@pytest.mark.parametrize(("verb", "listed"), [("block", "blocks"), ("mute", "mutes")])
def test_blocks_and_mutes(writer: User, server: ServerProcess, verb: str, listed: str) -> None:
    other = server.user("other")
    for _ in range(ROUNDS // 2):
        writer.follow(other)
        status_id = other.status("Now you see me")["id"]
        low = int(status_id) - 1
        assert status_id in writer.home(min_id=low, limit=40).ids
        writer.post(f"/api/v1/accounts/{other.id}/{verb}").ok()
        assert status_id not in writer.home(min_id=low, limit=40).ids
        assert status_id not in writer.get("/api/v1/timelines/public", min_id=low).ids
        assert writer.get(f"/api/v1/{listed}").ids == [other.id]
        writer.post(f"/api/v1/accounts/{other.id}/un{verb}").ok()
        assert writer.get(f"/api/v1/{listed}").ids == []
        assert status_id in writer.get("/api/v1/timelines/public", min_id=low).ids


def test_profiles(writer: User) -> None:
    status_id = writer.status("By whom?")["id"]
    for number in range(ROUNDS):
        name = f"Name {number}"
        writer.patch("/api/v1/accounts/update_credentials", {"display_name": name}).ok()
        assert _own(writer)["display_name"] == name
        assert writer.get(f"/api/v1/statuses/{status_id}").ok()["account"]["display_name"] == name
        assert writer.home(min_id=int(status_id) - 1, limit=1).ok()[0]["account"]["display_name"] == name


def test_a_change_goes_for_others_too(writer: User, server: ServerProcess) -> None:
    """A block, a protected account, a deletion: from the answer on, nobody sees more than they may."""
    other = server.user("other")
    for _ in range(ROUNDS // 2):
        status_id = writer.status("For the moment")["id"]
        other.follow(writer)
        assert status_id in other.home().ids
        writer.post(f"/api/v1/accounts/{other.id}/block").ok()
        assert status_id not in other.home().ids
        assert other.get(f"/api/v1/statuses/{status_id}").status == 404
        writer.post(f"/api/v1/accounts/{other.id}/unblock").ok()
        other.follow(writer)
        writer.delete(f"/api/v1/statuses/{status_id}").ok()
        assert status_id not in other.home().ids
        assert other.get(f"/api/v1/statuses/{status_id}").status == 404
