"""Streams over both wires: who hears what, in which form, and what is said to those who may not."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.api.client import User
from tests.api.process import ServerProcess
from tests.api.streams import CLOSE, EventSource, WebSocketClient

USER = '{"stream":["user"],"event":"update","payload":'


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def socket_of(opened: ExitStack, user: User, *streams: str, **parameters: object) -> WebSocketClient:
    """A WebSocket of a user's that has subscribed."""
    found = opened.enter_context(WebSocketClient(user.url, user.token))
    for stream in streams:
        found.subscribe(stream, **parameters)
    assert found.settle() == []
    return found


def source_of(opened: ExitStack, user: User, stream: str, **parameters: object) -> EventSource:
    """Server-sent events that have begun: the server says so where one asks for what was missed."""
    found = opened.enter_context(EventSource(user.url, stream, user.token, since="now", **parameters))
    assert found.until_event("position") == []
    return found


def words(events: list[Any]) -> list[str]:
    return [event.words for event in events]


# -- what is heard


def test_home(opened: ExitStack, alice: User, bob: User, carol: User) -> None:
    alice.follow(bob)
    socket, source = socket_of(opened, alice, "user"), source_of(opened, alice, "user")
    carol.status("by a stranger")
    told = bob.status("by one whom I follow")
    own = alice.status("by myself")
    for stream in (socket, source):
        first, second = stream.next(), stream.next()
        assert (first.event, second.event) == ("update", "update")
        assert first.payload == alice.get(f"/api/v1/statuses/{told['id']}").ok() | _counts(first.payload)
        assert second.payload["id"] == own["id"]
        assert second.payload["application"] == own["application"]
        assert first.id < second.id


def _counts(account: dict[str, Any]) -> dict[str, Any]:
    """An account's counts may have moved on since."""
    return {"account": account["account"]}


def test_the_frame_is_as_clients_know_it(opened: ExitStack, alice: User) -> None:
    socket = socket_of(opened, alice, "user")
    posted = alice.status("words")
    _, text = socket.frame()
    message = json.loads(text)
    assert list(message) == ["stream", "event", "payload", "id"]
    assert text.decode().startswith(USER)
    assert isinstance(message["payload"], str)
    assert json.loads(message["payload"])["id"] == posted["id"]
    assert message["id"].isdigit()


def test_public_and_hashtags(opened: ExitStack, alice: User, bob: User) -> None:
    sources = {name: source_of(opened, alice, name) for name in ("public", "public/local", "public/remote")}
    tag = f"Tag{alice.id}"
    tagged = source_of(opened, alice, "hashtag", tag=tag.upper())
    locally = source_of(opened, alice, "hashtag/local", tag=tag)
    socket = socket_of(opened, alice, "public", "public:local")
    socket.subscribe("hashtag", tag=tag)
    assert socket.settle() == []
    plain = bob.status("plain")
    bob.status(f"for nobody in particular #{tag}", visibility="unlisted")
    answer = bob.status(f"an answer to somebody else #{tag}", in_reply_to_id=alice.status("ask")["id"])
    shown = bob.status(f"with a tag #{tag.lower()}")
    for name in ("public", "public/local"):
        ids = [sources[name].next().payload["id"] for _ in range(3)]
        assert ids[0] == plain["id"]
        assert ids[2] == shown["id"]
        assert answer["id"] not in ids
    assert [tagged.next().payload["id"] for _ in range(2)] == [answer["id"], shown["id"]]
    assert [locally.next().payload["id"] for _ in range(2)] == [answer["id"], shown["id"]]
    heard = [socket.next() for _ in range(8)]
    assert {event.stream for event in heard} == {("public",), ("public:local",), ("hashtag", tag)}
    assert [event.payload["id"] for event in heard if event.stream[0] == "hashtag"] == [
        answer["id"],
        shown["id"],
    ]


def test_deletions_are_told_by_id_to_all_who_could_have_it(
    opened: ExitStack, alice: User, bob: User, carol: User
) -> None:
    alice.follow(bob)
    posted = bob.status("soon gone")
    secret = bob.status(f"@{carol.username} secret", visibility="direct")
    home, public = source_of(opened, alice, "user"), source_of(opened, carol, "public")
    direct = source_of(opened, carol, "user")
    socket = socket_of(opened, alice, "user")
    for status in (secret, posted):
        bob.delete(f"/api/v1/statuses/{status['id']}").ok()
    for stream in (home, public, socket):
        event = stream.next()
        assert (event.event, str(event.payload)) == ("delete", posted["id"])
    assert str(direct.next().payload) == secret["id"]


