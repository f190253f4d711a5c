"""List timelines: what is on them, their pages, what exclusive lists keep from home, and who sees nothing."""

from typing import Any

import pytest

from tests.api.client import User, path_of
from tests.api.process import ServerProcess


def make_list(owner: User, *members: User, **terms: Any) -> str:
    """A new list's timeline."""
    made = owner.post("/api/v1/lists", {"title": "List", **terms}).ok()["id"]
    if members:
        ids = [member.id for member in members]
        owner.post(f"/api/v1/lists/{made}/accounts", {"account_ids": ids}).ok()
    return f"/api/v1/timelines/list/{made}"


def change(owner: User, timeline: str, **terms: Any) -> None:
    owner.form(timeline.replace("/timelines/list/", "/lists/"), terms, "PUT").ok()


class TestTimeline:
    def test_its_members_statuses_from_before_and_after(self, alice: User, bob: User, carol: User) -> None:
        alice.follow(bob, carol)
        before = bob.status("Before")["id"]
        of_carol = carol.status("By another")["id"]
        timeline = make_list(alice, bob)
        after = bob.status("After")["id"]
        alice.status("Not on the list")
        again = bob.do("reblog", of_carol)["id"]
        assert alice.get(timeline).ids == [again, after, before]
        bob.delete(f"/api/v1/statuses/{after}").ok()
        assert alice.get(timeline).ids == [again, before]
        alice.post(f"/api/v1/accounts/{bob.id}/unfollow").ok()
        assert alice.get(timeline).ids == []

    def test_replies(self, server: ServerProcess, alice: User) -> None:
        member, other, followed, stranger = (server.user("user") for _ in range(4))
        alice.follow(member, other, followed)
        asked = {user.id: user.status("A question")["id"] for user in (other, followed, stranger, alice)}
        own = member.status("A thread")["id"]
        to_self = member.status("goes on", in_reply_to_id=own)["id"]
        to_other, to_followed, _, to_owner = [
            member.status("An answer", in_reply_to_id=question)["id"] for question in asked.values()
        ]
        timeline = make_list(alice, member, other)
        always = [to_self, own]
        assert alice.get(timeline).ids == [to_owner, to_other, *always, asked[other.id]]
        change(alice, timeline, replies_policy="followed")
        assert alice.get(timeline).ids == [to_owner, to_followed, to_other, *always, asked[other.id]]
        change(alice, timeline, replies_policy="none")
        assert alice.get(timeline).ids == [to_owner, *always, asked[other.id]]

    def test_hashtags(self, alice: User, bob: User, carol: User) -> None:
        alice.follow(bob)
        timeline = make_list(alice, bob)
        tags = timeline.replace("/api/v1/timelines/list/", "/roost/v1/lists/") + "/tags"
        plain = bob.status("plain")["id"]
        tagged = carol.status("#ListedBirds")["id"]
        carol.status("#ListedBirds in private", visibility="private")
        both = bob.status("#listedbirds")["id"]
        assert alice.get(timeline).ids == [both, plain]
        alice.post(tags, {"tags": ["listedbirds"]}).ok()
        assert alice.get(timeline).ids == [both, tagged, plain]
        alice.post(f"/api/v1/accounts/{carol.id}/mute").ok()
        assert alice.get(timeline).ids == [both, plain]
        assert alice.home().ids == [both, plain], "a list's hashtags are not followed"

    def test_a_reblog_once_in_a_stretch(self, alice: User, bob: User, carol: User) -> None:
        alice.follow(bob, carol)
        timeline = make_list(alice, bob, carol)
        original = bob.status("Popular")["id"]
        carol.do("reblog", original)
        assert alice.get(timeline).ids == [original]
        filler = [bob.status(f"Filler {number}")["id"] for number in range(41)]
        carol.do("unreblog", original)
        again = carol.do("reblog", original)["id"]
        assert alice.walk(timeline, limit=15) == [again, *filler[::-1], original]

    @pytest.mark.parametrize("limit", [3, 20])
    def test_walks_while_statuses_arrive(self, server: ServerProcess, alice: User, limit: int) -> None:
        members = [server.user("member") for _ in range(2)]
        alice.follow(*members)
        timeline = make_list(alice, *members)
        ids = [members[number % 2].status(f"Number {number}")["id"] for number in range(80)][::-1]
        answer = alice.get(timeline, limit=limit)
        found = answer.ids
        while "next" in answer.links():
            members[0].status("An arrival")
            answer = alice.get(path_of(answer.links()["next"]))
            found += answer.ids
        assert found == ids
        answer, found, arrived = alice.get(timeline, limit=limit, min_id=int(ids[-1]) - 1), [], []
        while answer.ids:
            found = answer.ids + found
            if len(arrived) < 4:
                arrived.append(members[1].status("Another")["id"])
            answer = alice.get(path_of(answer.links()["prev"]))
        assert found[-len(ids) :] == ids
        assert found[: len(arrived)] == arrived[::-1]
        assert alice.get(timeline, limit=limit, since_id=ids[0]).ids == found[: -len(ids)][:limit]


