"""Polls over HTTP: asked, seen and voted in."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.client import User
from tests.api.process import ServerProcess

ASKED = {"options": ["Red", "Green", "Blue"], "expires_in": 3_600}


def ask(author: User, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = author.status("Which?", poll={**ASKED, **more})["poll"]
    return found


def vote(voter: User, poll_id: str, *choices: int) -> Any:
    return voter.post(f"/api/v1/polls/{poll_id}/votes", {"choices": list(choices)})


def votes_of(poll: dict[str, Any]) -> list[int | None]:
    return [option["votes_count"] for option in poll["options"]]


def test_a_poll_is_shown_and_voted_in(alice: User, bob: User, carol: User) -> None:
    poll = ask(alice)
    assert [option["title"] for option in poll["options"]] == ASKED["options"]
    assert (poll["expired"], poll["multiple"], poll["votes_count"], poll["voted"]) == (False, False, 0, True)
    after = vote(bob, poll["id"], 1).ok()
    assert (votes_of(after), after["own_votes"], after["voted"]) == ([0, 1, 0], [1], True)
    assert vote(carol, poll["id"], 1).ok()["votes_count"] == 2
    seen = alice.get(f"/api/v1/statuses/{poll['id']}").ok()["poll"]
    assert (votes_of(seen), seen["voters_count"], seen["own_votes"]) == ([0, 2, 0], 2, [])
    retweet = bob.do("reblog", poll["id"])
    assert (retweet["poll"], retweet["reblog"]["poll"]["own_votes"]) == (None, [1])


def test_nobody_in_particular_has_not_voted(alice: User) -> None:
    poll = ask(alice)
    nobody = User(alice.url, "", "", "", alice.contract)
    seen = nobody.get(f"/api/v1/polls/{poll['id']}").ok()
    assert "voted" not in seen
    assert "own_votes" not in seen
    vote(nobody, poll["id"], 0).refused(401)


def test_a_second_vote_is_refused_but_where_several_may_be_chosen(alice: User, bob: User) -> None:
    single, several = ask(alice), ask(alice, multiple=True)
    vote(bob, single["id"], 0).ok()
    for choice in (0, 1):
        assert "You have already voted on this poll" in vote(bob, single["id"], choice).refused(422)
    vote(bob, single["id"], 0, 1).refused(422)
    assert vote(bob, several["id"], 2).ok()["own_votes"] == [2]
    added = vote(bob, several["id"], 0, 2).ok()
    assert (added["own_votes"], votes_of(added), added["voters_count"]) == ([2, 0], [1, 0, 1], 1)
    assert "already voted" in vote(bob, several["id"], 2).refused(422)
    assert votes_of(bob.get(f"/api/v1/polls/{several['id']}").ok()) == [1, 0, 1]


@pytest.mark.parametrize("choices", [(3,), (-1,), (), (0, 9)])
def test_an_option_that_is_not_there(alice: User, bob: User, choices: tuple[int, ...]) -> None:
    poll = ask(alice, multiple=True)
    assert "The chosen vote option does not exist" in vote(bob, poll["id"], *choices).refused(422)


def test_who_may_not_vote(alice: User, bob: User, carol: User) -> None:
    poll = ask(alice)
    vote(alice, poll["id"], 0).refused(422)
    hidden = alice.status("For followers", poll=ASKED, visibility="private")["id"]
    vote(bob, hidden, 0).refused(404)
    bob.get(f"/api/v1/polls/{hidden}").refused(404)
    plain = alice.status("No poll")["id"]
    bob.get(f"/api/v1/polls/{plain}").refused(404)
    alice.post(f"/api/v1/accounts/{carol.id}/block").ok()
    vote(carol, poll["id"], 0).refused(404)


def test_numbers_can_be_hidden_until_the_end(alice: User, bob: User) -> None:
    poll = ask(alice, hide_totals=True)
    after = vote(bob, poll["id"], 0).ok()
    assert (votes_of(after), after["votes_count"]) == ([None, None, None], 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"options": []},
        {"options": ["One"]},
        {"options": ["a", "b", "c", "d", "e"]},
        {"options": ["a", "a"]},
        {"options": ["a", " "]},
        {"options": ["a", "b" * 51]},
        {"expires_in": 299},
        {"expires_in": 10**9},
        {"expires_in": "soon"},
        {"multiple": "perhaps"},
    ],
)
def test_polls_that_are_refused(alice: User, wrong: dict[str, Any]) -> None:
    before = alice.get(f"/api/v1/accounts/{alice.id}/statuses").ids
    alice.post("/api/v1/statuses", {"status": "x", "poll": {**ASKED, **wrong}}).refused(422)
    alice.post("/api/v1/statuses", {"status": "", "poll": ASKED}).refused(422)
    assert alice.get(f"/api/v1/accounts/{alice.id}/statuses").ids == before


def test_a_poll_as_a_form(alice: User) -> None:
    form = [("status", "x"), ("poll[options][]", "a"), ("poll[options][]", "b"), ("poll[expires_in]", "300")]
    poll = alice.form("/api/v1/statuses", [*form, ("poll[multiple]", "true")]).ok()["poll"]
    assert ([option["title"] for option in poll["options"]], poll["multiple"]) == (["a", "b"], True)


def test_an_edit_that_asks_something_else_starts_anew(alice: User, bob: User) -> None:
    poll = ask(alice)
    vote(bob, poll["id"], 0).ok()
    place = f"/api/v1/statuses/{poll['id']}"
    same = alice.call("PUT", place, *json_body({"status": "Which then?", "poll": ASKED})).ok()["poll"]
    assert (same["votes_count"], same["expires_at"]) == (1, poll["expires_at"])
    other = {"options": ["Yes", "No"], "expires_in": 3_600}
    asked = alice.call("PUT", place, *json_body({"status": "Well?", "poll": other})).ok()["poll"]
    assert (votes_of(asked), asked["voters_count"]) == ([0, 0], 0)
    after = vote(bob, poll["id"], 1).ok()
    assert (votes_of(after), after["own_votes"]) == ([0, 1], [1])


def json_body(value: object) -> tuple[bytes, dict[str, str]]:
    return json.dumps(value).encode(), {"Content-Type": "application/json"}


def test_votes_at_once_are_each_counted_once(server: ServerProcess, alice: User) -> None:
    """Each voter sends the same vote several times at once: one is taken."""
    poll = ask(alice)
    voters = [server.user("voter") for _ in range(8)]

    def send(number: int) -> int:
        voter = voters[number % len(voters)].unchecked()
        status: int = voter.post(
            f"/api/v1/polls/{poll['id']}/votes", {"choices": [number % len(voters) % 3]}
        ).status
        return status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, range(4 * len(voters))))
    assert sorted(statuses) == [200] * len(voters) + [422] * (3 * len(voters))
    seen = alice.get(f"/api/v1/polls/{poll['id']}").ok()
    assert (seen["votes_count"], votes_of(seen)) == (8, [3, 3, 2])
