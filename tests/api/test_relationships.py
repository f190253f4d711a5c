"""Follow, block, mute, and what they do to lists and timelines."""

import itertools

import pytest

from tests.api.client import Api, User, parameters_of, path_of
from tests.api.process import ServerProcess

_NOTHING = {
    "following": False,
    "followed_by": False,
    "requested": False,
    "requested_by": False,
    "blocking": False,
    "blocked_by": False,
    "muting": False,
    "muting_notifications": False,
}


def _facts(relationship: dict[str, object]) -> dict[str, object]:
    return {name: relationship[name] for name in _NOTHING}


def _do(caller: User, verb: str, other: User, **parameters: object) -> dict[str, object]:
    found: dict[str, object] = caller.post(f"/api/v1/accounts/{other.id}/{verb}", parameters).ok()
    assert found["id"] == other.id
    assert found == caller.relationship(other)
    return found


def test_follow_and_unfollow(alice: User, bob: User) -> None:
    assert _facts(alice.relationship(bob)) == _NOTHING
    for _ in range(2):
        assert _facts(_do(alice, "follow", bob)) == _NOTHING | {"following": True}
    assert _facts(bob.relationship(alice)) == _NOTHING | {"followed_by": True}
    for _ in range(2):
        assert _facts(_do(alice, "unfollow", bob)) == _NOTHING


def test_following_without_reblogs(alice: User, bob: User, carol: User) -> None:
    reblogged = carol.status("By Carol")
    assert _do(alice, "follow", bob, reblogs=False)["showing_reblogs"] is False
    bob.do("reblog", reblogged["id"])
    own = bob.status("By Bob")
    assert alice.home().ids == [own["id"]]
    assert _do(alice, "follow", bob)["showing_reblogs"] is False, "what is not said stays"
    assert _do(alice, "follow", bob, reblogs=True)["showing_reblogs"] is True
    assert len(alice.home().ids) == 2


def test_removing_a_follower(alice: User, bob: User) -> None:
    bob.follow(alice)
    assert _facts(_do(alice, "remove_from_followers", bob)) == _NOTHING
    assert bob.relationship(alice)["following"] is False


def test_a_block_ends_follows_both_ways(alice: User, bob: User) -> None:
    alice.follow(bob)
    bob.follow(alice)
    for _ in range(2):
        assert _facts(_do(alice, "block", bob)) == _NOTHING | {"blocking": True}
    assert _facts(bob.relationship(alice)) == _NOTHING | {"blocked_by": True}
    assert bob.post(f"/api/v1/accounts/{alice.id}/follow").refused(403)
    assert alice.post(f"/api/v1/accounts/{bob.id}/follow").refused(403)
    assert alice.get("/api/v1/blocks").ids == [bob.id]
    assert _facts(_do(alice, "unblock", bob)) == _NOTHING
    assert alice.get("/api/v1/blocks").ids == []


def test_a_block_ends_a_request(server: ServerProcess, bob: User) -> None:
    owner = server.user("owner", protected=True)
    assert bob.post(f"/api/v1/accounts/{owner.id}/follow").ok()["requested"] is True
    assert _facts(_do(owner, "block", bob)) == _NOTHING | {"blocking": True}
    assert owner.get("/api/v1/follow_requests").ids == []


def test_mute_and_unmute(alice: User, bob: User) -> None:
    alice.follow(bob)
    bob.status("Noise")
    muted = {"following": True, "muting": True, "muting_notifications": True}
    assert _facts(_do(alice, "mute", bob)) == _NOTHING | muted
    assert alice.home().ids == []
    assert alice.get("/api/v1/mutes").ids == [bob.id]
    assert _do(alice, "mute", bob, notifications=False)["muting_notifications"] is False
    assert _facts(_do(alice, "unmute", bob)) == _NOTHING | {"following": True}
    assert len(alice.home().ids) == 1
    assert alice.get("/api/v1/mutes").ids == []


