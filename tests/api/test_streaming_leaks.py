"""Promise 4 on streams: nobody is told what they must not see, live or when they come back.

The rules are those of `leak_scene`, which computes who may see what from what people know of them.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.api.client import User
from tests.api.leak_scene import MENTIONED, RELATIONS, VISIBILITIES, may_see
from tests.api.process import ServerProcess
from tests.api.streams import EventSource

VIEWERS = [relation for relation in RELATIONS if relation != "nobody"]
FOLLOWING = ("follower", "mentioned follower", "muter", "blocked", "blocker", "former follower")


def hears_at_home(relation: str, visibility: str) -> bool:
    """Mentions of those whom one does not follow are notifications, and no entries."""
    if relation == "author":
        return True
    if relation not in ("follower", "mentioned follower"):
        return False
    return visibility != "direct" or relation == "mentioned follower"


def hears_in_public(relation: str, visibility: str, protected: bool) -> bool:
    looks_away = relation in ("blocker", "muter") or "blocked" in relation
    return visibility == "public" and not protected and not looks_away


def is_notified(relation: str, visibility: str, protected: bool) -> bool:
    """Of strangers' private mentions one is told as one's policy says: they wait among the requests."""
    if relation not in MENTIONED or not may_see(relation, visibility, protected):
        return False
    return relation == "mentioned follower" or visibility != "direct"


@pytest.fixture(params=[False, True], ids=["open", "protected"])
def protected(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_who_hears_what(server: ServerProcess, opened: ExitStack, protected: bool) -> None:
    author, marker = server.user("author"), server.user("marker")
    viewers = {
        relation: author if relation == "author" else server.user(relation.replace(" ", "_")[:20])
        for relation in VIEWERS
    }
    _relate(author, viewers, protected)
    for viewer in viewers.values():
        viewer.follow(marker)
    streams = {
        (relation, stream): opened.enter_context(
            EventSource(server.url, stream, viewer.token, since="now", tag="leak")
        )
        for relation, viewer in viewers.items()
        for stream in ("user", "public", "hashtag", "direct")
    }
    begun = {key: source.until_event("position") or 0 for key, source in streams.items()}
    assert set(begun.values()) == {0}
    since = _position(server, marker)
    names = " ".join(f"@{viewers[relation].username}" for relation in MENTIONED)
    posted = {
        visibility: author.status(f"{visibility} {names} #leak", visibility=visibility)["id"]
        for visibility in VISIBILITIES
    }
    last = marker.status("the end #leak")["id"]
    conversation_end = {
        relation: marker.status(f"@{viewer.username} over", visibility="direct")["id"]
        for relation, viewer in viewers.items()
    }
    for (relation, stream), source in streams.items():
        end = conversation_end[relation] if stream == "direct" else last
        live = _told(source, end)
        again = opened.enter_context(
            EventSource(server.url, stream, viewers[relation].token, last_id=since, tag="leak")
        )
        expected = _expected(relation, stream, protected, posted)
        assert live == expected, (relation, stream, "live")
        assert _told(again, end) == expected, (relation, stream, "on coming back")


def _expected(relation: str, stream: str, protected: bool, posted: dict[str, str]) -> set[tuple[str, str]]:
    found = set()
    for visibility, status_id in posted.items():
        if stream == "user" and hears_at_home(relation, visibility):
            found.add(("update", status_id))
        if stream == "user" and is_notified(relation, visibility, protected):
            found.add(("notification", status_id))
        if stream in ("public", "hashtag") and hears_in_public(relation, visibility, protected):
            found.add(("update", status_id))
        involved = relation == "author" or (relation in MENTIONED and may_see(relation, "direct", protected))
        if stream == "direct" and visibility == "direct" and involved:
            found.add(("conversation", status_id))
    return found


def _told(source: EventSource, last: str) -> set[tuple[str, str]]:
    """Events and the statuses that they tell of, before the one that ends it."""
    found = set()
    while True:
        event = source.next()
        if event.event in ("position", "delete"):
            continue
        shown = event.payload.get("status") or event.payload.get("last_status") or event.payload
        if shown["id"] == last:
            return found
        if "over" not in shown["content"]:
            found.add((event.event, shown["id"]))


def _position(server: ServerProcess, user: User) -> int:
    """How far the log has come."""
    with EventSource(server.url, "user", user.token, since="now") as source:
        return source.next().id


def _relate(author: User, viewers: dict[str, User], protected: bool) -> None:
    def change(caller: User, verb: str, other: User) -> None:
        caller.post(f"/api/v1/accounts/{other.id}/{verb}").ok()

    for relation in FOLLOWING:
        viewers[relation].follow(author)
    change(viewers["former follower"], "unfollow", author)
    change(viewers["blocker"], "block", author)
    change(viewers["muter"], "mute", author)
    change(author, "block", viewers["blocked"])
    change(author, "block", viewers["mentioned and blocked"])
    if protected:
        author.patch("/api/v1/accounts/update_credentials", {"locked": True}).ok()
    viewers["requester"].post(f"/api/v1/accounts/{author.id}/follow").ok()
    if not protected:
        change(viewers["requester"], "unfollow", author)
