"""Bookmarks, pins and muted conversations."""

import pytest

from tests.api.client import Api, User, path_of


@pytest.mark.parametrize(
    ("verb", "undone", "mark"),
    [
        ("bookmark", "unbookmark", "bookmarked"),
        ("pin", "unpin", "pinned"),
        ("mute", "unmute", "muted"),
    ],
)
def test_each_mark_can_be_set_twice_and_taken_back_twice(
    alice: User, bob: User, nobody: Api, verb: str, undone: str, mark: str
) -> None:
    bob.follow(alice)
    made = alice.status("Mine")
    path = f"/api/v1/statuses/{made['id']}"
    assert made[mark] is False
    for _ in range(2):
        assert alice.do(verb, made["id"])[mark] is True
        assert alice.get(path).ok()[mark] is True
        assert bob.get(path).ok()[mark] is False
        assert nobody.get(path).ok()[mark] is False
    assert next(status for status in alice.home().ok() if status["id"] == made["id"])[mark] is True
    for _ in range(2):
        assert alice.do(undone, made["id"])[mark] is False
        assert alice.get(path).ok()[mark] is False
    for caller, status in ((nobody, 401), (User(bob.url, "x", "", ""), 401)):
        assert caller.post(f"{path}/{verb}").refused(status)
    assert alice.post(f"/api/v1/statuses/1/{verb}").refused(404)


def test_bookmarks_are_paged_by_themselves_both_ways_while_more_come(alice: User, bob: User) -> None:
    ids = bob.statuses(7)
    order = [ids[place] for place in (3, 0, 6, 2, 5, 1, 4)]
    for status_id in order:
        alice.do("bookmark", status_id)
    newest_first = order[::-1]
    assert alice.walk("/api/v1/bookmarks", limit=2) == newest_first
    first = alice.get("/api/v1/bookmarks", limit=3)
    assert first.ids == newest_first[:3]
    extra = bob.status("One more")["id"]
    alice.do("bookmark", extra)
    following = alice.get(path_of(first.links()["next"]))
    assert following.ids == newest_first[3:6]
    oldest = alice.get("/api/v1/bookmarks", limit=1, min_id=1)
    assert oldest.ids == newest_first[-1:]
    assert alice.walk(path_of(oldest.links()["prev"]), "prev") == [extra, *newest_first[:-1]]
    assert bob.get("/api/v1/bookmarks").ids == []


def test_a_reblog_s_bookmark_is_its_original_s(alice: User, bob: User) -> None:
    made = alice.status("Keep this")
    reblog = bob.do("reblog", made["id"])
    marked = bob.do("bookmark", reblog["id"])
    assert (marked["id"], marked["bookmarked"]) == (made["id"], True)
    shown = bob.get(f"/api/v1/statuses/{reblog['id']}").ok()
    assert (shown["bookmarked"], shown["reblog"]["bookmarked"]) == (True, True)
    assert bob.get("/api/v1/bookmarks").ids == [made["id"]]


def test_marks_are_shown_on_what_a_reblogged_quote_quotes(alice: User, bob: User) -> None:
    inner = alice.status("Inner")["id"]
    reblog = bob.do("reblog", alice.status("Outer", quoted_status_id=inner)["id"])["id"]
    bob.do("bookmark", inner)
    shown = bob.get(f"/api/v1/statuses/{reblog}").ok()["reblog"]
    assert (shown["bookmarked"], shown["quote"]["quoted_status"]["bookmarked"]) == (False, True)


