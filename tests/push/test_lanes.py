"""Whoever has a lane gets every message once, in order and whole, however slowly it reads."""

import contextlib
import socket
import struct
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from roost.push import Asked, Close, Connection, Dropped, Hub, Message, MessageKind, Outgoing, Write, home_of
from tests.push.ears import WiredEar

USERS = 4
ENOUGH_BYTES = 100_000
"""Above, a client reads before more comes: none is to be closed here."""
_HEAD = struct.Struct("<iiq")


class Wire:
    """A connection's own end of a socket that holds little, with a transport's buffer before it."""

    def __init__(self) -> None:
        self.near, self.far = socket.socketpair()
        self.near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_608)
        self.near.setblocking(False)
        self.far.setblocking(False)
        self.descriptor = self.near.fileno()
        self.waiting = b""
        self.read = b""

    @property
    def backlog_bytes(self) -> int:
        return len(self.waiting)

    @property
    def is_idle(self) -> bool:
        return not self.waiting

    def act(self, action: Any) -> None:
        assert not isinstance(action, Close)
        if isinstance(action, Write):
            self.send([self.pack(each) for each in action.outgoing])

    def pack(self, outgoing: Outgoing) -> bytes:
        size = outgoing.message.content
        label = outgoing.subscription.label or 0
        return _HEAD.pack(size, label, outgoing.message.position) + b"x" * size

    def send(self, packed: list[bytes]) -> None:
        self.waiting += b"".join(packed)
        self.push()

    def push(self) -> None:
        try:
            self.waiting = self.waiting[self.near.send(self.waiting) :] if self.waiting else b""
        except BlockingIOError:
            return

    def take(self) -> list[int]:
        """The client reads what is there; the positions that have come whole."""
        with contextlib.suppress(BlockingIOError):
            self.read += self.far.recv(1 << 16)
        found = []
        while len(self.read) >= _HEAD.size:
            size, _, position = _HEAD.unpack_from(self.read)
            frame = self.read[_HEAD.size : _HEAD.size + size]
            if len(frame) < size:
                break
            assert frame == b"x" * size
            found.append(position)
            self.read = self.read[_HEAD.size + size :]
        return found

    def hang_up(self) -> None:
        self.near.close()
        self.far.close()


class Client:
    def __init__(self, hub: Hub, user_id: int, label: int | None) -> None:
        self.wire = Wire()
        self.user_id = user_id
        self.label = label
        self.connection = Connection(user_id, b"")
        self.wanted: list[int] = []
        self.got: list[int] = []
        hub.open(self.connection, self.wire, "")


class LanesMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.hub = Hub()
        self.clients: list[Client] = []
        self.position = 1

    @initialize(labels=st.lists(st.sampled_from([None, 1, 2]), min_size=6, max_size=6))
    def begin(self, labels: list[int | None]) -> None:
        for number, label in enumerate(labels):
            client = Client(self.hub, number % USERS + 1, label)
            self.clients.append(client)
            self.subscribe(number)

    @rule(number=st.integers(0, 5))
    def subscribe(self, number: int) -> None:
        client = self.clients[number]
        self.hub.handle(client.connection, Asked("home", client.label, home_of(client.user_id), None))

    @rule(number=st.integers(0, 5))
    def unsubscribe(self, number: int) -> None:
        client = self.clients[number]
        if client.connection.subscriptions:
            self.flush_all()
            self.hub.handle(client.connection, Dropped("home"))

    @rule(plain=st.sets(st.integers(1, USERS)))
    def filters_change(self, plain: set[int]) -> None:
        for user_id in range(1, USERS + 1):
            self.hub.lanes.set_plain(user_id, user_id in plain)

    @rule(
        readers=st.sets(st.integers(1, USERS), min_size=1),
        author=st.integers(1, USERS),
        size=st.sampled_from([0, 10, 700, 3_000, 9_000, 70_000]),
        is_alone=st.booleans(),
    )
    def post(self, readers: set[int], author: int, size: int, is_alone: bool) -> None:
        for number, client in enumerate(self.clients):
            while client.wire.backlog_bytes > ENOUGH_BYTES:
                self.read(number)
        self.position += 1
        self.hub.position = self.position
        message = Message(self.position, MessageKind.TWEET, size)
        found, lanes = self.hub.split_homes(readers)
        assert not found
        if is_alone:
            lanes = self.hub.lanes.lay(message, lanes, (author,))
        self.hub.post(message, self.hub.lanes.subscriptions(lanes), is_alone)
        for client in self.clients:
            if client.user_id in readers and client.connection.subscriptions:
                client.wanted.append(self.position)

    @rule(lanes_max=st.integers(1, 3))
    def flush(self, lanes_max: int) -> None:
        self.hub.flush(lanes_max)

    @rule(number=st.integers(0, 5))
    def read(self, number: int) -> None:
        wire = self.clients[number].wire
        self.clients[number].got += wire.take()
        wire.push()

    def flush_all(self) -> None:
        while self.hub.flush(2):
            pass

    def teardown(self) -> None:
        self.flush_all()
        for number, client in enumerate(self.clients):
            while client.wire.waiting or len(client.got) < len(client.wanted):
                before = len(client.got), len(client.wire.waiting), len(client.wire.read)
                self.read(number)
                assert before != (len(client.got), len(client.wire.waiting), len(client.wire.read))
            assert client.got == client.wanted
            assert not client.wire.read
            client.wire.hang_up()


LanesMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLanes = LanesMachine.TestCase


def test_a_lane_that_is_taken_by_another_gets_nothing_that_was_laid_for_the_first() -> None:
    hub = Hub()
    first, second = Client(hub, 1, None), Client(hub, 2, None)
    hub.handle(first.connection, Asked("home", None, home_of(1), None))
    hub.lanes.set_plain(1, True)
    _, lanes = hub.split_homes([1])
    hub.position = 5
    assert not hub.lanes.lay(Message(5, MessageKind.TWEET, 10), lanes, ()).size
    hub.close(first.connection, "")
    hub.handle(second.connection, Asked("home", None, home_of(2), None))
    assert second.connection.lane == lanes[0]
    hub.flush(10)
    assert (first.wire.take(), second.wire.take()) == ([], [])
    first.wire.hang_up()
    second.wire.hang_up()


def test_whoever_is_far_behind_is_told_and_closed() -> None:
    hub = Hub()
    ear = WiredEar(1, home_of(1))
    connection = Connection(1, b"")
    hub.open(connection, ear, "")
    hub.handle(connection, Asked("home", None, home_of(1), None))
    hub.lanes.set_plain(1, True)
    ear.is_idle, ear.backlog_bytes = False, 1 << 30
    _, lanes = hub.split_homes([1])
    hub.position = 1
    hub.lanes.lay(Message(1, MessageKind.DELETION, 7), lanes, ())
    hub.flush(10)
    assert ear.ending is not None
    assert hub.statistics().closed_overloaded == 1
    ear.hang_up()
