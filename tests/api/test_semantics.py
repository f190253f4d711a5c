"""What clients' own test suites assert of a server, easy to miss; a test for each point of that list.

The points were found by running the suites of toot, masto.js, Mastodon.py and Pinafore against a server.
"""

from typing import Any

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess
from tests.api.streams import EventSource

_ATTEMPTS = 4_000
"""Of reads for what becomes true by itself; each waits for an answer."""


def _texts(statuses: list[dict[str, Any]]) -> list[str]:
    return [status["content"].removeprefix("<p>").removesuffix("</p>") for status in statuses]


def _notifications(user: User, **query: Any) -> list[tuple[str, str]]:
    found = user.get("/api/v1/notifications", **query).ok()
    return [(each["type"], each["account"]["username"]) for each in found]


def test_home_is_one_s_own_the_followed_and_their_answers_to_the_followed(
    alice: User, bob: User, carol: User
) -> None:
    alice.follow(bob)
    bob.follow(alice)
    own = alice.status("Own")["id"]
    own_direct = alice.status(f"@{carol.username} own direct", visibility="direct")["id"]
    followed = bob.status("Followed")["id"]
    direct = bob.status(f"@{alice.username} direct to me", visibility="direct")["id"]
    stranger = carol.status("Stranger")["id"]
    stranger_direct = carol.status(f"@{alice.username} direct", visibility="direct")["id"]
    to_stranger = bob.status("To a stranger", in_reply_to_id=stranger)["id"]
    to_me = bob.status("To me", in_reply_to_id=own)["id"]
    to_self = bob.status("To myself", in_reply_to_id=followed)["id"]
    seen = alice.home(limit=40).ids
    assert seen == [to_self, to_me, direct, followed, own_direct, own]
    assert not {stranger, stranger_direct, to_stranger} & set(seen)


def test_home_has_followed_hashtags(alice: User, carol: User) -> None:
    tag = f"tag{carol.id}"
    alice.post(f"/api/v1/tags/{tag}/follow").ok()
    tagged = carol.status(f"Everybody #{tag}")["id"]
    carol.status(f"Followers #{tag}", visibility="private")
    assert alice.home().ids == [tagged]
    alice.post(f"/api/v1/tags/{tag}/unfollow").ok()
    assert alice.home().ids == []


def test_home_shows_no_boost_of_what_stands_among_the_newest_40(alice: User, bob: User, carol: User) -> None:
    alice.follow(bob, carol)
    first = bob.status("First")["id"]
    carol.do("reblog", first)
    assert alice.home().ids == [first]
    bob.statuses(40)
    carol.do("unreblog", first)
    again = carol.do("reblog", first)["id"]
    assert alice.home(limit=1).ids == [again], "40 others stand between"


def test_without_replies_a_thread_stays_whole(alice: User, bob: User) -> None:
    root = alice.status("Thread 1")["id"]
    second = alice.status("Thread 2", in_reply_to_id=root)["id"]
    alice.status("To somebody", in_reply_to_id=bob.status("Hello")["id"])
    found = bob.get(f"/api/v1/accounts/{alice.id}/statuses", exclude_replies=True)
    assert found.ids == [second, root]


def test_the_newest_pin_and_the_newest_mark_come_first(alice: User, bob: User, carol: User) -> None:
    older, newer = (alice.status(text)["id"] for text in ("Older", "Newer"))
    for status_id in (newer, older):
        alice.do("pin", status_id)
    assert alice.get(f"/api/v1/accounts/{alice.id}/statuses", pinned=True).ids == [older, newer]
    for user in (carol, bob):
        user.do("favourite", older)
        user.do("reblog", older)
    for listed in ("favourited_by", "reblogged_by"):
        assert alice.get(f"/api/v1/statuses/{older}/{listed}").ids == [bob.id, carol.id]