def test_retweets_are_heard_as_readers_want_them(
    opened: ExitStack, alice: User, bob: User, carol: User
) -> None:
    alice.follow(bob)
    posted = carol.status("passed on")
    alice.do("favourite", posted["id"])
    source = source_of(opened, alice, "user")
    retweet = bob.do("reblog", posted["id"])
    event = source.next()
    assert event.payload["id"] == retweet["id"]
    assert event.payload["reblog"]["id"] == posted["id"]
    assert event.payload["favourited"] is True
    assert event.payload["reblog"]["favourited"] is True
    alice.post(f"/api/v1/accounts/{bob.id}/follow", {"reblogs": False}).ok()
    bob.do("unreblog", posted["id"])
    assert source.next().event == "delete"
    bob.do("reblog", posted["id"])
    bob.status("own words")
    assert "own words" in source.next().words


def test_a_new_account_hears_itself_and_those_it_begins_to_follow(
    server: ServerProcess, opened: ExitStack, bob: User
) -> None:
    dora = server.user("dora")
    source = source_of(opened, dora, "user")
    bob.status("before")
    dora.follow(bob)
    bob.status("after")
    dora.status("me")
    assert words([source.next(), source.next()]) == ["<p>after</p>", "<p>me</p>"]


def test_unsubscribing_ends_it(opened: ExitStack, alice: User) -> None:
    socket = socket_of(opened, alice, "user", "public", "user")
    alice.status("both")
    assert {socket.next().stream[0] for _ in range(2)} == {"user", "public"}
    socket.unsubscribe("public")
    assert socket.settle() == []
    alice.status("one")
    assert socket.next().stream == ("user",)
    socket.unsubscribe("user")
    socket.unsubscribe("user")
    assert socket.settle() == []
    alice.status("none")
    assert socket.settle() == []


# -- the ways in


def test_the_token_may_be_in_three_places(opened: ExitStack, alice: User) -> None:
    ways: list[dict[str, Any]] = [
        {"token": alice.token},
        {"headers": {"Authorization": f"Bearer {alice.token}"}},
        {"headers": {"Sec-WebSocket-Protocol": alice.token}},
        {"token": alice.token, "path": "/api/v1/streaming/"},
    ]
    sockets = [opened.enter_context(WebSocketClient(alice.url, stream="user", **way)) for way in ways]
    for socket in sockets:
        assert socket.status == 101
        assert socket.settle() == []
    assert sockets[2].headers["sec-websocket-protocol"] == alice.token
    posted = alice.status("heard by all")
    for socket in sockets:
        assert socket.next().payload["id"] == posted["id"]


@pytest.mark.parametrize("stream", ["user", "public", "hashtag"])
def test_without_a_valid_token_there_is_nothing_to_hear(
    server: ServerProcess, opened: ExitStack, stream: str
) -> None:
    for token, text in (("", "Missing access token"), ("wrong", "The access token is invalid")):
        source = opened.enter_context(EventSource(server.url, stream, token, tag="x"))
        assert (source.status, source.error()) == (401, text)
        assert source.headers["access-control-allow-origin"] == "*"
        socket = opened.enter_context(WebSocketClient(server.url, token, stream=stream))
        assert (socket.status, socket.error()) == (401, text)


def test_scopes_hold(server: ServerProcess, opened: ExitStack, alice: User) -> None:
    token = server.token(alice.username, "write")
    refused = "This action is outside the authorized scopes"
    source = opened.enter_context(EventSource(server.url, "user", token))
    assert (source.status, source.error()) == (403, refused)
    socket = opened.enter_context(WebSocketClient(server.url, token))
    for stream in ("user", "user:notification", "direct"):
        socket.subscribe(stream)
        assert socket.message() == {"error": refused, "status": 403}
    socket.subscribe("public")
    assert socket.settle() == []


def test_what_is_no_stream_is_said_and_the_connection_stays(
    server: ServerProcess, opened: ExitStack, alice: User
) -> None:
    socket = opened.enter_context(WebSocketClient(alice.url, alice.token, stream="nonsense"))
    unknown = {"error": "Unknown stream type", "status": 400}
    assert socket.message() == unknown
    socket.subscribe("mastodonpy_invalid_stream")
    assert socket.message() == unknown
    socket.subscribe("hashtag")
    assert socket.message() == {"error": "Missing tag name parameter", "status": 400}
    socket.subscribe("list", list="1")
    assert socket.message() == {"error": "Record not found", "status": 404}
    socket.subscribe("user", since="yesterday")
    assert socket.message()["status"] == 400
    socket.send_frame(1, b"{nonsense")
    assert socket.message() == {"error": "The message is not understood", "status": 400}
    socket.subscribe("user")
    assert socket.settle() == []
    alice.status("still here")
    assert "still here" in socket.next().words


