"""Notifications: who is told of what, for how long, and in which pages."""

from typing import Any

import pytest

from tests.api.client import Answer, User, path_of
from tests.api.process import ServerProcess

BASE = "/api/v1/notifications"


def told(user: User, **query: Any) -> list[tuple[str, str]]:
    """What a user is told, as (type, account id), newest first."""
    return [(item["type"], item["account"]["id"]) for item in user.get(BASE, **query).ok()]


class TestWhoIsToldOfWhat:
    def test_a_mention_an_answer_and_a_quote(self, alice: User, bob: User) -> None:
        made = alice.status("Hello")
        mention = bob.status(f"@{alice.username} look")
        answer = bob.status("I do", in_reply_to_id=made["id"])
        quote = bob.status("See", quoted_status_id=made["id"])
        found = alice.get(BASE).ok()
        assert [item["type"] for item in found] == ["quote", "mention", "mention"]
        assert [item["status"]["id"] for item in found] == [quote["id"], answer["id"], mention["id"]]
        assert told(bob) == []

    def test_one_event_tells_one_thing(self, alice: User, bob: User) -> None:
        made = alice.status("Hello")
        text = f"@{alice.username} everything at once"
        bob.status(text, in_reply_to_id=made["id"], quoted_status_id=made["id"])
        assert told(alice) == [("mention", bob.id)]

    def test_likes_and_reblogs_until_they_are_taken_back(self, alice: User, bob: User) -> None:
        made = alice.status("Hello")
        bob.do("favourite", made["id"])
        bob.do("reblog", made["id"])
        found = alice.get(BASE).ok()
        assert [(item["type"], item["status"]["id"]) for item in found] == [
            ("reblog", made["id"]),
            ("favourite", made["id"]),
        ]
        bob.do("unfavourite", made["id"])
        assert told(alice) == [("reblog", bob.id)]
        bob.do("unreblog", made["id"])
        assert told(alice) == []

    def test_follows_and_requests_until_they_end(self, server: ServerProcess, alice: User, bob: User) -> None:
        bob.follow(alice)
        assert told(alice) == [("follow", bob.id)]
        bob.post(f"/api/v1/accounts/{alice.id}/follow", {"reblogs": False}).ok()
        assert told(alice) == [("follow", bob.id)]
        bob.post(f"/api/v1/accounts/{alice.id}/unfollow").ok()
        assert told(alice) == []
        owner = server.user("owner", protected=True)
        bob.follow(owner)
        alice.follow(owner)
        assert told(owner) == [("follow_request", alice.id), ("follow_request", bob.id)]
        owner.post(f"/api/v1/follow_requests/{bob.id}/reject").ok()
        owner.post(f"/api/v1/follow_requests/{alice.id}/authorize").ok()
        assert told(owner) == [("follow", alice.id)]

    def test_deleting_a_status_takes_its_notifications_along(self, alice: User, bob: User) -> None:
        mine = alice.status("Hello")
        theirs = bob.status(f"@{alice.username} hi")
        bob.do("favourite", mine["id"])
        alice.delete(f"/api/v1/statuses/{mine['id']}").ok()
        assert told(alice) == [("mention", bob.id)]
        bob.delete(f"/api/v1/statuses/{theirs['id']}").ok()
        assert told(alice) == []

    def test_each_status_of_whom_one_wants_it(self, alice: User, bob: User, carol: User) -> None:
        alice.post(f"/api/v1/accounts/{bob.id}/follow", {"notify": True}).ok()
        carol.follow(bob)
        assert alice.relationship(bob)["notifying"] is True
        made = bob.status("News")
        bob.status("An answer", in_reply_to_id=carol.status("x")["id"])
        bob.do("reblog", carol.status("y")["id"])
        found = alice.get(BASE).ok()
        assert [(item["type"], item["status"]["id"]) for item in found] == [("status", made["id"])]
        assert told(carol, types=["status"]) == []
        alice.post(f"/api/v1/accounts/{bob.id}/follow", {"notify": False}).ok()
        assert alice.relationship(bob)["notifying"] is False
        bob.status("More news")
        assert len(told(alice)) == 1

    def test_nobody_is_told_of_themselves(self, alice: User) -> None:
        made = alice.status(f"@{alice.username} me")
        alice.do("favourite", made["id"])
        alice.do("reblog", made["id"])
        alice.status("again", in_reply_to_id=made["id"])
        assert told(alice) == []


