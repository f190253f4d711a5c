"""Who is connected, and who subscribed to what.

Messages are laid at connections (`post`), and then taken to them connection by connection (`flush`), so that
a connection gets what a batch holds for it in one piece. Nearly all are laid there ready for the wire, packed
once for all who get the same bytes, most of them at lanes (`push.lanes`); only those that something has to be
decided about (others of the same position, a subscription that waits for what it missed) go through the
connection's state machine one by one.
Belongs to the event loop's thread.
"""

from collections import deque
from collections.abc import Callable, Iterable, ValuesView
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.errors import Overloaded, RateLimited
from roost.limits import (
    STREAM_BACKLOG_BYTES_MAX,
    STREAMS_MAX,
    STREAMS_PER_ADDRESS_MAX,
    STREAMS_PER_USER_MAX,
)
from roost.push.connection import (
    Action,
    Arrived,
    Asked,
    Close,
    Connection,
    Dropped,
    Ended,
    Ending,
    Event,
    Lost,
    Outgoing,
    Recalled,
    Subscribe,
    Subscription,
    Unsubscribe,
)
from roost.push.lanes import NO_LANES, Lanes
from roost.push.messages import Message
from roost.push.topics import Topic, TopicKind


class Shell(Protocol):
    """What does a connection's actions, but for those that are the hub's own. Must not fail."""

    @property
    def backlog_bytes(self) -> int:
        """What the client has not taken yet."""
        ...

    @property
    def descriptor(self) -> int:
        """The socket's file where what was packed may be written to it as it is; -1 elsewhere."""
        ...

    @property
    def is_idle(self) -> bool:
        """Whether it is open, and nothing waits to be written."""
        ...

    def act(self, action: Action) -> None:
        """Write, Refuse or Close."""
        ...

    def pack(self, outgoing: Outgoing) -> Any:
        """What `send` takes of a message. Shells whose subscriptions have equal labels pack alike."""
        ...

    def send(self, packed: list[Any]) -> None:
        """Write messages that were packed, in one piece."""
        ...


class HubStatistics(msgspec.Struct, frozen=True):
    """Counts since the start, and of now."""

    connections: int
    subscriptions: int
    messages_sent: int
    closed_overloaded: int
    closed_revoked: int


