"""Finding people: notes, endorsements, featured hashtags, familiar followers, the directory, suggestions."""

from typing import Any

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess


def account(other: User, verb: str) -> str:
    return f"/api/v1/accounts/{other.id}/{verb}"


class TestNotes:
    def test_for_oneself_alone_until_taken_back(self, alice: User, bob: User, carol: User) -> None:
        assert alice.post(account(bob, "note"), {"comment": "Met in Bonn"}).ok()["note"] == "Met in Bonn"
        assert alice.relationship(bob)["note"] == "Met in Bonn"
        assert (bob.relationship(alice)["note"], carol.relationship(bob)["note"]) == ("", "")
        alice.follow(bob)
        assert alice.relationship(bob)["note"] == "Met in Bonn"
        assert alice.post(account(bob, "note"), {"comment": ""}).ok()["note"] == ""

    def test_what_cannot_be_noted(self, alice: User, bob: User) -> None:
        alice.post(account(bob, "note"), {"comment": "x" * 2_001}).refused(422)
        alice.post("/api/v1/accounts/77/note", {"comment": "x"}).refused(404)
        alice.post(account(alice, "note"), {"comment": "x"}).refused(403)


class TestEndorsements:
    def test_of_those_one_follows_only(self, alice: User, bob: User) -> None:
        assert "following" in alice.post(account(bob, "endorse")).refused(422)
        alice.follow(bob)
        assert alice.post(account(bob, "endorse")).ok()["endorsed"] is True
        assert alice.get("/api/v1/endorsements").ids == [bob.id]
        assert alice.post(account(bob, "unpin")).ok()["endorsed"] is False
        assert alice.get("/api/v1/endorsements").ids == []

    def test_they_end_with_the_follow_for_good(self, alice: User, bob: User) -> None:
        alice.follow(bob)
        alice.post(account(bob, "pin")).ok()
        alice.post(account(bob, "unfollow")).ok()
        assert alice.relationship(bob)["endorsed"] is False
        alice.follow(bob)
        assert (alice.relationship(bob)["endorsed"], alice.get("/api/v1/endorsements").ids) == (False, [])

    @pytest.mark.parametrize("limit", [1, 2, 40])
    def test_pages_to_both_ends(self, server: ServerProcess, alice: User, nobody: Api, limit: int) -> None:
        others = [server.user("other") for _ in range(5)]
        alice.follow(*others)
        for other in others:
            alice.post(account(other, "endorse")).ok()
        expected = [other.id for other in reversed(others)]
        assert alice.walk("/api/v1/endorsements", limit=limit) == expected
        assert nobody.walk(account(alice, "endorsements"), limit=limit) == expected
        assert alice.walk("/api/v1/endorsements", "prev", limit=limit, min_id=1) == expected

    def test_not_for_those_who_are_blocked(self, alice: User, bob: User, carol: User) -> None:
        alice.follow(bob)
        alice.post(account(bob, "endorse")).ok()
        alice.post(account(carol, "block")).ok()
        assert carol.get(account(alice, "endorsements")).ids == []


class TestFeaturedTags:
    def test_shown_with_how_they_were_used(self, server: ServerProcess, alice: User, nobody: Api) -> None:
        for visibility in ("public", "unlisted", "private", "direct"):
            alice.status("#Birds", visibility=visibility)
        made = alice.post("/api/v1/featured_tags", {"name": "#Birds"}).ok()
        assert (made["name"], made["statuses_count"]) == ("Birds", "2")
        assert made["url"] == f"{server.url}/@{alice.username}/tagged/birds"
        assert made["last_status_at"] == alice.get(f"/api/v1/accounts/{alice.id}").ok()["last_status_at"]
        assert nobody.get(account(alice, "featured_tags")).ok() == [made]
        assert alice.post("/api/v1/featured_tags", {"name": "BIRDS"}).ok() == made
        assert alice.delete(f"/api/v1/featured_tags/{made['id']}").ok() == {}
        assert alice.get("/api/v1/featured_tags").ok() == []
        alice.delete(f"/api/v1/featured_tags/{made['id']}").refused(404)

    def test_by_name(self, alice: User, bob: User) -> None:
        assert alice.post("/api/v1/tags/birds/feature").ok()["featuring"] is True
        unused = alice.get("/api/v1/featured_tags").ok()
        assert [(tag["name"], tag["statuses_count"], tag["last_status_at"]) for tag in unused] == [
            ("birds", "0", None)
        ]
        assert alice.get("/api/v1/tags/Birds").ok()["featuring"] is True
        assert bob.get("/api/v1/tags/birds").ok()["featuring"] is False
        assert alice.post("/api/v1/tags/birds/unfeature").ok()["featuring"] is False

    def test_suggested_are_those_used_and_not_shown(self, alice: User) -> None:
        for text in ("#one #two", "#two", "#two #three #three", "#three", "#three"):
            alice.status(text)
        alice.status("#hidden", visibility="private")
        found = alice.get("/api/v1/featured_tags/suggestions").ok()
        assert [tag["name"] for tag in found] == ["three", "two", "one"]
        alice.post("/api/v1/featured_tags", {"name": "two"}).ok()
        found = alice.get("/api/v1/featured_tags/suggestions").ok()
        assert [tag["name"] for tag in found] == ["three", "one"]

    def test_what_cannot_be_featured(self, alice: User) -> None:
        for name in ("", "12", "a b"):
            alice.post("/api/v1/featured_tags", {"name": name}).refused(422)
        for number in range(10):
            alice.post("/api/v1/featured_tags", {"name": f"tag{number}"}).ok()
        alice.post("/api/v1/featured_tags", {"name": "one_more"}).refused(422)