class TestWhoIsNot:
    def test_what_one_may_not_see(self, alice: User, bob: User) -> None:
        made = alice.status("Hello")
        bob.status("Only for followers", in_reply_to_id=made["id"], visibility="private")
        bob.status("Only for nobody", in_reply_to_id=made["id"], visibility="direct")
        assert told(alice, include_filtered=True) == []

    @pytest.mark.parametrize("verb", ["block", "mute"])
    def test_whom_one_blocks_or_mutes_before_and_after(self, alice: User, bob: User, verb: str) -> None:
        made = alice.status("Hello")
        bob.do("favourite", made["id"])
        assert told(alice) == [("favourite", bob.id)]
        one = alice.get(BASE).ok()[0]["id"]
        alice.post(f"/api/v1/accounts/{bob.id}/{verb}").ok()
        assert told(alice) == []
        assert alice.get(f"{BASE}/{one}").refused(404)
        assert alice.get("/api/v2/notifications").ok()["notification_groups"] == []
        if verb == "mute":
            bob.status(f"@{alice.username} hello?")
            assert told(alice) == []

    def test_a_mute_may_leave_notifications(self, alice: User, bob: User) -> None:
        alice.post(f"/api/v1/accounts/{bob.id}/mute", {"notifications": False}).ok()
        bob.status(f"@{alice.username} hello?")
        assert told(alice) == [("mention", bob.id)]

    def test_who_blocks_one(self, alice: User, bob: User) -> None:
        bob.status(f"@{alice.username} hello")
        bob.post(f"/api/v1/accounts/{alice.id}/block").ok()
        assert told(alice) == []

    def test_what_has_become_private(self, alice: User, bob: User) -> None:
        made = alice.status("Hello")
        quote = bob.status("Look at that", quoted_status_id=made["id"])
        assert [item["status"]["id"] for item in alice.get(BASE).ok()] == [quote["id"]]
        bob.patch("/api/v1/accounts/update_credentials", {"locked": True}).ok()
        assert told(alice) == []

    def test_others_notifications(self, alice: User, bob: User, carol: User) -> None:
        bob.do("favourite", alice.status("Hello")["id"])
        one = alice.get(BASE).ok()[0]
        for path in (f"{BASE}/{one['id']}", f"/api/v2/notifications/{one['group_key']}"):
            assert carol.get(path).refused(404)
        assert carol.post(f"{BASE}/{one['id']}/dismiss").refused(404)
        carol.post(f"/api/v2/notifications/{one['group_key']}/dismiss").ok()
        assert told(alice) == [("favourite", bob.id)]

    def test_without_the_scope(self, server: ServerProcess, alice: User) -> None:
        narrow = User(alice.url, server.token(alice.username, "read:statuses"), alice.id, alice.username)
        assert narrow.get(BASE).refused(403)
        assert server.nobody.get(BASE).refused(401)