def test_a_boost_is_never_wider_than_what_it_shows(alice: User, bob: User) -> None:
    bob.follow(alice)
    private = alice.status("Private", visibility="private")["id"]
    assert alice.do("reblog", private)["visibility"] == "private"
    assert bob.get(f"/api/v1/statuses/{private}/reblogged_by").ids == []
    direct = alice.status("Direct", visibility="direct")["id"]
    alice.post(f"/api/v1/statuses/{direct}/reblog").refused(403)
    public = alice.status("Public")["id"]
    reblog = bob.post(f"/api/v1/statuses/{public}/reblog", {"visibility": "unlisted"}).ok()
    assert reblog["visibility"] == "unlisted"


def test_who_is_not_followed_is_on_no_list(alice: User, bob: User, carol: User) -> None:
    alice.follow(bob)
    accounts = f"/api/v1/lists/{alice.post('/api/v1/lists', {'title': 'Birds'}).ok()['id']}/accounts"
    alice.post(accounts, {"account_ids": [bob.id]}).ok()
    alice.post(accounts, {"account_ids": [carol.id]}).refused(404)
    alice.post(accounts, {"account_ids": [bob.id]}).refused(422)
    assert alice.get(accounts).ids == [bob.id]
    alice.post(f"/api/v1/accounts/{bob.id}/unfollow").ok()
    assert alice.get(accounts).ids == []


def test_mutes_end_by_themselves(alice: User, bob: User) -> None:
    alice.post(f"/api/v1/accounts/{bob.id}/mute", {"duration": 1}).ok()
    assert any(not alice.relationship(bob)["muting"] for _ in range(_ATTEMPTS))
    assert alice.get("/api/v1/mutes").ids == []


def test_locked_accounts_are_asked(server: ServerProcess, bob: User) -> None:
    owner = server.user("owner", protected=True)
    bob.follow(owner)
    assert bob.relationship(owner)["requested"] is True
    assert _notifications(owner) == [("follow_request", bob.username)]
    owner.post(f"/api/v1/follow_requests/{bob.id}/authorize").ok()
    assert bob.relationship(owner)["following"] is True
    owner.post(f"/api/v1/accounts/{bob.id}/remove_from_followers").ok()
    assert bob.relationship(owner)["following"] is False


def test_notifications_come_at_once_and_go_with_their_status(alice: User, bob: User) -> None:
    bob.follow(alice)
    mention = bob.status(f"@{alice.username} hello")["id"]
    status_id = alice.status("Like me")["id"]
    for verb in ("favourite", "reblog"):
        bob.do(verb, status_id)
    kinds = ["reblog", "favourite", "mention", "follow"]
    assert _notifications(alice) == [(kind, bob.username) for kind in kinds]
    bob.delete(f"/api/v1/statuses/{mention}").ok()
    alice.delete(f"/api/v1/statuses/{status_id}").ok()
    assert _notifications(alice) == [("follow", bob.username)]


def test_votes(alice: User, bob: User) -> None:
    def poll(**options: object) -> str:
        asked = {"options": ["a", "b", "c"], "expires_in": 600, **options}
        found: str = alice.status("Which?", poll=asked)["poll"]["id"]
        return f"/api/v1/polls/{found}"

    one = poll()
    assert bob.post(f"{one}/votes", {"choices": [1]}).ok()["own_votes"] == [1]
    assert "already voted" in bob.post(f"{one}/votes", {"choices": [0]}).refused(422)
    assert "does not exist" in bob.post(f"{poll()}/votes", {"choices": [9]}).refused(422)
    several = poll(multiple=True)
    bob.post(f"{several}/votes", {"choices": [2]}).ok()
    assert bob.post(f"{several}/votes", {"choices": [0]}).ok()["own_votes"] == [2, 0]
    hidden = poll(hide_totals=True)
    voted = bob.post(f"{hidden}/votes", {"choices": [0]}).ok()
    assert [option["votes_count"] for option in voted["options"]] == [None] * 3


