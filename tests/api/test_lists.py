"""Lists: made, changed, and who is on them."""

import json
from typing import Any

import pytest

from tests.api.client import Answer, Api, User, path_of
from tests.api.process import ServerProcess

LISTS = "/api/v1/lists"


def make(owner: User, title: str = "Friends", **terms: Any) -> str:
    """A new list's path."""
    return f"{LISTS}/{owner.post(LISTS, {'title': title, **terms}).ok()['id']}"


def add(owner: User, path: str, *members: User) -> Answer:
    return owner.post(f"{path}/accounts", {"account_ids": [member.id for member in members]})


def remove(owner: User, path: str, *members: User) -> Answer:
    body = json.dumps({"account_ids": [member.id for member in members]}).encode()
    return owner.call("DELETE", f"{path}/accounts", body, {"Content-Type": "application/json"})


def own_lists(owner: User) -> list[dict[str, Any]]:
    return [found for found in owner.get(LISTS).ok() if found["title"] != "For you"]


class TestLists:
    def test_made_shown_changed_and_deleted(self, alice: User) -> None:
        assert own_lists(alice) == []
        made = alice.post(LISTS, {"title": " Birds "}).ok()
        assert made == {"id": made["id"], "title": "Birds", "replies_policy": "list", "exclusive": False}
        path = f"{LISTS}/{made['id']}"
        assert alice.get(path).ok() == made
        form = [("title", "Bees"), ("replies_policy", "followed"), ("exclusive", "1")]
        changed = alice.form(path, form, "PUT").ok()
        assert changed == {**made, "title": "Bees", "replies_policy": "followed", "exclusive": True}
        assert alice.form(path, [("replies_policy", "none")], "PUT").ok()["title"] == "Bees"
        second = alice.post(LISTS, {"title": "Second", "replies_policy": "none", "exclusive": True}).ok()
        assert [found["id"] for found in own_lists(alice)] == [made["id"], second["id"]]
        assert alice.delete(path).ok() == {}
        assert own_lists(alice) == [second]
        for answer in (alice.get(path), alice.delete(path), alice.form(path, [("title", "x")], "PUT")):
            answer.refused(404)

    @pytest.mark.parametrize(
        "terms",
        [{}, {"title": "  "}, {"title": "x" * 257}, {"title": "x", "replies_policy": "all"}],
    )
    def test_terms_that_are_none(self, alice: User, terms: dict[str, str]) -> None:
        alice.post(LISTS, terms).refused(422)
        assert own_lists(alice) == []

    def test_how_many(self, alice: User) -> None:
        for number in range(50):
            make(alice, f"List {number}")
        assert "50 lists" in alice.post(LISTS, {"title": "One more"}).refused(422)

    def test_others_lists_are_not_there(self, alice: User, bob: User, nobody: Api) -> None:
        bob.follow(alice)
        path = make(alice)
        for answer in (
            bob.get(path),
            bob.form(path, [("title", "x")], "PUT"),
            bob.delete(path),
            bob.get(f"{path}/accounts"),
            add(bob, path, alice),
            remove(bob, path, alice),
            bob.get(f"/roost/v1/lists/{path.rpartition('/')[2]}/tags"),
            bob.get(f"{LISTS}/0"),
            bob.get(f"{LISTS}/x"),
        ):
            answer.refused(404)
        nobody.get(path).refused(401)
        assert own_lists(bob) == []

    def test_scopes(self, server: ServerProcess, alice: User, nobody: Api) -> None:
        reader = Api(server.url, server.token(alice.username, "read:lists"), nobody.contract)
        assert reader.get(LISTS).status == 200
        reader.post(LISTS, {"title": "x"}).refused(403)