class TestPages:
    @pytest.fixture
    def history(self, server: ServerProcess) -> tuple[User, User, list[str]]:
        """A user who was mentioned 23 times, by another; the notifications' ids, newest first."""
        alice, bob = server.user("alice"), server.user("bob")
        for number in range(23):
            bob.status(f"@{alice.username} {number}")
        ids = alice.get(BASE, limit=80).ids
        assert len(ids) == 23
        return alice, bob, ids

    def test_walked_both_ways_while_more_arrive(self, history: tuple[User, User, list[str]]) -> None:
        alice, bob, ids = history
        answer = alice.get(BASE, limit=5)
        found, first = answer.ids, answer
        while (url := answer.links().get("next")) is not None:
            bob.status(f"@{alice.username} again")
            answer = alice.get(path_of(url))
            found += answer.ids
        assert found == ids
        later = 0
        newer: list[str] = []
        answer = first
        while (url := answer.links().get("prev")) is not None:
            answer = alice.get(path_of(url))
            newer = answer.ids + newer
            if later < 3:
                later += 1
                bob.status(f"@{alice.username} later")
        assert newer + ids == alice.get(BASE, limit=80).ids

    def test_bounds(self, history: tuple[User, User, list[str]]) -> None:
        alice, _, ids = history
        assert alice.get(BASE, since_id=ids[10]).ids == ids[:10]
        assert alice.get(BASE, min_id=ids[10], limit=3).ids == ids[7:10]
        assert alice.get(BASE, max_id=ids[10], limit=3).ids == ids[11:14]

    def test_filters_thin_a_page_out_but_lose_nothing(self, history: tuple[User, User, list[str]]) -> None:
        alice, bob, ids = history
        bob.follow(alice)
        assert told(alice, types=["follow"], limit=1) == [("follow", bob.id)]
        assert alice.walk(BASE, types=["mention"], limit=4) == ids
        assert alice.walk(BASE, exclude_types=["follow"], limit=4) == ids
        assert alice.walk(BASE, account_id=bob.id, exclude_types=["mention", "follow"]) == []
        assert alice.get(BASE, types=["annual_report"]).ids == []
        assert alice.get(BASE, account_id=alice.id).ids == []


class TestDismissing:
    def test_one_and_all(self, alice: User, bob: User) -> None:
        for number in range(3):
            bob.status(f"@{alice.username} {number}")
        first, second, third = alice.get(BASE).ids
        alice.post(f"{BASE}/{second}/dismiss").ok()
        assert alice.get(BASE).ids == [first, third]
        alice.form(f"{BASE}/dismiss", {"id": third}).ok()
        assert alice.get(BASE).ids == [first]
        assert alice.post(f"{BASE}/{second}/dismiss").refused(404)
        alice.post(f"{BASE}/clear").ok()
        assert alice.get(BASE).ids == []
        bob.status(f"@{alice.username} anew")
        assert told(alice) == [("mention", bob.id)]

    def test_unread_are_counted_from_the_marker(self, alice: User, bob: User) -> None:
        for number in range(4):
            bob.status(f"@{alice.username} {number}")
        ids = alice.get(BASE).ids
        assert alice.get(f"{BASE}/unread_count").ok() == {"count": 4}
        alice.post("/api/v1/markers", {"notifications": {"last_read_id": ids[2]}}).ok()
        assert alice.get(f"{BASE}/unread_count").ok() == {"count": 2}
        assert alice.get(f"{BASE}/unread_count", limit=1).ok() == {"count": 1}
        assert alice.get(f"{BASE}/unread_count", types=["follow"]).ok() == {"count": 0}
        assert alice.get("/api/v2/notifications/unread_count").ok() == {"count": 2}
        assert alice.get(f"{BASE}/unread_count", limit=0).refused(422)


GROUPS = "/api/v2/notifications"


def groups(answer: Answer) -> list[tuple[str, int, list[str]]]:
    """A page's groups as (type, count, sample accounts)."""
    return [
        (group["type"], group["notifications_count"], group["sample_account_ids"])
        for group in answer.ok()["notification_groups"]
    ]