def test_an_edit_is_kept_and_told(alice: User) -> None:
    made = alice.status("First words")
    with EventSource(alice.url, "user", alice.token) as stream:
        edited = alice.call(
            "PUT",
            f"/api/v1/statuses/{made['id']}",
            b'{"status":"Other words"}',
            {"Content-Type": "application/json"},
        ).ok()
        told = stream.next()
    assert edited["edited_at"] is not None
    assert (told.event, told.payload["id"]) == ("status.update", made["id"])
    history = alice.get(f"/api/v1/statuses/{made['id']}/history").ok()
    assert _texts(history) == ["First words", "Other words"]


def test_what_is_scheduled_is_five_minutes_ahead(alice: User) -> None:
    soon = {"status": "Soon", "scheduled_at": "2031-01-01T00:00:00Z"}
    assert alice.post("/api/v1/statuses", soon).ok()["params"]["text"] == "Soon"
    alice.post("/api/v1/statuses", {**soon, "scheduled_at": "2020-01-01T00:00:00Z"}).refused(422)
    text = alice.post("/api/v1/statuses", {**soon, "scheduled_at": "tomorrow"}).refused(422)
    assert "Record invalid" in text


def test_direct_statuses_can_be_left_out_of_one_s_own(alice: User) -> None:
    public = alice.status("Public")["id"]
    alice.status("Direct", visibility="direct")
    assert alice.get(f"/api/v1/accounts/{alice.id}/statuses", exclude_direct=True).ids == [public]


def test_marks_on_one_status_are_one_group(alice: User, bob: User, carol: User) -> None:
    status_id = alice.status("Popular")["id"]
    for user in (bob, carol):
        user.do("favourite", status_id)
    groups = alice.get("/api/v2/notifications").ok()["notification_groups"]
    assert [(group["type"], group["notifications_count"]) for group in groups] == [("favourite", 2)]
    assert groups[0]["sample_account_ids"] == [carol.id, bob.id]


def test_a_policy_turns_notifications_into_requests(alice: User, bob: User) -> None:
    alice.patch("/api/v2/notifications/policy", {"for_not_following": "filter"}).ok()
    bob.status(f"@{alice.username} may I?")
    assert _notifications(alice) == []
    requests = alice.get("/api/v1/notifications/requests").ok()
    assert [request["account"]["id"] for request in requests] == [bob.id]


@pytest.mark.parametrize("path", ["/api/v1/accounts/search", "/api/v2/search"])
def test_search_finds_everybody_of_a_name(server: ServerProcess, alice: User, path: str) -> None:
    names = [server.user("searched").username for _ in range(2)]
    query = {"q": "searched", **({} if "accounts" in path else {"type": "accounts"})}

    def found(**more: object) -> set[str]:
        answer = alice.get(path, **query, **more).ok()
        accounts = answer if isinstance(answer, list) else answer["accounts"]
        return {account["username"] for account in accounts}

    assert set(names) <= found()
    assert found(following=True) == set()


@pytest.mark.parametrize("allowed", ["nobody", "bob"])
def test_whom_a_status_may_mention_can_be_said(
    server: ServerProcess, alice: User, bob: User, carol: User, nobody: Api, allowed: str
) -> None:
    ids = {"nobody": [], "bob": [bob.id]}[allowed]
    before = alice.get(f"/api/v1/accounts/{alice.id}").ok()["statuses_count"]
    text = f"@{bob.username} and @{carol.username}"
    answer = alice.post("/api/v1/statuses", {"status": text, "allowed_mentions": ids})
    answer.refused(422)
    unexpected = [carol.id] if ids else [bob.id, carol.id]
    assert [account["id"] for account in answer.json["unexpected_accounts"]] == unexpected
    assert nobody.get(f"/api/v1/accounts/{alice.id}").ok()["statuses_count"] == before
    allowed_both = {"status": text, "allowed_mentions": [bob.id, carol.id]}
    assert len(alice.post("/api/v1/statuses", allowed_both).ok()["mentions"]) == 2