class TestFamiliarFollowers:
    def test_whom_one_follows_among_the_followers(self, server: ServerProcess, alice: User) -> None:
        famous, friends, stranger = (
            server.user("famous"),
            [server.user("f") for _ in range(3)],
            server.user("s"),
        )
        alice.follow(*friends)
        for follower in (friends[0], friends[2], stranger):
            follower.follow(famous)
        alice.post(account(friends[2], "mute")).ok()
        found = alice.get("/api/v1/accounts/familiar_followers", id=[famous.id, stranger.id, "77"]).ok()
        assert [item["id"] for item in found] == [famous.id, stranger.id, "77"]
        assert [[other["id"] for other in item["accounts"]] for item in found] == [[friends[0].id], [], []]

    def test_those_who_hide_their_follows_are_not_told_of(self, server: ServerProcess, alice: User) -> None:
        friend, famous = server.user("friend"), server.user("famous")
        alice.follow(friend)
        friend.follow(famous)
        path = "/api/v1/accounts/familiar_followers"
        for hiding in (friend, famous):
            assert [len(item["accounts"]) for item in alice.get(path, id=[famous.id]).ok()] == [1]
            hiding.patch("/api/v1/accounts/update_credentials", {"hide_collections": True}).ok()
            assert [len(item["accounts"]) for item in alice.get(path, id=[famous.id]).ok()] == [0]
            if hiding is friend:
                found = alice.get("/api/v2/suggestions", limit=80).ok()
                near = [item["account"]["id"] for item in found if "friends_of_friends" in item["sources"]]
                assert famous.id not in near
            hiding.patch("/api/v1/accounts/update_credentials", {"hide_collections": False}).ok()

    def test_no_suggestion_comes_from_follows_that_somebody_hides(
        self, server: ServerProcess, alice: User
    ) -> None:
        friend, hiding, famous = (server.user(name) for name in ("friend", "hiding", "famous"))
        alice.follow(friend)
        friend.follow(hiding)
        hiding.follow(famous)

        def near() -> set[str]:
            found = alice.get("/api/v2/suggestions", limit=80).ok()
            return {item["account"]["id"] for item in found if "friends_of_friends" in item["sources"]}

        assert near() == {hiding.id, famous.id}
        hiding.patch("/api/v1/accounts/update_credentials", {"hide_collections": True}).ok()
        assert near() == {hiding.id}
        alice.post(account(hiding, "mute")).ok()
        hiding.patch("/api/v1/accounts/update_credentials", {"hide_collections": False}).ok()
        assert near() == set()


class TestDirectory:
    def test_by_newness_to_its_end(self, server: ServerProcess, alice: User) -> None:
        made = [server.user("new") for _ in range(5)]
        made[0].patch("/api/v1/accounts/update_credentials", {"discoverable": False}).ok()
        alice.post(account(made[1], "block")).ok()
        expected = [other.id for other in (made[4], made[3], made[2])]
        assert alice.get("/api/v1/directory", order="new", limit=3).ids == expected
        assert alice.get("/api/v1/directory", order="new", limit=2, offset=1).ids == expected[1:]
        walked: list[str] = []
        while found := alice.get("/api/v1/directory", order="new", limit=80, offset=len(walked)).ids:
            walked += found
        assert len(walked) == len(set(walked))
        assert alice.id in walked
        assert {made[0].id, made[1].id}.isdisjoint(walked)

    def test_by_activity(self, nobody: Api, alice: User, bob: User, carol: User) -> None:
        for user in (alice, carol, bob):
            user.status()
        assert nobody.get("/api/v1/directory", limit=3).ids == [bob.id, carol.id, alice.id]

    @pytest.mark.parametrize("query", [{"offset": -1}, {"limit": 0}, {"order": "best"}])
    def test_what_is_wrong_is_said(self, nobody: Api, query: dict[str, Any]) -> None:
        nobody.get("/api/v1/directory", **query).refused(422)