def test_a_message_that_is_too_long_ends_the_connection(opened: ExitStack, alice: User) -> None:
    socket = socket_of(opened, alice, "user")
    socket.send_frame(1, b"x" * 5_000)
    with pytest.raises(EOFError):
        socket.message()
    assert socket.code == 1009


def test_a_client_may_close(opened: ExitStack, alice: User) -> None:
    socket = socket_of(opened, alice, "user")
    socket.send_frame(CLOSE, b"\x03\xe8")
    with pytest.raises(EOFError):
        socket.message()
    assert socket.code == 1000


def test_health(server: ServerProcess) -> None:
    answer = server.nobody.get("/api/v1/streaming/health")
    assert (answer.status, answer.body) == (200, b"OK")


def test_a_plain_request_for_the_socket_is_told_what_it_is_for(alice: User) -> None:
    assert "WebSocket" in alice.get("/api/v1/streaming").refused(422)


def test_revoked_tokens_lose_their_streams_at_once(
    server: ServerProcess, opened: ExitStack, alice: User
) -> None:
    app = server.nobody.post(
        "/api/v1/apps", {"client_name": "app", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}
    ).ok()
    named = server.user("named", email="named@roost.example", password="a long password")
    grant = {
        "grant_type": "password",
        "username": named.username,
        "password": "a long password",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "scope": "read",
    }
    token = server.nobody.post("/oauth/token", grant).ok()["access_token"]
    socket = opened.enter_context(WebSocketClient(server.url, token, stream="user"))
    assert socket.settle() == []
    source = opened.enter_context(EventSource(server.url, "user", token))
    revoked = {"client_id": app["client_id"], "client_secret": app["client_secret"], "token": token}
    server.nobody.post("/oauth/revoke", revoked).ok()
    named.status("after")
    assert socket.message() == {"error": "The access token is invalid", "status": 401}
    with pytest.raises(EOFError):
        socket.message()
    assert socket.code == 1008
    with pytest.raises(EOFError):
        source.next()


# -- what is told to one alone


def test_notifications_on_both_streams(
    server: ServerProcess, opened: ExitStack, alice: User, bob: User
) -> None:
    home, alone = source_of(opened, alice, "user"), source_of(opened, alice, "user/notification")
    socket = socket_of(opened, alice, "user", "user:notification")
    quiet_token = server.token(alice.username, "read:statuses")
    quiet = opened.enter_context(WebSocketClient(server.url, quiet_token, stream="user"))
    assert quiet.settle() == []
    liked = alice.status("to be liked")
    bob.do("favourite", liked["id"])
    bob.status(f"@{alice.username} hello")
    told = alice.get("/api/v1/notifications").ok()[::-1]
    assert [each["type"] for each in told] == ["favourite", "mention"]
    for stream in (home, alone):
        heard = [stream.next() for _ in range(2 if stream is alone else 3)]
        found = [event.payload for event in heard if event.event == "notification"]
        assert [each["status"]["id"] for each in found] == [each["status"]["id"] for each in told]
        assert [{**each, "account": 0, "status": 0} for each in found] == [
            {**each, "account": 0, "status": 0} for each in told
        ]
    heard = [socket.next() for _ in range(5)]
    assert [event.stream for event in heard if event.event == "notification"] == [
        ("user",),
        ("user:notification",),
    ] * 2
    assert int(told[0]["id"]) in [event.id for event in heard]
    own = alice.status("the end")
    assert [quiet.next().payload["id"] for _ in range(2)] == [liked["id"], own["id"]]


def test_edits_and_filters(opened: ExitStack, alice: User, bob: User, carol: User) -> None:
    alice.follow(bob)
    posted = bob.status("as it was")
    home, public = source_of(opened, alice, "user"), source_of(opened, carol, "public")
    edited = bob.call(
        "PUT",
        f"/api/v1/statuses/{posted['id']}",
        b'{"status": "as it is"}',
        {"Content-Type": "application/json"},
    ).ok()
    for stream in (home, public):
        event = stream.next()
        assert (event.event, event.payload["id"]) == ("status.update", posted["id"])
        assert event.payload["content"] == edited["content"]
        assert event.payload["edited_at"] == edited["edited_at"]


