"""Conversations of direct statuses: whose they are, what is unread, and in which pages."""

from typing import Any

from tests.api.client import User, path_of
from tests.api.process import ServerProcess

BASE = "/api/v1/conversations"


def direct(author: User, *others: User, text: str = "psst", **more: Any) -> dict[str, Any]:
    names = " ".join(f"@{other.username}" for other in others)
    return author.status(f"{names} {text}", visibility="direct", **more)


def listed(user: User) -> list[tuple[str, bool, list[str], str]]:
    """Conversations as (id, unread, other accounts, last status)."""
    return [
        (item["id"], item["unread"], sorted(a["id"] for a in item["accounts"]), item["last_status"]["id"])
        for item in user.get(BASE).ok()
    ]


def test_a_thread_is_one_conversation_of_each_of_its_people(alice: User, bob: User, carol: User) -> None:
    first = direct(alice, bob, carol)
    assert listed(alice) == [(first["id"], False, sorted([bob.id, carol.id]), first["id"])]
    assert listed(bob) == [(first["id"], True, sorted([alice.id, carol.id]), first["id"])]
    answer = direct(bob, alice, in_reply_to_id=first["id"])
    assert listed(alice) == [(first["id"], True, sorted([bob.id, carol.id]), answer["id"])]
    assert listed(bob) == [(first["id"], False, sorted([alice.id, carol.id]), answer["id"])]
    assert listed(carol) == [(first["id"], True, sorted([alice.id, bob.id]), first["id"])]


def test_nobody_else_has_it(server: ServerProcess, alice: User, bob: User, carol: User) -> None:
    first = direct(alice, bob)
    carol.follow(alice)
    assert listed(carol) == []
    for path in (f"{BASE}/{first['id']}/read", f"{BASE}/{first['id']}/unread"):
        assert carol.post(path).refused(404)
    assert carol.delete(f"{BASE}/{first['id']}").refused(404)
    assert server.nobody.get(BASE).refused(401)
    alice.status("Public", in_reply_to_id=first["id"])
    assert len(listed(bob)) == 1


def test_read_and_unread(alice: User, bob: User) -> None:
    first = direct(alice, bob)
    path = f"{BASE}/{first['id']}"
    assert bob.post(f"{path}/read").ok()["unread"] is False
    assert listed(bob)[0][1] is False
    assert bob.post(f"{path}/unread").ok()["unread"] is True
    assert listed(bob)[0][1] is True
    bob.post(f"{path}/read").ok()
    direct(alice, bob, in_reply_to_id=first["id"])
    assert listed(bob)[0][1] is True


def test_one_taken_off_the_list_comes_back_with_the_next_status(alice: User, bob: User) -> None:
    first = direct(alice, bob)
    assert bob.delete(f"{BASE}/{first['id']}").ok() == {}
    assert listed(bob) == []
    assert len(listed(alice)) == 1
    again = direct(alice, bob, in_reply_to_id=first["id"])
    assert listed(bob) == [(first["id"], True, [alice.id], again["id"])]


def test_deleting_the_last_status_leaves_the_one_before(alice: User, bob: User) -> None:
    first = direct(alice, bob)
    second = direct(alice, bob, in_reply_to_id=first["id"])
    alice.delete(f"/api/v1/statuses/{second['id']}").ok()
    assert listed(bob) == [(first["id"], True, [alice.id], first["id"])]
    alice.delete(f"/api/v1/statuses/{first['id']}").ok()
    assert listed(alice) == listed(bob) == []


def test_whom_one_blocks_is_not_heard(alice: User, bob: User) -> None:
    direct(alice, bob)
    bob.post(f"/api/v1/accounts/{alice.id}/block").ok()
    assert listed(bob) == []


def test_pages_are_walked_while_more_arrive(alice: User, bob: User) -> None:
    ids = [direct(alice, bob, text=str(number))["id"] for number in range(9)][::-1]
    answer = bob.get(BASE, limit=4)
    found = answer.ids
    first = answer
    while (url := answer.links().get("next")) is not None:
        direct(alice, bob)
        answer = bob.get(path_of(url))
        found += answer.ids
    assert found == ids
    newer: list[str] = []
    answer = first
    while (url := answer.links().get("prev")) is not None:
        answer = bob.get(path_of(url))
        newer = answer.ids + newer
    assert newer + ids == bob.get(BASE, limit=40).ids


def test_of_oneself(alice: User) -> None:
    note = alice.status("A note to myself", visibility="direct")
    assert listed(alice) == [(note["id"], False, [alice.id], note["id"])]