class TestExclusive:
    def test_what_members_say_stays_away_from_home(self, alice: User, bob: User, carol: User) -> None:
        alice.follow(bob, carol)
        of_bob, of_carol = bob.status("By Bob")["id"], carol.status("By Carol")["id"]
        timeline = make_list(alice, bob, exclusive=True)
        later = bob.status("Later")["id"]
        own = alice.status("Mine")["id"]
        assert alice.home().ids == [own, of_carol]
        assert alice.home(min_id=1).ids == [own, of_carol]
        assert alice.home(since_id=1, limit=1).ids == [own]
        assert alice.get(timeline).ids == [later, of_bob]
        passed_on = carol.do("reblog", of_bob)["id"]
        bob.do("reblog", of_carol)
        assert alice.home().ids == [passed_on, own, of_carol], "by others they come"
        change(alice, timeline, exclusive="false")
        assert alice.home().ids == [own, later, of_carol, of_bob]
        change(alice, timeline, exclusive="true")
        assert alice.home().ids == [passed_on, own, of_carol]
        assert alice.walk("/api/v1/timelines/home", limit=1) == [passed_on, own, of_carol]
        alice.delete(timeline.replace("/timelines/list/", "/lists/")).ok()
        assert alice.home().ids == [own, later, of_carol, of_bob]

    def test_by_a_followed_hashtag_neither(self, alice: User, bob: User, carol: User) -> None:
        alice.follow(bob)
        alice.post("/api/v1/tags/kept_away/follow").ok()
        bob.status("#kept_away")
        of_carol = carol.status("#kept_away")["id"]
        make_list(alice, bob, exclusive=True)
        assert alice.home().ids == [of_carol]


class TestLeaks:
    def test_others_timelines_are_not_there(self, alice: User, bob: User) -> None:
        alice.follow(bob)
        timeline = make_list(alice, bob)
        bob.get(timeline).refused(404)
        alice.get("/api/v1/timelines/list/7").refused(404)
        alice.get("/api/v1/timelines/list/x").refused(404)

    def test_what_one_must_not_see(self, server: ServerProcess, alice: User, bob: User) -> None:
        owner = server.user("owner", protected=True)
        alice.follow(bob)
        alice.follow(owner)
        owner.post(f"/api/v1/follow_requests/{alice.id}/authorize").ok()
        secret = owner.status("For followers")["id"]
        timeline = make_list(alice, bob, owner)
        bob.status("psst", visibility="direct")
        to_alice = bob.status(f"@{alice.username} psst", visibility="direct")["id"]
        assert alice.get(timeline).ids == [to_alice, secret]
        owner.post(f"/api/v1/accounts/{alice.id}/remove_from_followers").ok()
        assert alice.get(timeline).ids == [to_alice]
        alice.post(f"/api/v1/accounts/{bob.id}/mute").ok()
        assert alice.get(timeline).ids == []

    def test_a_member_who_blocks_the_owner_vanishes(self, alice: User, bob: User) -> None:
        alice.follow(bob)
        timeline = make_list(alice, bob)
        bob.status("Hello")
        bob.post(f"/api/v1/accounts/{alice.id}/block").ok()
        assert alice.get(timeline).ids == []
        members = timeline.replace("/timelines/list/", "/lists/") + "/accounts"
        assert alice.get(members).ids == []
