"""A conversation that has every endpoint of files, polls, scheduled statuses and profiles at least once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api.process import ServerProcess
from tests.api.test_bulletin import PNG
from tests.api.uploads import send_files

_STREAMS = (
    *("", "/health", "/user", "/user/notification", "/public", "/public/local", "/public/remote"),
    *("/hashtag", "/hashtag/local", "/list", "/direct"),
)

NOT_DESCRIBED = {
    ("GET", "/media/{name}"): "a file",
    **{("GET", f"/api/v1/streaming{name}"): "a stream; test_streaming has them" for name in _STREAMS},
    ("POST", "/api/v1/media"): "a form with a file, here and below; the client holds each answer of one too",
    ("POST", "/api/v2/media"): "a form with a file",
}


def files(server: ServerProcess, note: Any) -> None:
    alice, bob = server.user("alice"), server.user("bob")
    for path in ("/api/v1/media", "/api/v2/media"):
        media = f"/api/v1/media/{send_files(alice, 'POST', path, {'file': ('image/png', PNG)}).ok()['id']}"
        note(alice, "GET", media)
        note(alice, "PUT", media, {"description": "A dot"})
        note(alice, "DELETE", media)
    poll = {"options": ["Tea", "Coffee"], "expires_in": 3_600}
    made = alice.status("Which?", poll=poll)["poll"]
    note(bob, "GET", f"/api/v1/polls/{made['id']}")
    note(bob, "POST", f"/api/v1/polls/{made['id']}/votes", {"choices": [1]})
    later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    scheduled = alice.post("/api/v1/statuses", {"status": "Later", "scheduled_at": later}).ok()
    note(alice, "GET", "/api/v1/scheduled_statuses")
    path = f"/api/v1/scheduled_statuses/{scheduled['id']}"
    note(alice, "GET", path)
    note(alice, "PUT", path, {"scheduled_at": (datetime.now(UTC) + timedelta(hours=3)).isoformat()})
    note(alice, "DELETE", path)
    note(alice, "GET", "/api/v1/profile")
    note(alice, "PATCH", "/api/v1/profile", {"display_name": "Alice", "hide_collections": True})
    for name in ("avatar", "header"):
        note(alice, "DELETE", f"/api/v1/profile/{name}")