def test_what_may_no_longer_be_seen_is_no_bookmark_and_can_be_unbookmarked(alice: User, bob: User) -> None:
    kept, gone, public = (
        alice.status("For followers", visibility="private"),
        alice.status("Soon gone"),
        alice.status("For all"),
    )
    bob.follow(alice)
    for made in (kept, gone, public):
        bob.do("bookmark", made["id"])
    alice.delete(f"/api/v1/statuses/{gone['id']}").ok()
    assert bob.get("/api/v1/bookmarks").ids == [public["id"], kept["id"]]
    bob.post(f"/api/v1/accounts/{alice.id}/unfollow").ok()
    assert bob.get("/api/v1/bookmarks").ids == [public["id"]]
    alice.post(f"/api/v1/accounts/{bob.id}/block").ok()
    assert bob.get("/api/v1/bookmarks").ids == []
    assert bob.post(f"/api/v1/statuses/{public['id']}/unbookmark").refused(404)
    alice.post(f"/api/v1/accounts/{bob.id}/unblock").ok()
    assert bob.get(f"/api/v1/statuses/{public['id']}").ok()["bookmarked"] is False
    secret = alice.status("Secret", visibility="direct")
    assert bob.post(f"/api/v1/statuses/{secret['id']}/bookmark").refused(404)


def test_pins_stand_newest_pin_first_and_five_at_most(alice: User, bob: User, nobody: Api) -> None:
    ids = alice.statuses(6)
    profile = f"/api/v1/accounts/{alice.id}/statuses"
    for status_id in ids[:5]:
        alice.do("pin", status_id)
    assert "maximum" in alice.post(f"/api/v1/statuses/{ids[5]}/pin").refused(422)
    for caller in (alice, bob, nobody):
        found = caller.get(profile, pinned=True)
        assert found.ids == ids[:5][::-1]
        assert {status["pinned"] for status in found.ok()} == {caller is alice}
    assert alice.get(profile).ids == ids
    alice.delete(f"/api/v1/statuses/{ids[2]}").ok()
    alice.do("pin", ids[5])
    assert nobody.get(profile, pinned=True).ids == [ids[place] for place in (5, 4, 3, 1, 0)]


def test_what_cannot_be_pinned(alice: User, bob: User) -> None:
    others = bob.status("Not yours")
    reblog = alice.do("reblog", others["id"])
    direct = alice.status("Psst", visibility="direct")
    for made in (others, reblog, direct):
        assert alice.post(f"/api/v1/statuses/{made['id']}/pin").refused(422)
    assert alice.get(f"/api/v1/accounts/{alice.id}/statuses", pinned=True).ids == []


def test_a_pinned_status_for_followers_is_seen_by_followers(alice: User, bob: User, nobody: Api) -> None:
    made = alice.status("For followers", visibility="private")
    alice.do("pin", made["id"])
    bob.follow(alice)
    path = f"/api/v1/accounts/{alice.id}/statuses"
    assert [caller.get(path, pinned=True).ids for caller in (alice, bob, nobody)] == [[made["id"]]] * 2 + [[]]
    alice.post(f"/api/v1/accounts/{bob.id}/block").ok()
    assert bob.get(path, pinned=True).ids == []


def test_a_muted_conversation_is_muted_in_all_its_statuses(alice: User, bob: User) -> None:
    root = alice.status("Root")
    answer = bob.status("Answer", in_reply_to_id=root["id"])
    leaf = alice.status("Leaf", in_reply_to_id=answer["id"])
    other = alice.status("Another root")
    assert alice.do("mute", answer["id"])["muted"] is True
    later = bob.status("Later", in_reply_to_id=leaf["id"])
    context = alice.get(f"/api/v1/statuses/{root['id']}/context").ok()
    assert [(status["id"], status["muted"]) for status in context["descendants"]] == [
        (status["id"], True) for status in (answer, leaf, later)
    ]
    ids = [root["id"], other["id"]]
    assert [status["muted"] for status in alice.get("/api/v1/statuses", id=ids).ok()] == [True, False]
    assert bob.get(f"/api/v1/statuses/{later['id']}").ok()["muted"] is False
    assert alice.do("unmute", later["id"])["muted"] is False
    assert alice.get(f"/api/v1/statuses/{root['id']}").ok()["muted"] is False


def test_an_account_s_statuses_without_direct_ones(alice: User) -> None:
    public, direct = alice.status("All"), alice.status("Me", visibility="direct")
    path = f"/api/v1/accounts/{alice.id}/statuses"
    assert alice.get(path).ids == [direct["id"], public["id"]]
    assert alice.get(path, exclude_direct=True).ids == [public["id"]]