def test_direct_conversations(opened: ExitStack, alice: User, bob: User) -> None:
    mine, theirs = source_of(opened, alice, "direct"), source_of(opened, bob, "direct")
    home = source_of(opened, alice, "user")
    asked = alice.status(f"@{bob.username} a secret", visibility="direct")
    answered = bob.status(f"@{alice.username} another", visibility="direct", in_reply_to_id=asked["id"])
    bob.status("nothing of it")
    for stream, unread in ((mine, [False, True]), (theirs, [True, False])):
        heard = [stream.next() for _ in range(2)]
        assert [event.event for event in heard] == ["conversation"] * 2
        assert [event.payload["unread"] for event in heard][1] is unread[1]
        assert len({event.payload["id"] for event in heard}) == 1
        assert heard[1].payload["last_status"]["id"] == answered["id"]
    own, told = home.next(), home.next()
    assert (own.event, own.payload["id"]) == ("update", asked["id"])
    assert (told.event, told.payload["status"]["id"]) == ("notification", answered["id"])


def test_filters_are_told_of_and_reported(opened: ExitStack, alice: User, bob: User, carol: User) -> None:
    alice.follow(bob)
    home = source_of(opened, alice, "user")
    socket = socket_of(opened, alice, "user")
    made = {"title": "spoilers", "context": ["home"], "keywords_attributes": [{"keyword": "finale"}]}
    alice.post("/api/v2/filters", made).ok()
    assert home.next().event == "filters_changed"
    assert socket.next().event == "filters_changed"
    public = source_of(opened, carol, "public")
    bob.status("the finale")
    filtered = home.next().payload["filtered"]
    assert [match["filter"]["title"] for match in filtered] == ["spoilers"]
    assert public.next().payload["filtered"] == []


def test_lists_and_homes_that_their_owner_arranged(
    opened: ExitStack, alice: User, bob: User, carol: User
) -> None:
    alice.follow(bob, carol)
    home = source_of(opened, alice, "user")
    made = alice.post("/api/v1/lists", {"title": "friends"}).ok()
    alice.post(f"/api/v1/lists/{made['id']}/accounts", {"account_ids": [bob.id]}).ok()
    listed = source_of(opened, alice, "list", list=made["id"])
    socket = opened.enter_context(WebSocketClient(alice.url, alice.token))
    socket.subscribe("list", list=made["id"])
    assert socket.settle() == []
    other = opened.enter_context(WebSocketClient(bob.url, bob.token, stream="list", list=made["id"]))
    assert other.message() == {"error": "Record not found", "status": 404}
    first = bob.status("for the list")
    carol.status("not for the list")
    change = {"title": "friends", "exclusive": True}
    alice.call(
        "PUT",
        f"/api/v1/lists/{made['id']}",
        json.dumps(change).encode(),
        {"Content-Type": "application/json"},
    ).ok()
    second = bob.status("for the list alone")
    bob.delete(f"/api/v1/statuses/{first['id']}").ok()
    tag = f"tag{alice.id}"
    alice.post(f"/api/v1/tags/{tag}/follow").ok()
    dora = carol.status(f"by one I follow #{tag}")
    for stream in (listed, socket):
        heard = [stream.next() for _ in range(3)]
        assert [event.event for event in heard] == ["update", "update", "delete"]
        assert [str(event.payload["id"]) for event in heard[:2]] == [first["id"], second["id"]]
    assert heard[0].stream == ("list", made["id"])
    at_home = [home.next() for _ in range(4)]
    assert [event.event for event in at_home] == ["update", "update", "delete", "update"]
    assert at_home[3].payload["id"] == dora["id"]
    with EventSource(alice.url, "list", alice.token, last_id=0, list=made["id"]) as back:
        missed = back.until_event("position")
        assert [event.payload["id"] for event in missed if event.event == "update"] == [second["id"]]


def test_announcements(start_server: Callable[..., ServerProcess], opened: ExitStack) -> None:
    own = start_server()
    user = own.user("reader")
    source, socket = source_of(opened, user, "user"), socket_of(opened, user, "user")
    streams = (source, socket)
    made = own.operator.post("/roost/v1/admin/announcements", {"text": "We move"}).ok()
    for stream in streams:
        shown = stream.next()
        assert (shown.event, shown.payload["id"]) == ("announcement", made["id"])
        assert "We move" in shown.payload["content"]
    user.call("PUT", f"/api/v1/announcements/{made['id']}/reactions/%F0%9F%8E%89").ok()
    for stream in streams:
        reaction = stream.next()
        assert reaction.event == "announcement.reaction"
        assert reaction.payload == {"name": "\N{PARTY POPPER}", "count": 1, "announcement_id": made["id"]}
    own.operator.delete(f"/roost/v1/admin/announcements/{made['id']}").ok()
    for stream in streams:
        gone = stream.next()
        assert (gone.event, str(gone.payload)) == ("announcement.delete", made["id"])
