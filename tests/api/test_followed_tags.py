"""Hashtags that one follows, and what they bring to the home timeline."""

from typing import Any
from uuid import uuid4

import pytest

from tests.api.client import Api, User, path_of
from tests.api.process import ServerProcess


def new_tag() -> str:
    return f"Tag{uuid4().hex[:12]}"


def follow_tag(user: User, tag: str) -> dict[str, Any]:
    found: dict[str, Any] = user.post(f"/api/v1/tags/{tag}/follow").ok()
    return found


class TestFollowing:
    def test_followed_and_not(self, alice: User, bob: User, nobody: Api) -> None:
        tag = new_tag()
        assert alice.get("/api/v1/followed_tags").ok() == []
        for _ in range(2):
            made = follow_tag(alice, tag)
            assert (made["name"], made["following"]) == (tag.lower(), True)
        assert alice.get(f"/api/v1/tags/{tag}").ok()["following"] is True
        assert bob.get(f"/api/v1/tags/{tag}").ok()["following"] is False
        assert nobody.get(f"/api/v1/tags/{tag}").ok()["following"] is False
        assert [found["name"] for found in alice.get("/api/v1/followed_tags").ok()] == [tag.lower()]
        assert bob.get("/api/v1/followed_tags").ok() == []
        for _ in range(2):
            assert alice.post(f"/api/v1/tags/{tag.upper()}/unfollow").ok()["following"] is False
        assert alice.get("/api/v1/followed_tags").ok() == []

    def test_what_is_no_hashtag(self, alice: User, nobody: Api) -> None:
        alice.post("/api/v1/tags/two%20words/follow").refused(404)
        nobody.post("/api/v1/tags/word/follow").refused(401)

    @pytest.mark.parametrize("limit", [1, 2, 5])
    def test_pages(self, alice: User, limit: int) -> None:
        tags = [new_tag().lower() for _ in range(5)]
        for tag in tags:
            follow_tag(alice, tag)
        assert alice.walk("/api/v1/followed_tags", limit=limit) == tags[::-1]
        assert alice.walk("/api/v1/followed_tags", "prev", limit=limit, min_id=1) == tags[::-1]
        answer = alice.get("/api/v1/followed_tags", limit=limit)
        found = answer.ids
        while "next" in answer.links():
            follow_tag(alice, new_tag())
            answer = alice.get(path_of(answer.links()["next"]))
            found += answer.ids
        assert found == tags[::-1]


class TestHome:
    def test_public_statuses_of_strangers(self, alice: User, bob: User) -> None:
        tag = new_tag()
        before = bob.status(f"From before #{tag}")["id"]
        follow_tag(alice, tag)
        other = bob.status("Without it")["id"]
        after = bob.status(f"After #{tag.upper()}")["id"]
        answer = bob.status(f"A reply #{tag}", in_reply_to_id=other)["id"]
        for visibility in ("unlisted", "private", "direct"):
            bob.status(f"Not for all #{tag} @{alice.username}", visibility=visibility)
        assert alice.home().ids == [answer, after, before]
        assert alice.home(limit=1).ids == [answer]
        assert alice.home(max_id=after).ids == [before]
        assert alice.home(min_id=before).ids == [answer, after]
        assert alice.home(since_id=before, limit=1).ids == [answer]
        alice.post(f"/api/v1/tags/{tag}/unfollow").ok()
        assert alice.home().ids == []

    def test_once_beside_what_is_there(self, alice: User, bob: User, carol: User) -> None:
        tags = [new_tag(), new_tag()]
        alice.follow(bob)
        for tag in tags:
            follow_tag(alice, tag)
        both = bob.status(f"#{tags[0]} #{tags[1]}")["id"]
        plain = bob.status("plain")["id"]
        of_carol = carol.status(f"#{tags[1]}")["id"]
        bob.do("reblog", of_carol)
        assert alice.home().ids == [of_carol, plain, both]
        assert alice.walk("/api/v1/timelines/home", limit=1) == [of_carol, plain, both]

    def test_those_whom_one_does_not_want_to_read(self, server: ServerProcess, alice: User) -> None:
        tag = new_tag()
        follow_tag(alice, tag)
        blocked, muted, blocking, protected, fine = (server.user("author") for _ in range(5))
        ids = [author.status(f"#{tag}")["id"] for author in (blocked, muted, blocking, protected, fine)]
        about = fine.status(f"#{tag} @{muted.username}")["id"]
        assert alice.home().ids == [about, *ids[::-1]]
        alice.post(f"/api/v1/accounts/{blocked.id}/block").ok()
        alice.post(f"/api/v1/accounts/{muted.id}/mute").ok()
        blocking.post(f"/api/v1/accounts/{alice.id}/block").ok()
        protected.patch("/api/v1/accounts/update_credentials", {"locked": True}).ok()
        assert alice.home().ids == [ids[-1]]
        for author in (blocked, muted, blocking, protected):
            author.status(f"Again #{tag}")
        assert alice.home().ids == [ids[-1]]
        fine.delete(f"/api/v1/statuses/{ids[-1]}").ok()
        assert alice.home().ids == []

    @pytest.mark.parametrize("limit", [3, 20])
    def test_walks_while_statuses_arrive(self, server: ServerProcess, alice: User, limit: int) -> None:
        tag, friend, stranger = new_tag(), server.user("friend"), server.user("stranger")
        alice.follow(friend)
        follow_tag(alice, tag)
        posters = [(friend, "plain"), (stranger, f"#{tag}"), (friend, f"#{tag}"), (stranger, "plain")]
        made = [posters[number % 4][0].status(posters[number % 4][1])["id"] for number in range(60)]
        ids = [status_id for number, status_id in enumerate(made) if number % 4 != 3][::-1]
        answer = alice.home(limit=limit)
        found = answer.ids
        while "next" in answer.links():
            stranger.status(f"An arrival #{tag}")
            answer = alice.get(path_of(answer.links()["next"]))
            found += answer.ids
        assert found == ids
        answer, found, arrived = alice.home(limit=limit, min_id=int(ids[-1]) - 1), [], []
        while answer.ids:
            found = answer.ids + found
            if len(arrived) < 4:
                arrived.append(stranger.status(f"Another #{tag}")["id"])
            answer = alice.get(path_of(answer.links()["prev"]))
        assert found[-len(ids) :] == ids
        assert found[: len(arrived)] == arrived[::-1]