class TestSuggestions:
    @pytest.fixture
    def scene(self, server: ServerProcess, alice: User) -> dict[str, User]:
        """Alice follows three friends, who follow some others."""
        friends = [server.user("friend") for _ in range(3)]
        names = ("twice", "once", "shy", "blocked", "muted", "blocker", "asked", "followed", "thrice")
        others = {name: server.user(name, protected=name == "asked") for name in names}
        alice.follow(*friends, others["asked"], others["followed"])
        for number, friend in enumerate(friends):
            open_ones = [other for name, other in others.items() if name not in ("twice", "once")]
            friend.follow(*open_ones, *([others["twice"]] if number < 2 else [others["once"]]))
        for user in (others["blocked"], others["muted"]):
            alice.post(account(user, "block" if user is others["blocked"] else "mute")).ok()
        others["blocker"].post(account(alice, "block")).ok()
        others["shy"].patch("/api/v1/accounts/update_credentials", {"discoverable": False}).ok()
        return others

    def test_by_how_many_friends_follow_and_none_who_must_not_be(
        self, alice: User, scene: dict[str, User]
    ) -> None:
        found = alice.get("/api/v2/suggestions", limit=80).ok()
        near = [item for item in found if item["sources"] == ["friends_of_friends"]]
        names = {other.id: name for name, other in scene.items()}
        assert [names[item["account"]["id"]] for item in near if item["account"]["id"] in names] == [
            "thrice",
            "twice",
            "once",
        ]
        ids = {item["account"]["id"] for item in found}
        for name in ("shy", "blocked", "muted", "blocker", "asked", "followed"):
            assert scene[name].id not in ids
        assert alice.id not in ids
        assert len(ids) == len(found)
        assert alice.get("/api/v1/suggestions", limit=80).ids == [item["account"]["id"] for item in found]

    def test_with_friends_as_the_reason_and_pages(self, alice: User, scene: dict[str, User]) -> None:
        path = "/roost/v1/recommendations/users"
        found = alice.get(path, limit=40).ok()["recommendations"]
        by_id = {each["account"]["id"]: each for each in found}
        thrice = by_id[scene["thrice"].id]
        assert (thrice["source"], len(thrice["friends"]), thrice["others"]) == ("friends of friends", 3, 0)
        assert by_id[scene["twice"].id]["score"] < thrice["score"]
        for name in ("shy", "blocked", "muted", "blocker", "asked", "followed"):
            assert scene[name].id not in by_id
        walked: list[str] = []
        page = alice.get(path, limit=2).ok()
        while True:
            walked += [each["account"]["id"] for each in page["recommendations"]]
            if not page["cursor"]:
                break
            page = alice.get(path, limit=2, cursor=page["cursor"]).ok()
        assert walked[: len(found)] == [each["account"]["id"] for each in found]
        assert len(set(walked)) == len(walked)
        assert "cursor" in alice.get(path, cursor="x").refused(422)
        alice.follow(scene["thrice"])
        assert scene["thrice"].id not in alice.get(path).text.replace(alice.id, "")

    def test_a_friend_who_hides_or_is_hidden_is_no_reason(
        self, alice: User, scene: dict[str, User], server: ServerProcess
    ) -> None:
        friends = alice.get(f"/api/v1/accounts/{alice.id}/following").ids
        for friend_id in friends:
            alice.post(f"/api/v1/accounts/{friend_id}/mute").ok()
        found = alice.get("/roost/v1/recommendations/users", limit=40).ok()["recommendations"]
        assert not [each for each in found if each["friends"]]
        assert not {scene["thrice"].id} & {
            each["account"]["id"] for each in found if each["source"] == "friends of friends"
        }

    def test_who_follows_one_and_whose_statuses_one_likes(self, server: ServerProcess, alice: User) -> None:
        fan, writer = server.user("fan"), server.user("writer")
        fan.follow(alice)
        alice.do("favourite", writer.status("The ferry leaves at noon from the old quay")["id"])
        found = alice.get("/roost/v1/recommendations/users").ok()["recommendations"]
        by_id = {each["account"]["id"]: each for each in found}
        assert (by_id[fan.id]["follows_you"], by_id[writer.id]["follows_you"]) == (True, False)
        assert by_id[writer.id]["source"] == "interactions"
        sources = {
            item["account"]["id"]: (item["source"], item["sources"])
            for item in alice.get("/api/v2/suggestions", limit=80).ok()
        }
        assert sources[writer.id] == ("past_interactions", ["most_interactions"])

    def test_dismissed_ones_stay_away(self, alice: User, scene: dict[str, User]) -> None:
        assert alice.delete(f"/api/v1/suggestions/{scene['twice'].id}").ok() == {}
        assert scene["twice"].id not in alice.get("/api/v1/suggestions", limit=80).ids
        assert scene["once"].id in alice.get("/api/v1/suggestions", limit=80).ids
        alice.delete("/api/v1/suggestions/77").refused(404)

    def test_the_most_followed_for_those_who_follow_nobody(self, server: ServerProcess, alice: User) -> None:
        star, fans = server.user("star"), [server.user("fan") for _ in range(12)]
        for fan in fans:
            fan.follow(star)
        found = alice.get("/api/v2/suggestions", limit=40).ok()
        assert (star.id, ["most_followed"]) in [(item["account"]["id"], item["sources"]) for item in found]
        counts = [item["account"]["followers_count"] for item in found]
        assert counts == sorted(counts, reverse=True)