class TestGroups:
    @pytest.fixture
    def fans(self, server: ServerProcess) -> list[User]:
        return [server.user("fan") for _ in range(12)]

    def test_likes_of_one_status_are_one_growing_group(
        self, alice: User, bob: User, fans: list[User]
    ) -> None:
        made, other = alice.status("Viral"), alice.status("Not so")
        for fan in fans[:3]:
            fan.do("favourite", made["id"])
        bob.do("favourite", other["id"])
        bob.status(f"@{alice.username} hello")
        page = alice.get(GROUPS)
        assert groups(page) == [
            ("mention", 1, [bob.id]),
            ("favourite", 1, [bob.id]),
            ("favourite", 3, [fan.id for fan in fans[2::-1]]),
        ]
        key = page.json["notification_groups"][2]["group_key"]
        for fan in fans[3:]:
            fan.do("favourite", made["id"])
        first = alice.get(GROUPS, limit=1)
        assert groups(first) == [("favourite", 12, [fan.id for fan in fans[:3:-1]])]
        group = first.json["notification_groups"][0]
        assert group["group_key"] == key
        assert isinstance(group["most_recent_notification_id"], int)
        assert group["status_id"] == made["id"]
        assert [status["id"] for status in first.json["statuses"]] == [made["id"]]
        assert {user["id"] for user in first.json["accounts"]} == set(group["sample_account_ids"])
        one = alice.get(f"{GROUPS}/{key}").ok()
        assert one["notification_groups"][0]["notifications_count"] == 12
        assert alice.walk(f"{GROUPS}/{key}/accounts", limit=5) == [fan.id for fan in fans[::-1]]

    def test_a_whole_walk_shows_every_group_once(self, alice: User, fans: list[User]) -> None:
        statuses = [alice.status(f"Number {number}")["id"] for number in range(4)]
        for fan in fans:
            for status in statuses:
                fan.do("favourite", status)
            fan.status(f"@{alice.username} hello")
        ids = [int(one) for one in alice.walk(BASE, limit=7)]
        assert len(ids) == len(set(ids)) == 60
        answer, shown = alice.get(GROUPS, limit=3), []
        while True:
            found = answer.ok()["notification_groups"]
            shown += found
            fans[0].status(f"@{alice.username} meanwhile")
            url = answer.links().get("next")
            if url is None:
                break
            answer = alice.get(path_of(url))
        assert len({group["group_key"] for group in shown}) == len(shown) == 16
        places = [int(group["page_max_id"]) for group in shown]
        assert places == sorted(places, reverse=True)
        likes = [group for group in shown if group["type"] == "favourite"]
        assert [group["status_id"] for group in likes] == statuses[::-1]
        assert [group["notifications_count"] for group in likes] == [12] * 4
        assert {int(group["page_max_id"]) for group in likes} < set(ids)

    def test_groups_upwards_and_of_one_account(self, alice: User, fans: list[User]) -> None:
        made = alice.status("Viral")["id"]
        for fan in fans:
            fan.do("favourite", made)
        seen = alice.get(GROUPS).ok()["notification_groups"][0]["page_max_id"]
        assert groups(alice.get(GROUPS, since_id=seen)) == groups(alice.get(GROUPS, min_id=seen)) == []
        mine = alice.get(GROUPS, account_id=fans[11].id)
        assert groups(mine) == [("favourite", 12, [fans[11].id])]
        fans[3].status(f"@{alice.username} one")
        fans[11].do("unfavourite", made)
        fans[11].do("favourite", made)
        fans[4].status(f"@{alice.username} two")
        upwards = [alice.get(GROUPS, min_id=seen, limit=1)]
        while (newest := upwards[-1].json["notification_groups"]) and len(upwards) < 9:
            upwards.append(alice.get(GROUPS, min_id=newest[0]["page_max_id"], limit=1))
        assert [groups(page)[0][0] for page in upwards[:-1]] == ["mention", "favourite", "mention"]
        assert alice.get(f"{GROUPS}/unread_count").ok() == {"count": 3}

    def test_only_the_types_one_wants_come_in_groups(self, alice: User, fans: list[User]) -> None:
        made = alice.status("Viral")
        for fan in fans[:3]:
            fan.do("favourite", made["id"])
            fan.follow(alice)
        assert len(groups(alice.get(GROUPS))) == 2
        only = groups(alice.get(GROUPS, grouped_types=["favourite"]))
        assert sorted(kind for kind, _, _ in only) == ["favourite", "follow", "follow", "follow"]
        partial = alice.get(GROUPS, types=["follow"], expand_accounts="partial_avatars").ok()
        assert [user["id"] for user in partial["accounts"]] == [fans[2].id]
        assert [user["id"] for user in partial["partial_accounts"]] == [fans[1].id, fans[0].id]
        assert alice.get(GROUPS, expand_accounts="some").refused(422)

    def test_what_is_taken_back_leaves_the_group(self, alice: User, fans: list[User]) -> None:
        made = alice.status("Viral")
        for fan in fans[:3]:
            fan.do("favourite", made["id"])
        fans[2].do("unfavourite", made["id"])
        assert groups(alice.get(GROUPS)) == [("favourite", 2, [fans[1].id, fans[0].id])]

    def test_a_dismissed_group_begins_anew(self, alice: User, fans: list[User]) -> None:
        made = alice.status("Viral")
        for fan in fans[:3]:
            fan.do("favourite", made["id"])
        key = alice.get(GROUPS).ok()["notification_groups"][0]["group_key"]
        alice.post(f"{GROUPS}/{key}/dismiss").ok()
        assert groups(alice.get(GROUPS)) == []
        assert alice.get(f"{GROUPS}/{key}").refused(404)
        assert told(alice) == []
        fans[3].do("favourite", made["id"])
        assert groups(alice.get(GROUPS)) == [("favourite", 1, [fans[3].id])]

    def test_a_group_alone(self, alice: User, bob: User) -> None:
        bob.status(f"@{alice.username} hello")
        key = alice.get(GROUPS).ok()["notification_groups"][0]["group_key"]
        assert alice.get(f"{GROUPS}/{key}").ok()["notification_groups"][0]["group_key"] == key
        assert alice.get(f"{GROUPS}/{key}/accounts").ids == [bob.id]
        alice.post(f"{GROUPS}/{key}/dismiss").ok()
        assert told(alice) == []

    @pytest.mark.parametrize("key", ["nonsense", "favourite-1", "ungrouped-999999", "ungrouped-x", "a-b-c-d"])
    def test_no_group(self, alice: User, key: str) -> None:
        assert alice.get(f"{GROUPS}/{key}").refused(404)


