"""Quotes: who may quote, what a quote shows to whom, and taking quotes back."""

import pytest

from tests.api.client import Api, User, path_of


def quote(user: User, status_id: str, text: str = "Look") -> str:
    return str(user.status(text, quoted_status_id=status_id)["id"])


def state(caller: Api, quote_id: str) -> str:
    """What became of a quote; it shows a status in one state alone."""
    found = caller.get(f"/api/v1/statuses/{quote_id}").ok()["quote"]
    assert (found.get("quoted_status") is not None) is (found["state"] == "accepted")
    return str(found["state"])


def test_who_may_quote_is_said_with_a_status_and_later(alice: User, bob: User, carol: User) -> None:
    bob.follow(alice)
    for policy, allowed in (
        ("public", (alice, bob, carol)),
        ("followers", (alice, bob)),
        ("nobody", (alice,)),
    ):
        made = alice.status(f"For {policy}", quote_approval_policy=policy)
        path = f"/api/v1/statuses/{made['id']}"
        for caller in (alice, bob, carol):
            approval = caller.get(path).ok()["quote_approval"]
            assert approval["automatic"] == ([] if policy == "nobody" else [policy])
            assert approval["current_user"] == ("automatic" if caller in allowed else "denied")
            answer = caller.post("/api/v1/statuses", {"status": "Q", "quoted_status_id": made["id"]})
            assert answer.status == (200 if caller in allowed else 403)
    changed = alice.call("PUT", f"{path}/interaction_policy?quote_approval_policy=public").ok()
    assert changed["quote_approval"]["automatic"] == ["public"]
    assert state(carol, quote(carol, made["id"])) == "accepted"
    assert changed["edited_at"] is None
    edited = alice.form(path, {"status": "Mine", "quote_approval_policy": "nobody"}, method="PUT").ok()
    assert (edited["quote_approval"]["automatic"], edited["content"]) == ([], "<p>Mine</p>")


def test_a_policy_that_cannot_be_said(alice: User, bob: User) -> None:
    made = alice.status("Mine")
    path = f"/api/v1/statuses/{made['id']}/interaction_policy"
    for policy, caller, status in (("", alice, 422), ("friends", alice, 422), ("nobody", bob, 404)):
        assert caller.form(path, {"quote_approval_policy": policy}, method="PUT").refused(status)
    form = {"status": "x", "quote_approval_policy": "friends"}
    assert alice.post("/api/v1/statuses", form).refused(422)


def test_the_default_policy_is_the_profile_s(alice: User, bob: User) -> None:
    source = alice.patch("/api/v1/accounts/update_credentials", {"source": {"quote_policy": "nobody"}}).ok()
    assert source["source"]["quote_policy"] == "nobody"
    made = alice.status("Mine")
    assert made["quote_approval"]["automatic"] == []
    assert bob.post("/api/v1/statuses", {"status": "Q", "quoted_status_id": made["id"]}).refused(403)
    assert alice.status("Yours", quote_approval_policy="public")["quote_approval"]["automatic"] == ["public"]


def test_what_is_for_followers_is_quoted_by_nobody_else(alice: User, bob: User) -> None:
    bob.follow(alice)
    made = alice.status("Private", visibility="private", quote_approval_policy="public")
    approval = bob.get(f"/api/v1/statuses/{made['id']}").ok()["quote_approval"]
    assert approval == {"automatic": [], "manual": [], "current_user": "denied"}


def test_quotes_are_listed_newest_first_in_pages(alice: User, bob: User, nobody: Api) -> None:
    made = alice.status("Quote me")
    ids = [quote(bob, made["id"], f"Number {number}") for number in range(5)][::-1]
    path = f"/api/v1/statuses/{made['id']}/quotes"
    assert alice.walk(path, limit=2) == ids
    first = bob.get(path, limit=2)
    later = quote(alice, made["id"])
    assert bob.get(path_of(first.links()["next"])).ids == ids[2:4]
    assert bob.walk(path_of(first.links()["prev"]), "prev") == [later]
    assert alice.get(f"/api/v1/statuses/{made['id']}").ok()["quotes_count"] == 6
    bob.delete(f"/api/v1/statuses/{ids[0]}").ok()
    assert alice.get(path).ids == [later, *ids[1:]]
    assert nobody.get(path).refused(401)