class TestMembers:
    def test_put_on_and_taken_off(self, alice: User, bob: User, carol: User) -> None:
        alice.follow(bob, carol)
        path = make(alice)
        assert add(alice, path, bob, carol).ok() == {}
        assert alice.get(f"{path}/accounts").ids == [carol.id, bob.id]
        assert add(alice, path, alice).ok() == {}
        assert alice.get(f"{path}/accounts", limit=0).ids == [alice.id, carol.id, bob.id]
        assert remove(alice, path, carol, carol).ok() == {}
        assert remove(alice, path, carol).ok() == {}
        assert alice.call("DELETE", f"{path}/accounts?account_ids[]={alice.id}").ok() == {}
        assert alice.get(f"{path}/accounts").ids == [bob.id]

    def test_whom_one_does_not_follow(self, alice: User, bob: User, carol: User) -> None:
        alice.follow(bob)
        path = make(alice)
        add(alice, path, bob, carol).refused(404)
        alice.post(f"{path}/accounts", {"account_ids": ["1"]}).refused(404)
        alice.post(f"{path}/accounts", {"account_ids": ["x"]}).refused(422)
        alice.post(f"{path}/accounts", {}).refused(422)
        assert alice.get(f"{path}/accounts").ids == []

    def test_once(self, alice: User, bob: User, carol: User) -> None:
        alice.follow(bob, carol)
        path = make(alice)
        add(alice, path, bob, bob).refused(422)
        add(alice, path, bob).ok()
        add(alice, path, carol, bob).refused(422)
        assert alice.get(f"{path}/accounts").ids == [bob.id]
        assert add(alice, make(alice, "Another"), bob).ok() == {}

    def test_a_deleted_list_has_no_members(self, alice: User, bob: User) -> None:
        alice.follow(bob)
        path = make(alice)
        add(alice, path, bob).ok()
        of_bob = f"/api/v1/accounts/{bob.id}/lists"
        assert len(alice.get(of_bob).ok()) == 1
        alice.delete(path).ok()
        assert alice.get(of_bob).ok() == []

    def test_who_is_not_followed_any_more(self, server: ServerProcess, alice: User) -> None:
        """However the follow ended."""
        others = [server.user("member") for _ in range(4)]
        alice.follow(*others)
        paths = [make(alice), make(alice, "Second")]
        for path in paths:
            add(alice, path, *others).ok()
        assert alice.get(f"/api/v1/accounts/{others[0].id}/lists").ids == [
            path.rpartition("/")[2] for path in paths
        ]
        alice.post(f"/api/v1/accounts/{others[0].id}/unfollow").ok()
        alice.post(f"/api/v1/accounts/{others[1].id}/block").ok()
        others[2].post(f"/api/v1/accounts/{alice.id}/remove_from_followers").ok()
        for path in paths:
            assert alice.get(f"{path}/accounts").ids == [others[3].id]
        others[3].post(f"/api/v1/accounts/{alice.id}/block").ok()
        for path in paths:
            assert alice.get(f"{path}/accounts").ids == []
        alice.follow(others[0])
        assert alice.get(f"{paths[0]}/accounts").ids == []
        assert alice.get(f"/api/v1/accounts/{others[0].id}/lists").ok() == []
        alice.get("/api/v1/accounts/1/lists").refused(404)

    def test_others_lists_of_an_account_are_not_told(self, alice: User, bob: User, carol: User) -> None:
        for owner in (alice, bob):
            owner.follow(carol)
        add(alice, make(alice), carol).ok()
        assert bob.get(f"/api/v1/accounts/{carol.id}/lists").ok() == []
        assert carol.get(f"/api/v1/accounts/{carol.id}/lists").ok() == []

    @pytest.mark.parametrize("limit", [1, 2, 5])
    def test_pages(self, server: ServerProcess, alice: User, limit: int) -> None:
        members = [server.user("member") for _ in range(5)]
        alice.follow(*members)
        path = make(alice)
        for member in members:
            add(alice, path, member).ok()
        ids = [member.id for member in reversed(members)]
        assert alice.walk(f"{path}/accounts", limit=limit) == ids
        assert alice.walk(f"{path}/accounts", "prev", limit=limit, min_id=1) == ids
        assert "link" not in alice.get(f"{path}/accounts", limit=0).headers

    @pytest.mark.parametrize("limit", [1, 2, 5])
    def test_pages_while_members_are_put_there(self, server: ServerProcess, alice: User, limit: int) -> None:
        members = [server.user("member") for _ in range(8)]
        alice.follow(*members)
        path = make(alice)
        late = members[5:]
        add(alice, path, *members[:5]).ok()
        ids = [member.id for member in reversed(members[:5])]
        answer = alice.get(f"{path}/accounts", limit=limit)
        found = answer.ids
        while "next" in answer.links():
            if late:
                add(alice, path, late.pop(0)).ok()
            answer = alice.get(path_of(answer.links()["next"]))
            found += answer.ids
        assert found == ids
        answer, upwards = alice.get(f"{path}/accounts", limit=limit, min_id=1), []
        while answer.ids:
            upwards = answer.ids + upwards
            if late:
                add(alice, path, late.pop(0)).ok()
            answer = alice.get(path_of(answer.links()["prev"]))
        assert upwards == alice.get(f"{path}/accounts", limit=0).ids


class TestTags:
    def test_put_on_and_taken_off(self, alice: User) -> None:
        path = make(alice).replace("/api/", "/roost/") + "/tags"
        assert alice.get(path).ok() == {"tags": []}
        assert alice.post(path, {"tags": ["#Birds", "bees", "BIRDS"]}).ok() == {"tags": ["bees", "birds"]}
        assert alice.post(path, {"tags": ["birds"]}).ok() == {"tags": ["bees", "birds"]}
        assert alice.call("DELETE", f"{path}?tags[]=Bees").ok() == {"tags": ["birds"]}
        assert alice.get(path).ok() == {"tags": ["birds"]}
        for wrong in ([], ["#"], ["two words"], [f"tag{number}" for number in range(51)]):
            if wrong:
                alice.post(path, {"tags": wrong}).refused(422)
        assert alice.get(path).ok() == {"tags": ["birds"]}