class TestEditsAndModeration:
    def test_who_passed_on_or_quoted_what_is_edited(self, alice: User, bob: User, carol: User) -> None:
        made = alice.status("Helo")
        bob.do("reblog", made["id"])
        carol.status("See", quoted_status_id=made["id"])
        bob.status("I see", quoted_status_id=made["id"])
        path = f"/api/v1/statuses/{made['id']}"
        alice.form(path, {"status": "Hello"}, method="PUT").ok()
        assert told(bob) == [("update", alice.id)]
        assert told(carol) == [("quoted_update", alice.id)]
        bob.do("unreblog", made["id"])
        assert told(bob) == []

    def test_whom_an_edit_newly_mentions(self, alice: User, bob: User) -> None:
        made = alice.status("Hello")
        path = f"/api/v1/statuses/{made['id']}"
        for _ in range(2):
            alice.form(path, {"status": f"Hello @{bob.username}"}, method="PUT")
        assert told(bob) == [("mention", alice.id)]

    def test_a_muted_conversation_is_silent(self, alice: User, bob: User) -> None:
        made = alice.status("Hello")
        bob.status("Before", in_reply_to_id=made["id"])
        assert told(alice) == [("mention", bob.id)]
        alice.do("mute", made["id"])
        bob.status("While", in_reply_to_id=made["id"])
        bob.do("favourite", made["id"])
        assert told(alice) == []
        alice.do("unmute", made["id"])
        assert told(alice) == [("mention", bob.id)]

    def test_moderators_are_told_of_who_signs_up(self, server: ServerProcess, bob: User) -> None:
        moderator = server.user("mod", role="moderator")
        newcomer = server.user("newcomer")
        assert told(moderator, types=["admin.sign_up"], limit=1) == [("admin.sign_up", newcomer.id)]
        assert told(bob) == []


