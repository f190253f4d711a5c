"""Reports: made by users, seen and worked on by moderators."""

import pytest

from tests.api.client import User
from tests.api.process import ServerProcess

SCOPES = "read write follow push admin:read admin:write"


@pytest.fixture
def warden(server: ServerProcess) -> User:
    return server.user("warden", SCOPES, role="moderator")


def _report(reporter: User, target: User, **more: object) -> dict[str, object]:
    found: dict[str, object] = reporter.post("/api/v1/reports", {"account_id": target.id, **more}).ok()
    return found


def test_from_its_making_to_its_end(warden: User, alice: User, bob: User) -> None:
    status = bob.status("Rude")
    other = alice.status("Mine")
    made = _report(alice, bob, status_ids=[status["id"], other["id"]], comment="Look", category="spam")
    assert (made["action_taken"], made["comment"], made["category"]) == (False, "Look", "spam")
    assert made["status_ids"] == [status["id"]], "statuses of others are left out"
    path = f"/api/v1/admin/reports/{made['id']}"
    found = warden.get(path).ok()
    assert (found["account"]["id"], found["target_account"]["id"]) == (alice.id, bob.id)
    assert [each["id"] for each in found["statuses"]] == [status["id"]]

    def listed(**query: object) -> bool:
        return made["id"] in warden.get("/api/v1/admin/reports", **query).ids

    assert listed()
    assert warden.post(f"{path}/assign_to_self").ok()["assigned_account"]["id"] == warden.id
    assert warden.post(f"{path}/unassign").ok()["assigned_account"] is None
    closed = warden.post(f"{path}/resolve").ok()
    assert (closed["action_taken"], closed["action_taken_by_account"]["id"]) == (True, warden.id)
    assert not listed()
    assert listed(resolved=True)
    assert listed(resolved=True, unresolved=True)
    assert warden.post(f"{path}/reopen").ok()["action_taken"] is False
    assert listed(target_account_id=bob.id)
    assert not listed(target_account_id=alice.id)
    assert listed(account_id=alice.id)


def test_acting_on_a_report_closes_it(warden: User, alice: User, bob: User) -> None:
    made = _report(alice, bob)
    form = {"type": "none", "report_id": made["id"], "text": "Mind the rules"}
    warden.post(f"/api/v1/admin/accounts/{bob.id}/action", form).ok()
    assert warden.get(f"/api/v1/admin/reports/{made['id']}").ok()["action_taken"] is True


@pytest.mark.parametrize(
    "more",
    [
        {"category": "nonsense"},
        {"comment": "x" * 1_001},
        {"category": "violation", "rule_ids": ["7"]},
        {"account_id": "x"},
    ],
)
def test_reports_that_are_refused(alice: User, bob: User, more: dict[str, object]) -> None:
    assert alice.post("/api/v1/reports", {"account_id": bob.id, **more}).refused(422)
    assert alice.post("/api/v1/reports", {"account_id": "1"}).refused(404)


def test_pages_to_the_end_both_ways_while_reports_arrive(warden: User, alice: User, bob: User) -> None:
    made = [str(_report(alice, bob)["id"]) for _ in range(5)]
    path, query = "/api/v1/admin/reports", {"target_account_id": bob.id}
    assert warden.walk(path, limit=2, **query) == made[::-1]
    late = str(_report(alice, bob)["id"])
    assert warden.walk(path, "prev", limit=2, min_id="1", **query) == [late, *made[::-1]]


def test_rules_can_be_named(start_server) -> None:  # type: ignore[no-untyped-def]
    server = start_server(rules="Be kind\nNo spam\n")
    alice, bob = server.user("alice"), server.user("bob")
    warden = server.user("warden", SCOPES, role="admin")
    shown = server.nobody.get("/api/v1/instance/rules").ok()
    assert [(rule["id"], rule["text"]) for rule in shown] == [("1", "Be kind"), ("2", "No spam")]
    made = _report(alice, bob, rule_ids=["2"], category="violation")
    found = warden.get(f"/api/v1/admin/reports/{made['id']}").ok()
    assert [rule["text"] for rule in found["rules"]] == ["No spam"]
    server.stop()


def test_who_is_no_moderator_any_more_is_told_of_no_report(
    server: ServerProcess, warden: User, alice: User, bob: User
) -> None:
    """Not of those of before either: what was reported, and by whom, is for the staff."""
    _report(alice, bob, comment="In confidence")
    told = warden.get("/api/v1/notifications", types=["admin.report"]).ok()
    assert any(each["report"]["comment"] == "In confidence" for each in told)
    server.operator.post("/roost/v1/roles", {"username": warden.username, "role": "user"}).ok()
    assert warden.get("/api/v1/notifications").ok() == []
    assert warden.get(f"/api/v1/notifications/{told[0]['id']}").refused(404)
    assert warden.get("/api/v2/notifications").ok()["notification_groups"] == []


def test_only_what_the_reporter_may_see_is_named(server: ServerProcess, alice: User) -> None:
    """Nobody learns whose a status is that is not for them; a block keeps nobody from reporting."""
    rude = server.user("rude")
    public, private = rude.status("Rude"), rude.status("For friends", visibility="private")
    letter = rude.status(f"@{alice.username} ruder", visibility="direct")
    ids = [public["id"], private["id"], letter["id"]]
    seen = [public["id"], letter["id"]]
    assert _report(alice, rude, status_ids=ids)["status_ids"] == seen
    rude.post(f"/api/v1/accounts/{alice.id}/block").ok()
    assert _report(alice, rude, status_ids=ids)["status_ids"] == seen
