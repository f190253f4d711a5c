"""Scheduled statuses and drafts over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.client import User
from tests.api.uploads import upload
from tests.media import samples

PLACE = "/api/v1/scheduled_statuses"
DRAFTS = "/roost/v1/drafts"


def in_hours(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def schedule(author: User, hours: float = 2, **more: Any) -> dict[str, Any]:
    form = {"status": "Later", "scheduled_at": in_hours(hours), **more}
    found: dict[str, Any] = author.post("/api/v1/statuses", form).ok()
    return found


def test_a_scheduled_status_is_shown_moved_and_cancelled(alice: User, bob: User) -> None:
    media = upload(alice, samples.jpeg()).ok()
    poll = {"options": ["a", "b"], "expires_in": 3_600, "multiple": True, "hide_totals": False}
    made = schedule(alice, media_ids=[media["id"]], visibility="unlisted", spoiler_text="x")
    assert (made["params"]["text"], made["params"]["visibility"]) == ("Later", "unlisted")
    assert made["media_attachments"] == [media]
    asked = schedule(alice, poll=poll)
    assert asked["params"]["poll"] == poll
    assert alice.get(f"/api/v1/accounts/{alice.id}/statuses").ids == []
    assert alice.get(PLACE).ids == [asked["id"], made["id"]]
    assert bob.get(PLACE).ids == []
    one = f"{PLACE}/{made['id']}"
    assert alice.get(one).ok() == made
    moved = alice.form(one, {"scheduled_at": in_hours(30)}, "PUT").ok()
    assert moved["scheduled_at"] > made["scheduled_at"]
    alice.form(one, {"scheduled_at": in_hours(0.01)}, "PUT").refused(422)
    for caller in (bob,):
        caller.get(one).refused(404)
        caller.form(one, {"scheduled_at": in_hours(9)}, "PUT").refused(404)
        caller.delete(one).refused(404)
    assert alice.delete(one).ok() == {}
    alice.get(one).refused(404)
    alice.status(media_ids=[media["id"]])


def test_pages_of_scheduled_statuses(alice: User) -> None:
    ids = [schedule(alice, 1 + number)["id"] for number in range(7)][::-1]
    assert alice.walk(PLACE, limit=3) == ids
    assert alice.walk(PLACE, "prev", limit=3, min_id=1) == ids


@pytest.mark.parametrize("when", ["foo", "2020-01-01T00:00:00Z", "9999-99-99", ["x"], in_hours(0.05)])
def test_times_that_are_refused(alice: User, when: object) -> None:
    answer = alice.post("/api/v1/statuses", {"status": "x", "scheduled_at": when})
    text = answer.refused(422)
    if when == "foo":
        assert text == "Record invalid"


def test_drafts_are_kept_changed_and_thrown_away(alice: User, bob: User) -> None:
    media = upload(alice, samples.jpeg(), description="Kept").ok()
    form = {
        "text": "Half a thou",
        "visibility": "followers",
        "spoiler": "x",
        "sensitive": True,
        "language": "en",
        "media_ids": [media["id"]],
        "poll": {"options": ["only one"], "lasts_s": 300, "multiple": True},
    }
    draft = alice.post(DRAFTS, form).ok()
    assert (draft["text"], draft["visibility"], draft["poll"]["options"]) == (
        "Half a thou",
        "followers",
        ["only one"],
    )
    assert draft["media"] == [media]
    one = f"{DRAFTS}/{draft['id']}"
    assert alice.get(one).ok() == draft
    assert alice.get(DRAFTS).ids == [draft["id"]]
    changed = alice.call("PUT", one, b'{"text":"A whole thought"}', {"Content-Type": "application/json"}).ok()
    assert (changed["id"], changed["text"], changed["media"]) == (draft["id"], "A whole thought", [])
    bob.get(one).refused(404)
    bob.delete(one).refused(404)
    bob.post(DRAFTS, {"media_ids": [media["id"]]}).refused(422)
    alice.post(DRAFTS, {"visibility": "everyone"}).refused(422)
    alice.post(DRAFTS, {"text": "x" * 70_000}).refused(422)
    assert alice.delete(one).ok() == {}
    alice.get(one).refused(404)
    assert alice.get(DRAFTS).ids == []