def test_a_mute_says_when_it_ends(alice: User, bob: User) -> None:
    assert _do(alice, "mute", bob)["muting_expires_at"] is None
    ends = _do(alice, "mute", bob, duration=86_400)["muting_expires_at"]
    assert isinstance(ends, str)
    assert ends.endswith("Z")
    assert _do(alice, "mute", bob, duration=0)["muting_expires_at"] is None


@pytest.mark.parametrize(
    "verb", ["follow", "unfollow", "block", "unblock", "mute", "unmute", "remove_from_followers"]
)
def test_nobody_has_a_relationship_with_themselves_or_with_nobody(alice: User, verb: str) -> None:
    assert alice.post(f"/api/v1/accounts/{alice.id}/{verb}").refused(403)
    assert alice.post(f"/api/v1/accounts/1/{verb}").refused(404)
    assert alice.post(f"/api/v1/accounts/none/{verb}").status in (404, 422)


class TestProtected:
    @pytest.fixture
    def owner(self, server: ServerProcess) -> User:
        return server.user("owner", protected=True)

    def test_a_request_is_authorized(self, owner: User, bob: User) -> None:
        assert _facts(_do(bob, "follow", owner)) == _NOTHING | {"requested": True}
        assert owner.get("/api/v1/follow_requests").ids == [bob.id]
        assert owner.get("/api/v1/accounts/verify_credentials").ok()["source"]["follow_requests_count"] == 1
        secret = owner.status("For followers of a protected account")
        assert bob.home().ids == []
        found = owner.post(f"/api/v1/follow_requests/{bob.id}/authorize").ok()
        assert _facts(found) == _NOTHING | {"followed_by": True}
        assert bob.home().ids == [secret["id"]]
        assert owner.get("/api/v1/follow_requests").ids == []
        assert owner.post(f"/api/v1/follow_requests/{bob.id}/authorize").refused(404)

    def test_a_request_is_rejected(self, owner: User, bob: User) -> None:
        bob.follow(owner)
        assert _facts(owner.post(f"/api/v1/follow_requests/{bob.id}/reject").ok()) == _NOTHING
        assert _facts(bob.relationship(owner)) == _NOTHING
        assert owner.post(f"/api/v1/follow_requests/{bob.id}/reject").refused(404)

    def test_a_request_is_taken_back(self, owner: User, bob: User) -> None:
        bob.follow(owner)
        assert _facts(_do(bob, "unfollow", owner)) == _NOTHING
        assert owner.get("/api/v1/follow_requests").ids == []

    def test_nobody_else_can_answer_a_request(self, owner: User, bob: User, carol: User) -> None:
        bob.follow(owner)
        assert carol.post(f"/api/v1/follow_requests/{bob.id}/authorize").refused(404)
        assert bob.post(f"/api/v1/follow_requests/{bob.id}/authorize").status in (403, 404)
        assert bob.relationship(owner)["requested"] is True

    def test_followers_from_before_stay(self, alice: User, bob: User, carol: User) -> None:
        bob.follow(alice)
        alice.patch("/api/v1/accounts/update_credentials", {"locked": True}).ok()
        assert bob.relationship(alice)["following"] is True
        assert _facts(_do(carol, "follow", alice)) == _NOTHING | {"requested": True}

    def test_statuses_of_a_protected_account_are_private(self, owner: User, bob: User, nobody: Api) -> None:
        made = owner.status("Public, it says", visibility="public")
        assert made["visibility"] == "private"
        assert bob.get(f"/api/v1/statuses/{made['id']}").refused(404)
        assert nobody.get(f"/api/v1/accounts/{owner.id}/statuses").ids == []


def test_relationships_with_several(alice: User, bob: User, carol: User) -> None:
    alice.follow(bob)
    carol.follow(alice)
    found = alice.get("/api/v1/accounts/relationships", id=[carol.id, bob.id, "1", bob.id]).ok()
    assert [entry["id"] for entry in found] == [carol.id, bob.id]
    assert [entry["following"] for entry in found] == [False, True]
    assert [entry["followed_by"] for entry in found] == [True, False]
    assert alice.get("/api/v1/accounts/relationships").ok() == []


