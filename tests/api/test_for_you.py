"""Ranked timelines: "For you", and catching up."""

from collections.abc import Callable

import pytest

from tests.api.client import Api, User, path_of
from tests.api.process import ServerProcess

FOR_YOU = "/api/v1/timelines/list/1"
NATIVE = "/roost/v1/timelines/for_you"
CATCH_UP = "/roost/v1/timelines/home/catchup"


@pytest.fixture
def statuses(server: ServerProcess, alice: User) -> list[str]:
    """What the first reader may see, the best first: by likes, then the newest."""
    author, fans = server.user("author"), [server.user("fan") for _ in range(3)]
    alice.follow(author)
    made = author.statuses(12)
    for number, fan in enumerate(fans):
        for status_id in made[6 : 9 - number]:
            fan.do("favourite", status_id)
    return [*made[6:9], *made[:6], *made[9:]]


class TestList:
    def test_first_of_all_lists_and_read_only(self, alice: User, bob: User) -> None:
        alice.follow(bob)
        first = alice.get("/api/v1/lists").ok()[0]
        assert first == {"id": "1", "title": "For you", "replies_policy": "list", "exclusive": False}
        path = "/api/v1/lists/1"
        assert alice.get(path).ok() == first
        assert alice.get(f"{path}/accounts").ids == []
        for answer in (
            alice.form(path, {"title": "Mine"}, "PUT"),
            alice.delete(path),
            alice.post(f"{path}/accounts", {"account_ids": [bob.id]}),
            alice.call("DELETE", f"{path}/accounts?account_ids[]={bob.id}"),
            alice.post("/roost/v1/lists/1/tags", {"tags": ["birds"]}),
        ):
            assert "made by the server" in answer.refused(403)

    def test_can_be_left_out(self, start_server: Callable[..., ServerProcess]) -> None:
        server = start_server(for_you_list="false")
        user = server.user("user")
        assert user.get("/api/v1/lists").ok() == []
        assert user.get(NATIVE).ok() == []
        server.stop()

    def test_needs_a_user(self, nobody: Api) -> None:
        for path in (FOR_YOU, NATIVE, CATCH_UP):
            nobody.get(path).refused(401)


@pytest.mark.parametrize("path", [FOR_YOU, NATIVE])
class TestPages:
    def test_the_best_first(self, alice: User, statuses: list[str], path: str) -> None:
        assert alice.get(path).ids == statuses
        assert alice.get(path, limit=40).links().keys() == {"prev"}

    @pytest.mark.parametrize("limit", [1, 5, 12])
    @pytest.mark.parametrize("by_link", [True, False])
    def test_pages_fit_whatever_happens(
        self, server: ServerProcess, alice: User, statuses: list[str], path: str, limit: int, by_link: bool
    ) -> None:
        """By the Link header, and by the last status's id alone."""
        author, fan = server.user("newcomer"), server.user("fan")
        alice.follow(author)
        answer = alice.get(path, limit=limit)
        found, ends = answer.ids, [answer.ids[0]]
        while answer.ids and len(found) < len(statuses):
            author.status("An arrival")
            fan.do("favourite", statuses[-1])
            url = path_of(answer.links()["next"])
            answer = alice.get(url) if by_link else alice.get(path, limit=limit, max_id=found[-1])
            found += answer.ids
            ends.append(answer.ids[0])
        assert found == statuses
        back: list[str] = []
        while "prev" in answer.links():
            answer = alice.get(path_of(answer.links()["prev"]))
            back = answer.ids + back
        assert [*back, *found[len(back) :]] == statuses

    def test_what_one_may_no_longer_see(self, alice: User, bob: User, statuses: list[str], path: str) -> None:
        alice.follow(bob)
        gone = bob.status("Soon gone")["id"]
        alice.get(path, limit=1).ok()
        bob.delete(f"/api/v1/statuses/{gone}").ok()
        loud = bob.status("Loud")["id"]
        alice.post(f"/api/v1/accounts/{bob.id}/mute").ok()
        assert alice.get(path, limit=40, max_id=statuses[0]).ids == statuses[1:]
        assert loud not in alice.get(path).ids

    def test_new_ones_by_since_id(self, alice: User, statuses: list[str], path: str) -> None:
        assert alice.get(path).ids == statuses
        assert alice.get(path, since_id=statuses[0]).ids == []
        assert alice.get(path, since_id=statuses[5], limit=2).ids == statuses[:2]
        assert alice.get(path, min_id=statuses[5], limit=2).ids == statuses[3:5]
        assert alice.get(path, max_id="5").ids == []

    def test_a_status_once(self, alice: User, bob: User, carol: User, path: str) -> None:
        alice.follow(bob, carol)
        original = bob.status("Original")["id"]
        reblog = carol.do("reblog", original)["id"]
        found = alice.get(path).ids
        assert len(found) == 1
        assert found[0] in (original, reblog)


