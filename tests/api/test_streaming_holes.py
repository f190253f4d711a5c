"""Promise 6: a client that comes back with the last id it saw gets what it missed, or is told to refetch."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.api.client import User
from tests.api.process import ServerProcess
from tests.api.streams import EventSource, WebSocketClient

MORE_THAN_IS_REPLAYED = 520


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def ids(source: EventSource | WebSocketClient, count: int) -> list[str]:
    return [source.next().payload["id"] for _ in range(count)]


def test_both_wires_go_on_where_they_were(opened: ExitStack, alice: User, bob: User) -> None:
    alice.follow(bob)
    with EventSource(alice.url, "user", alice.token, since="now") as source:
        start = source.next()
        assert start.event == "position"
    missed = [bob.status(f"missed {number}")["id"] for number in range(3)]
    gone = bob.status("missed for good")["id"]
    bob.delete(f"/api/v1/statuses/{gone}").ok()
    back = opened.enter_context(EventSource(alice.url, "user", alice.token, last_id=start.id))
    socket = opened.enter_context(WebSocketClient(alice.url, alice.token))
    socket.subscribe("user", since=str(start.id))
    by_query = opened.enter_context(WebSocketClient(alice.url, alice.token, stream="user", since=start.id))
    for stream in (back, socket, by_query):
        events = stream.until_event("position")
        assert [event.payload["id"] for event in events if event.event == "update"] == missed
        assert [event.event for event in events[3:]] == ["delete"]
        assert [event.id for event in events] == sorted(event.id for event in events)
    live = bob.status("live")["id"]
    for stream in (back, socket, by_query):
        assert ids(stream, 1) == [live]


def test_each_event_is_a_place_to_go_on_from(alice: User) -> None:
    """From every id on comes what follows it, and nothing twice."""
    with EventSource(alice.url, "user", alice.token, since="now") as source:
        start = source.next().id
        posted = [alice.status(f"number {number}")["id"] for number in range(5)]
        events = [source.next() for _ in range(5)]
    for place, position in enumerate([start, *(event.id for event in events)]):
        with EventSource(alice.url, "user", alice.token, last_id=position) as source:
            missed = source.until_event("position")
            assert [event.payload["id"] for event in missed] == posted[place:]


def test_nothing_is_missed_when_the_server_is_killed(
    start_server: Callable[..., ServerProcess], opened: ExitStack
) -> None:
    server = start_server()
    alice, bob = server.user("alice"), server.user("bob")
    alice.follow(bob)
    source = opened.enter_context(EventSource(server.url, "user", alice.token, since="now"))
    tagged = opened.enter_context(WebSocketClient(server.url, alice.token))
    tagged.subscribe("hashtag", tag="news", since="now")
    assert source.next().event == tagged.next().event == "position"
    heard = [bob.status(f"heard {number} #news")["id"] for number in range(3)]
    assert ids(source, 3) == heard
    last = [tagged.next() for _ in range(3)][-1].id
    missed = [bob.status(f"@{alice.username} missed {number} #news")["id"] for number in range(4)]
    server.kill()
    server.start()
    back = opened.enter_context(EventSource(server.url, "user", alice.token, last_id=last))
    socket = opened.enter_context(WebSocketClient(server.url, alice.token))
    socket.subscribe("hashtag", tag="news", since=str(last))
    again = back.until_event("position")
    updates = [event.payload["id"] for event in again if event.event == "update"]
    notified = [event.payload["status"]["id"] for event in again if event.event == "notification"]
    assert updates == notified == missed
    assert [event.payload["id"] for event in socket.until_event("position")] == missed
    bob.url = server.url
    bob._connection = None
    live = bob.status("live #news")["id"]
    assert ids(back, 1) == ids(socket, 1) == [live]


def say_much(server: ServerProcess, author: User, count: int, text: str = "much") -> None:
    """Have an author tweet often; returns when a reader who keeps up has heard it all."""
    with EventSource(author.url, "user", author.token, since="now") as source:
        assert source.next().event == "position"
        line = json.dumps({"type": "tweet", "author": author.id, "text": text})
        body = "\n".join([line] * count).encode()
        headers = {"Content-Type": "application/x-ndjson"}
        with ThreadPoolExecutor() as beside:  # the reader reads meanwhile: it would be too slow otherwise
            answer = beside.submit(server.operator.call, "POST", "/roost/v1/ingest", body, headers)
            assert [source.next().event for _ in range(count)] == ["update"] * count
            assert answer.result().status == 200


def test_who_was_away_too_long_is_told_to_refetch(
    opened: ExitStack, server: ServerProcess, bob: User
) -> None:
    with EventSource(bob.url, "user", bob.token, since="now") as source:
        start = source.next().id
    say_much(server, bob, MORE_THAN_IS_REPLAYED)
    for since in (start, 1 << 40):
        source = opened.enter_context(EventSource(bob.url, "user", bob.token, last_id=since))
        told = source.next()
        assert told.event == "refetch"
        live = bob.status("live")["id"]
        event = source.next()
        assert (event.event, event.payload["id"]) == ("update", live)
        assert event.id > told.id


def test_who_does_not_keep_up_is_told_and_goes_on_later(server: ServerProcess, alice: User) -> None:
    with WebSocketClient(alice.url, alice.token, receive_bytes=4_096, stream="user", since="now") as slow:
        last = slow.next().id
        say_much(server, alice, 400, "x" * 200)
        count = 0
        while (event := slow.next()).event == "update":
            count += 1
            last = event.id
        assert event.event == "overloaded"
        assert 0 < count < 400
        with pytest.raises(EOFError):
            slow.message()
        assert slow.code == 1013
    with EventSource(alice.url, "user", alice.token, last_id=last) as back:
        assert len(back.until_event("position")) == 400 - count


def test_a_server_that_stops_says_so(start_server: Callable[..., ServerProcess], opened: ExitStack) -> None:
    server = start_server()
    alice = server.user("alice")
    source = opened.enter_context(EventSource(server.url, "user", alice.token))
    socket = opened.enter_context(WebSocketClient(server.url, alice.token, stream="user"))
    assert socket.settle() == []
    server.stop()
    with pytest.raises(EOFError):
        source.next()
    with pytest.raises(EOFError):
        socket.message()
    assert socket.code == 1012