class TestLists:
    """The lists of accounts are paged by cursors that only the Link header has."""

    @pytest.fixture(scope="class")
    @classmethod
    def crowd(cls, server: ServerProcess) -> list[User]:
        return [server.user("fan") for _ in range(7)]

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
    def test_followers_newest_first(self, alice: User, crowd: list[User], limit: int) -> None:
        for fan in crowd:
            fan.follow(alice)
        ids = [fan.id for fan in reversed(crowd)]
        assert alice.walk(f"/api/v1/accounts/{alice.id}/followers", limit=limit) == ids

    @pytest.mark.parametrize("limit", [2, 7])
    def test_following_newest_first(self, alice: User, crowd: list[User], limit: int) -> None:
        alice.follow(*crowd)
        ids = [fan.id for fan in reversed(crowd)]
        assert alice.walk(f"/api/v1/accounts/{alice.id}/following", limit=limit) == ids

    def test_blocks_mutes_and_requests(self, server: ServerProcess, crowd: list[User]) -> None:
        owner = server.user("owner", protected=True)
        for fan in crowd:
            fan.follow(owner)
        assert owner.walk("/api/v1/follow_requests", limit=3) == [fan.id for fan in reversed(crowd)]
        for fan in crowd:
            owner.post(f"/api/v1/accounts/{fan.id}/mute").ok()
        assert owner.walk("/api/v1/mutes", limit=3) == [fan.id for fan in reversed(crowd)]
        for fan in crowd:
            owner.post(f"/api/v1/accounts/{fan.id}/block").ok()
        assert owner.walk("/api/v1/blocks", limit=3) == [fan.id for fan in reversed(crowd)]

    def test_back_to_the_top(self, alice: User, crowd: list[User]) -> None:
        alice.follow(*crowd)
        ids = [fan.id for fan in reversed(crowd)]
        path = f"/api/v1/accounts/{alice.id}/following"
        last = alice.get(path, limit=3)
        while "next" in (links := last.links()):
            last = alice.get(path_of(links["next"]))
        assert last.ids == ids[6:]
        assert alice.walk(path_of(last.links()["prev"]).partition("?")[0], "next", limit=3) == ids
        up = alice.get(path_of(last.links()["prev"]))
        assert up.ids == ids[3:6]
        assert alice.get(path_of(up.links()["prev"])).ids == ids[0:3]

    def test_a_list_may_change_while_it_is_read(self, alice: User, crowd: list[User]) -> None:
        alice.follow(*crowd)
        first = alice.get(f"/api/v1/accounts/{alice.id}/following", limit=3)
        alice.post(f"/api/v1/accounts/{crowd[4].id}/unfollow").ok()
        alice.post(f"/api/v1/accounts/{crowd[6].id}/unfollow").ok()
        alice.follow(crowd[6])
        rest = alice.walk(path_of(first.links()["next"]))
        assert rest == [fan.id for fan in reversed(crowd[:4])]

    def test_the_link_keeps_the_caller_s_parameters(
        self, server: ServerProcess, alice: User, crowd: list[User]
    ) -> None:
        alice.follow(*crowd)
        path = f"/api/v1/accounts/{alice.id}/following"
        links = alice.get(path, limit=2, extra="a b").links()
        for relation, cursor in (("next", "max_id"), ("prev", "min_id")):
            assert links[relation].startswith(f"{server.url}{path}?")
            assert parameters_of(links[relation]).keys() == {"limit", "extra", cursor}
            assert parameters_of(links[relation])["extra"] == "a b"

    def test_an_empty_list_has_no_link(self, alice: User) -> None:
        for name in ("followers", "following"):
            answer = alice.get(f"/api/v1/accounts/{alice.id}/{name}")
            assert (answer.ok(), "link" in answer.headers) == ([], False)

    def test_limits(self, alice: User, crowd: list[User]) -> None:
        alice.follow(*itertools.islice(crowd, 3))
        path = f"/api/v1/accounts/{alice.id}/following"
        assert len(alice.get(path, limit=10_000).ids) == 3
        for limit in ("0", "-1", "x", "1.5"):
            assert alice.get(path, limit=limit).refused(422)