class TestCatchUp:
    def test_the_oldest_first_from_the_marker_on(self, alice: User, bob: User) -> None:
        alice.follow(bob)
        ids = bob.statuses(7)
        alice.post("/api/v1/markers", {"home": {"last_read_id": ids[5]}}).ok()
        answer = alice.get(CATCH_UP, limit=2)
        found = answer.ok()
        assert (found["order"], found["last_read_id"]) == ("oldest", ids[5])
        assert (found["unread_count"], found["unread_count_is_exact"]) == (5, True)
        shown = [status["id"] for status in found["statuses"]]
        while "next" in answer.links():
            answer = alice.get(path_of(answer.links()["next"]))
            shown += [status["id"] for status in answer.ok()["statuses"]]
        assert shown == ids[4::-1]

    @pytest.mark.parametrize("limit", [1, 3])
    def test_what_arrives_meanwhile_comes_last(self, alice: User, bob: User, limit: int) -> None:
        alice.follow(bob)
        ids = bob.statuses(7)
        alice.post("/api/v1/markers", {"home": {"last_read_id": ids[-1]}}).ok()
        answer, shown, arrived = alice.get(CATCH_UP, limit=limit), [], []
        while True:
            shown += [status["id"] for status in answer.ok()["statuses"]]
            if "next" not in answer.links():
                break
            if len(arrived) < 2:
                arrived.append(bob.status("An arrival")["id"])
            answer = alice.get(path_of(answer.links()["next"]))
        assert shown == [*ids[-2::-1], *arrived]

    def test_without_a_marker_from_the_beginning(self, alice: User, bob: User) -> None:
        alice.follow(bob)
        assert alice.get(CATCH_UP).ok()["statuses"] == []
        ids = bob.statuses(3)
        found = alice.get(CATCH_UP).ok()
        assert [status["id"] for status in found["statuses"]] == ids[::-1]
        assert found["last_read_id"] == "0"

    def test_nothing_is_unread(self, alice: User, bob: User) -> None:
        alice.follow(bob)
        ids = bob.statuses(2)
        alice.post("/api/v1/markers", {"home": {"last_read_id": ids[0]}}).ok()
        for order in ("oldest", "best"):
            found = alice.get(CATCH_UP, order=order).ok()
            assert (found["unread_count"], found["statuses"]) == (0, [])

    def test_the_best_since(self, alice: User, statuses: list[str]) -> None:
        newest = sorted(statuses, key=int, reverse=True)
        alice.post("/api/v1/markers", {"home": {"last_read_id": newest[8]}}).ok()
        unread = [status_id for status_id in statuses if int(status_id) > int(newest[8])]
        answer = alice.get(CATCH_UP, order="best", limit=3)
        assert answer.ok()["unread_count"] == 8
        shown = [status["id"] for status in answer.ok()["statuses"]]
        while "next" in answer.links():
            answer = alice.get(path_of(answer.links()["next"]))
            shown += [status["id"] for status in answer.ok()["statuses"]]
        assert shown == unread

    def test_orders_that_are_none(self, alice: User) -> None:
        alice.get(CATCH_UP, order="worst").refused(422)