class Hub:
    """`position` is the last position whose messages were laid at all who were subscribed then."""

    def __init__(self) -> None:
        self.position = 0
        self.recall: Callable[[Subscription], None] = lambda _subscription: None
        """Told of a subscription that wants what it missed; to be answered by `recalled`."""
        self.watch: Callable[[Topic, bool], None] = lambda _topic, _present: None
        """Told when a topic gets its first subscription, and when it loses its last one."""
        self._topics: dict[Topic, dict[int, Subscription]] = {}
        self._homes: dict[int, dict[int, Subscription]] = {}
        """Those to home timelines, by user."""
        self._off_lanes: dict[int, dict[int, Subscription]] = {}
        """Those of them without a lane."""
        self.lanes = Lanes()
        self._connections: dict[int, Connection] = {}
        self._tokens: dict[bytes, dict[int, Connection]] = {}
        self._users: dict[int, dict[int, Connection]] = {}
        self._addresses: dict[str, int] = {}
        self._waiting: deque[Connection] = deque()
        self._subscriptions = 0
        self._sent = 0
        self._closed = dict.fromkeys(Ending, 0)

    # -- connections

    def open(self, connection: Connection, shell: Shell, address: str) -> None:
        """Take a connection in; `address` is empty for one that is not counted by address.

        Raises Overloaded or RateLimited where there are too many already.
        """
        if len(self._connections) >= STREAMS_MAX:
            raise Overloaded("Too many streams are open", 5)
        held = self._users.get(connection.user_id, {})
        if connection.user_id and len(held) >= STREAMS_PER_USER_MAX:
            raise RateLimited(5, f"You may have {STREAMS_PER_USER_MAX} streams open")
        if address and self._addresses.get(address, 0) >= STREAMS_PER_ADDRESS_MAX:
            raise RateLimited(5, f"{STREAMS_PER_ADDRESS_MAX} streams may be open from one address")
        connection.shell = shell
        self._connections[id(connection)] = connection
        self._users.setdefault(connection.user_id, {})[id(connection)] = connection
        self._tokens.setdefault(connection.token_hash, {})[id(connection)] = connection
        if address:
            self._addresses[address] = self._addresses.get(address, 0) + 1

    def close(self, connection: Connection, address: str) -> None:
        """The client is gone."""
        if self._connections.pop(id(connection), None) is None:
            return
        self.handle(connection, Lost())
        _remove(self._users, connection.user_id, connection)
        _remove(self._tokens, connection.token_hash, connection)
        if address:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    def handle(self, connection: Connection, event: Event) -> None:
        """Let something happen to a connection."""
        for action in connection.handle(event):
            match action:
                case Subscribe(subscription):
                    self._enter(subscription)
                case Unsubscribe(subscription):
                    self._leave(subscription)
                case Close(ending):
                    self._closed[ending] += 1
                    connection.shell.act(action)
                case _:
                    connection.shell.act(action)

    def ask(self, connection: Connection, asked: Asked) -> None:
        """A client subscribes."""
        self.handle(connection, asked)

    def drop(self, connection: Connection, name: object) -> None:
        """A client unsubscribes; what waited for its other subscriptions is still sent."""
        self._send_ready(connection)
        self.handle(connection, Dropped(name))

    def recalled(self, subscription: Subscription, messages: list[Message]) -> None:
        """What a subscription missed up to its `after`, in order."""
        self.handle(subscription.connection, Recalled(subscription, messages))
        self.lanes.renew(subscription)

    def end_token(self, token_hash: bytes) -> None:
        """Close what was opened with a token."""
        self._end(self._tokens.get(token_hash, {}).values(), Ending.REVOKED)

    def end_user(self, user_id: int) -> None:
        """Close what a user opened."""
        self._end(self._users.get(user_id, {}).values(), Ending.REVOKED)

    def end_all(self) -> None:
        """The server stops."""
        self._end(self._connections.values(), Ending.LEAVING)

    def end(self, connection: Connection, ending: Ending) -> None:
        self._end([connection], ending)

    # -- messages

    def of(self, topic: Topic) -> ValuesView[Subscription]:
        """The subscriptions to a topic."""
        return self._topics.get(topic, _NO_SUBSCRIPTIONS).values()

    def topics(self) -> Iterable[Topic]:
        """Every topic that has a subscription."""
        return self._topics.keys()

    def at_homes(self, user_ids: Iterable[int]) -> list[Subscription]:
        """The subscriptions to users' home timelines. 0.2 us a user."""
        homes = self._homes
        found: list[Subscription] = []
        for user_id in user_ids:
            if user_id in homes:
                found.extend(homes[user_id].values())
        return found

    def split_homes(self, user_ids: Iterable[int]) -> tuple[list[Subscription], NDArray[np.int64]]:
        """The subscriptions to users' home timelines that have no lane, and the lanes of the others. 0.2 us a
        user."""
        off, on = self._off_lanes, self.lanes.of_user
        found: list[Subscription] = []
        lanes: list[int] = []
        for user_id in user_ids:
            lanes.extend(on(user_id))
            if user_id in off:
                found.extend(off[user_id].values())
        return found, np.array(lanes, np.int64) if lanes else NO_LANES

    def post(self, message: Message, subscriptions: Iterable[Subscription], is_alone: bool = False) -> None:
        """Lay a message at subscriptions that were made before its position. `is_alone` says that no other
        message has its position. 0.2 us each for one that is alone."""
        if not is_alone:
            self._post_pending(message, subscriptions)
            return
        position, personal = message.position, message.personal
        label: Any = _NO_LABEL
        shared: Any = None
        for subscription in subscriptions:
            connection = subscription.connection
            if subscription.ready_after >= position or connection.pending:
                self._post_pending(message, (subscription,))
                continue
            if personal and connection.user_id in personal:
                packed = connection.shell.pack(Outgoing(message, subscription))
            elif subscription.label == label:
                packed = shared
            else:
                label = subscription.label
                packed = shared = connection.shell.pack(Outgoing(message, subscription))
            if connection.ready is None:
                connection.ready = [packed]
                self._wait(connection)
            else:
                connection.ready.append(packed)

    def _post_pending(self, message: Message, subscriptions: Iterable[Subscription]) -> None:
        position = message.position
        for subscription in subscriptions:
            if subscription.after >= position:
                continue
            pending = subscription.connection.pending
            if not pending:
                self._wait(subscription.connection)
            pending.append(Outgoing(message, subscription))

    def _wait(self, connection: Connection) -> None:
        self._waiting.append(connection)
        if connection.lane >= 0:
            self.lanes.set_busy(connection.lane, True)

    def flush(self, connections_max: int) -> bool:
        """Take what was laid at the next connections to them; whether some are left. 0.5 us a connection, 3
        us where something has to be decided, and what the writing takes."""
        sent, left, some_are_left = self.lanes.flush(connections_max)
        self._sent += sent
        for subscription, frames in left:
            self._send(subscription.connection, frames)
        if some_are_left:
            return True
        waiting = self._waiting
        for _ in range(min(connections_max, len(waiting))):
            connection = waiting.popleft()
            if connection.lane >= 0:
                self.lanes.set_busy(connection.lane, False)
            self._send_ready(connection)
            outgoing = connection.pending
            if not outgoing:
                continue  # it has all, or was closed meanwhile
            connection.pending = []
            if len(outgoing) > 1:
                _settle(outgoing)
            self._sent += len(outgoing)
            self.handle(connection, Arrived(outgoing, connection.shell.backlog_bytes))
        return bool(waiting)

    def _send_ready(self, connection: Connection) -> None:
        ready = connection.ready
        if ready is None:
            return
        connection.ready = None
        self._sent += len(ready)
        self._send(connection, ready)

    def _send(self, connection: Connection, packed: list[Any]) -> None:
        if (backlog_bytes := connection.shell.backlog_bytes) > STREAM_BACKLOG_BYTES_MAX:
            self.handle(connection, Arrived((), backlog_bytes))  # which closes it
        elif packed:
            connection.shell.send(packed)

    def statistics(self) -> HubStatistics:
        return HubStatistics(
            len(self._connections),
            self._subscriptions,
            self._sent,
            self._closed[Ending.OVERLOADED],
            self._closed[Ending.REVOKED],
        )

    def _enter(self, subscription: Subscription) -> None:
        topic = subscription.topic
        subscription.begin(self.position)
        held = self._topics.get(topic)
        if held is None:
            held = self._topics[topic] = {}
            if topic.kind is TopicKind.HOME:
                self._homes[topic.key] = held
            self.watch(topic, True)
        held[id(subscription)] = subscription
        if topic.kind is TopicKind.HOME:
            self._give_lane(subscription)
        self._subscriptions += 1
        if subscription.since is not None:
            self.recall(subscription)

    def _give_lane(self, subscription: Subscription) -> None:
        if not self.lanes.enter(subscription):
            self._off_lanes.setdefault(subscription.topic.key, {})[id(subscription)] = subscription

    def _take_lane(self, subscription: Subscription) -> None:
        user_id = subscription.topic.key
        if not self.lanes.leave(subscription):
            del self._off_lanes[user_id][id(subscription)]
            if not self._off_lanes[user_id]:
                del self._off_lanes[user_id]

    def _leave(self, subscription: Subscription) -> None:
        if subscription.topic.kind is TopicKind.HOME:
            self._take_lane(subscription)
        held = self._topics[subscription.topic]
        del held[id(subscription)]
        self._subscriptions -= 1
        if not held:
            del self._topics[subscription.topic]
            if subscription.topic.kind is TopicKind.HOME:
                del self._homes[subscription.topic.key]
            self.watch(subscription.topic, False)

    def _end(self, connections: Iterable[Connection], ending: Ending) -> None:
        for connection in list(connections):
            self.handle(connection, Ended(ending))


_NO_LABEL = object()
_NO_SUBSCRIPTIONS: dict[int, Subscription] = {}


def _remove(index: dict, key: object, connection: Connection) -> None:  # type: ignore[type-arg]
    held = index[key]
    del held[id(connection)]
    if not held:
        del index[key]


def _settle(outgoing: list[Outgoing]) -> None:
    """A message is not settled while another one of its position follows on its subscription."""
    following: dict[int, int] = {}
    for each in reversed(outgoing):
        key, position = id(each.subscription), each.message.position
        each.settled = following.get(key) != position
        following[key] = position
