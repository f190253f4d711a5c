"""Accounts that approve their followers, protected or not, and whom one follows kept to oneself."""

from tests.api.client import User
from tests.api.process import ServerProcess


def _edit(user: User, **change: object) -> dict[str, object]:
    found: dict[str, object] = user.patch("/api/v1/accounts/update_credentials", change).ok()
    return found


def test_a_locked_account_approves_follows_and_is_for_everybody(
    server: ServerProcess, alice: User, bob: User
) -> None:
    locked = server.user("locked", locked=True)
    status = locked.status("For all")
    assert status["visibility"] == "public"
    assert server.nobody.get(f"/api/v1/accounts/{locked.id}").ok()["locked"] is True
    assert server.nobody.get(f"/api/v1/statuses/{status['id']}").status == 200
    assert status["id"] in bob.get("/api/v1/timelines/public", limit=40).ids
    assert bob.do("reblog", status["id"])["reblog"]["id"] == status["id"]
    alice.follow(locked)
    assert alice.relationship(locked)["requested"] is True
    locked.post(f"/api/v1/follow_requests/{alice.id}/authorize").ok()
    assert alice.relationship(locked)["following"] is True


def test_an_app_that_locks_it_again_changes_nothing_and_one_that_opens_it_does(
    server: ServerProcess, alice: User
) -> None:
    locked = server.user("locked", locked=True)
    status = locked.status("For all")
    assert _edit(locked, locked=True)["locked"] is True
    assert server.nobody.get(f"/api/v1/statuses/{status['id']}").ok()["visibility"] == "public"
    assert _edit(locked, locked=False)["locked"] is False
    alice.follow(locked)
    assert alice.relationship(locked)["following"] is True


def test_an_account_that_an_app_locks_is_protected(server: ServerProcess, alice: User) -> None:
    status = alice.status("For followers from now on")
    assert _edit(alice, locked=True)["locked"] is True
    assert server.nobody.get(f"/api/v1/statuses/{status['id']}").refused(404)


def test_whom_one_follows_can_be_hidden(server: ServerProcess, alice: User, bob: User) -> None:
    alice.follow(bob)
    bob.follow(alice)
    assert _edit(alice, hide_collections=True)["hide_collections"] is True
    for listed in ("followers", "following"):
        path = f"/api/v1/accounts/{alice.id}/{listed}"
        assert server.nobody.get(path).ids == bob.get(path).ids == []
        assert alice.get(path).ids == [bob.id]
    _edit(alice, hide_collections=False)
    assert bob.get(f"/api/v1/accounts/{alice.id}/followers").ids == [bob.id]


def test_sites_that_name_an_author(alice: User) -> None:
    source = _edit(alice, attribution_domains=["blog.example"])["source"]
    assert isinstance(source, dict)
    assert source["attribution_domains"] == ["blog.example"]
    many = {"attribution_domains": [f"{number}.example" for number in range(101)]}
    assert alice.patch("/api/v1/accounts/update_credentials", many).refused(422)