def test_a_list_of_quotes_has_what_the_reader_may_see(alice: User, bob: User, carol: User) -> None:
    made = alice.status("Quote me")
    path = f"/api/v1/statuses/{made['id']}/quotes"
    private = bob.status("For my followers", quoted_status_id=made["id"], visibility="private")["id"]
    public = quote(bob, made["id"])
    carol.follow(bob)
    assert [caller.get(path).ids for caller in (bob, carol, alice)] == [[public, private]] * 2 + [[public]]
    alice.post(f"/api/v1/accounts/{bob.id}/mute").ok()
    assert alice.get(path).ids == [public]
    carol.post(f"/api/v1/accounts/{bob.id}/block").ok()
    assert carol.get(path).ids == []
    bob.post(f"/api/v1/accounts/{alice.id}/block").ok()
    assert alice.get(path).ids == []
    secret = alice.status("Secret", visibility="direct")
    assert bob.get(f"/api/v1/statuses/{secret['id']}/quotes").refused(404)


def test_an_author_takes_a_quote_back_for_good(alice: User, bob: User, carol: User, nobody: Api) -> None:
    made = alice.status("Quote me")
    kept, gone = quote(bob, made["id"]), quote(bob, made["id"])
    path = f"/api/v1/statuses/{made['id']}/quotes"
    for caller, status in ((carol, 403), (bob, 403), (nobody, 401)):
        assert caller.post(f"{path}/{gone}/revoke").refused(status)
    for wrong in (made["id"], "1", "x"):
        assert alice.post(f"{path}/{wrong}/revoke").refused(404)
    for _ in range(2):
        revoked = alice.post(f"{path}/{gone}/revoke").ok()
        assert (revoked["id"], revoked["quote"]["state"]) == (gone, "revoked")
    for caller in (alice, bob, carol, nobody):
        assert (state(caller, gone), state(caller, kept)) == ("revoked", "accepted")
    assert alice.get(path).ids == [kept]
    assert alice.get(f"/api/v1/statuses/{made['id']}").ok()["quotes_count"] == 1
    edited = bob.form(f"/api/v1/statuses/{gone}", {"status": "Still"}, method="PUT").ok()
    assert edited["quote"]["state"] == "revoked"
    bob.delete(f"/api/v1/statuses/{gone}").ok()
    assert alice.get(f"/api/v1/statuses/{made['id']}").ok()["quotes_count"] == 1


def test_what_a_quote_shows_depends_on_who_looks(alice: User, bob: User, carol: User, nobody: Api) -> None:
    made = alice.status("Quote me")
    quote_id = quote(bob, made["id"])
    reblog = carol.do("reblog", quote_id)
    assert {state(caller, quote_id) for caller in (alice, bob, carol, nobody)} == {"accepted"}
    carol.post(f"/api/v1/accounts/{alice.id}/mute").ok()
    assert state(carol, quote_id) == "muted_account"
    carol.post(f"/api/v1/accounts/{alice.id}/block").ok()
    assert state(carol, quote_id) == "blocked_account"
    shown = carol.get(f"/api/v1/statuses/{reblog['id']}").ok()["reblog"]["quote"]
    assert shown == {"state": "blocked_account", "quoted_status": None}
    alice.post(f"/api/v1/accounts/{bob.id}/block").ok()
    assert (state(bob, quote_id), state(nobody, quote_id)) == ("unauthorized", "accepted")
    alice.delete(f"/api/v1/statuses/{made['id']}").ok()
    assert {state(caller, quote_id) for caller in (bob, carol, nobody)} == {"deleted"}


@pytest.mark.parametrize("hidden", [False, True])
def test_a_quote_within_a_quote_is_an_id_or_nothing(
    alice: User, bob: User, carol: User, hidden: bool
) -> None:
    made = alice.status("Innermost")
    inner = quote(bob, made["id"])
    outer = quote(carol, inner)
    if hidden:
        alice.patch("/api/v1/accounts/update_credentials", {"locked": True}).ok()
    shown = carol.get(f"/api/v1/statuses/{outer}").ok()["quote"]["quoted_status"]["quote"]
    expected = {"state": "accepted", "quoted_status_id": made["id"]}
    assert shown == ({"state": "unauthorized", "quoted_status": None} if hidden else expected)


def test_deleting_a_quote_to_write_it_anew(alice: User, bob: User) -> None:
    made = alice.status("Quote me")
    quote_id = quote(bob, made["id"], "Draft *one*")
    deleted = bob.delete(f"/api/v1/statuses/{quote_id}").ok()
    assert (deleted["text"], deleted["quote"]["quoted_status"]["id"]) == ("Draft *one*", made["id"])
    assert alice.get(f"/api/v1/statuses/{made['id']}").ok()["quotes_count"] == 0