class TestPolicy:
    """What happens to notifications from those whom one does not know."""

    POLICY = "/api/v2/notifications/policy"
    REQUESTS = "/api/v1/notifications/requests"

    def test_as_it_is_at_first_and_changed(self, alice: User) -> None:
        first = alice.get(self.POLICY).ok()
        assert first == {
            "for_not_following": "accept",
            "for_not_followers": "accept",
            "for_new_accounts": "accept",
            "for_private_mentions": "filter",
            "for_limited_accounts": "filter",
            "summary": {"pending_requests_count": 0, "pending_notifications_count": 0},
        }
        changed = alice.patch(self.POLICY, {"for_new_accounts": "drop"}).ok()
        assert changed == alice.get(self.POLICY).ok() == {**first, "for_new_accounts": "drop"}
        assert alice.patch(self.POLICY, {"for_new_accounts": "burn"}).refused(422)
        old = alice.patch(f"{BASE}/policy", {"filter_not_following": True}).ok()
        assert (old["filter_not_following"], old["filter_not_followers"]) == (True, False)
        assert alice.get(self.POLICY).ok()["for_not_following"] == "filter"

    def test_dropped_is_gone(self, alice: User, bob: User) -> None:
        alice.patch(self.POLICY, {"for_not_following": "drop"}).ok()
        bob.status(f"@{alice.username} hello")
        assert told(alice, include_filtered=True) == []

    def test_whom_one_follows_is_heard(self, alice: User, bob: User) -> None:
        rules = {f"for_{name}": "drop" for name in ("not_following", "new_accounts", "private_mentions")}
        alice.patch(self.POLICY, rules).ok()
        alice.follow(bob)
        bob.status(f"@{alice.username} hello", visibility="direct")
        assert told(alice) == [("mention", bob.id)]

    def test_a_private_mention_waits_unless_it_answers(self, alice: User, bob: User) -> None:
        bob.status(f"@{alice.username} psst", visibility="direct")
        assert told(alice) == []
        assert told(alice, include_filtered=True) == [("mention", bob.id)]
        made = alice.status(f"@{bob.username} yes?", visibility="direct")
        bob.status(f"@{alice.username} well", visibility="direct", in_reply_to_id=made["id"])
        assert told(alice) == [("mention", bob.id)]

    def test_requests_are_accepted_or_dismissed(self, alice: User, bob: User, carol: User) -> None:
        alice.patch(self.POLICY, {"for_not_following": "filter"}).ok()
        made = alice.status("Hello")
        last = bob.status(f"@{alice.username} hello")
        bob.do("favourite", made["id"])
        carol.follow(alice)
        assert told(alice) == []
        assert alice.get("/api/v2/notifications").ok()["notification_groups"] == []
        summary = alice.get(self.POLICY).ok()["summary"]
        assert summary == {"pending_requests_count": 2, "pending_notifications_count": 3}
        by_carol, by_bob = alice.get(self.REQUESTS).ok()
        assert (by_bob["account"]["id"], by_bob["notifications_count"]) == (bob.id, "2")
        assert by_bob["last_status"]["id"] == last["id"]
        assert by_carol["last_status"] is None
        assert alice.get(f"{self.REQUESTS}/{by_bob['id']}").ok() == by_bob
        assert carol.post(f"{self.REQUESTS}/{by_bob['id']}/accept").refused(404)
        alice.post(f"{self.REQUESTS}/{by_bob['id']}/accept").ok()
        alice.post(f"{self.REQUESTS}/dismiss", {"id": [by_carol["id"]]}).ok()
        assert alice.get(f"{self.REQUESTS}/merged").ok() == {"merged": True}
        assert alice.get(self.REQUESTS).ok() == []
        assert told(alice) == [("favourite", bob.id), ("mention", bob.id)]
        bob.status(f"@{alice.username} again")
        carol.do("favourite", made["id"])
        assert told(alice)[0] == ("mention", bob.id)
        assert [item["account"]["id"] for item in alice.get(self.REQUESTS).ok()] == [carol.id]

    def test_pages_of_requests(self, server: ServerProcess, alice: User) -> None:
        alice.patch(self.POLICY, {"for_not_following": "filter"}).ok()
        senders = [server.user("sender") for _ in range(7)]
        for sender in senders:
            sender.follow(alice)
        ids = alice.get(self.REQUESTS).ids
        assert len(ids) == 7
        assert alice.walk(self.REQUESTS, limit=3) == ids
        assert alice.walk(self.REQUESTS, relation="prev", min_id=ids[-1], limit=3) == ids[:-1]
