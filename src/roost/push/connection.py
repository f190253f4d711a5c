"""A connection as a state machine: what happens to it goes in, what is to be done comes out. No I/O.

    OPEN      it gets what it subscribed to
    CLOSING   its last words are being sent; nothing else is
    CLOSED    gone

A subscription that asks for what it missed waits for it: what happens meanwhile is held back, and sent after
it. So a client gets, in the order of the log, each message once: missed ones up to the position that its
subscription was made at (`after`), live ones from there on.

The connection is told how many bytes its client has not taken yet. Too many, or too many messages held back,
and it is closed with a notice: a client that cannot keep up learns so, and goes on from where it was.
"""

import enum
from collections.abc import Sequence
from typing import Any

import msgspec

from roost.limits import STREAM_BACKLOG_BYTES_MAX, STREAM_HELD_MESSAGES_MAX, STREAM_SUBSCRIPTIONS_MAX
from roost.push.messages import Message, MessageKind
from roost.push.topics import Topic


class State(enum.Enum):
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Ending(enum.Enum):
    """Why a connection is closed by the server."""

    OVERLOADED = "overloaded"
    """The client does not take its messages fast enough."""
    REVOKED = "revoked"
    """Its token, or its user, may no more."""
    LEAVING = "leaving"
    """The server stops."""
    MISUSED = "misused"
    """The client sends what is no message, or too much."""


NOW = 1 << 61
"""A `since` of one that has missed nothing, and wants to know where it stands."""
_NEVER = 1 << 62
"""After every position."""


class Subscription:
    """One of a connection's subscriptions. `name` is what it is known by there, `label` what the client is
    told with each message, `after` the position that it was made at: later messages are sent live, and none
    once it has ended. Messages after `ready_after` may be written as they are: nothing is waited for."""

    __slots__ = ("after", "connection", "held", "label", "name", "ready_after", "since", "topic")

    def __init__(self, connection: "Connection", asked: "Asked") -> None:
        self.connection = connection
        self.name = asked.name
        self.label = asked.label
        self.topic = asked.topic
        self.since = since = asked.since
        """Where the client left off; None where it missed nothing."""
        self.after = 0
        self.ready_after = _NEVER
        self.held: list[Outgoing] | None = None if since is None else []
        """While it waits for what was missed: what happened meanwhile."""

    @property
    def has_ended(self) -> bool:
        return self.after == _NEVER

    def begin(self, position: int) -> None:
        """It is entered: what comes after a position is for it."""
        self.after = position
        self.ready_after = position if self.held is None else _NEVER

    def release(self) -> None:
        """It has what it missed."""
        self.held = None
        self.ready_after = self.after

    def end(self) -> None:
        self.after = self.ready_after = _NEVER


class Outgoing(msgspec.Struct, eq=False):
    """A message on its way to one subscription."""

    message: Message
    subscription: Subscription
    settled: bool = True
    """Whether everything up to the message's position has been sent with it; False where another message of
    the same position follows on this subscription. A client that goes on after the last settled position
    misses nothing."""


# -- events: what happens to a connection


class Asked(msgspec.Struct, frozen=True):
    """The client subscribes. Once more under the same name is nothing."""

    name: Any
    label: Any
    topic: Topic
    since: int | None = None


class Dropped(msgspec.Struct, frozen=True):
    """The client unsubscribes."""

    name: Any


class Arrived(msgspec.Struct, frozen=True, gc=False):
    """There are messages for it, in the order of the log. Its client has `backlog_bytes` yet to take."""

    outgoing: Sequence[Outgoing]
    backlog_bytes: int


class Recalled(msgspec.Struct, frozen=True):
    """What a subscription missed has been found."""

    subscription: Subscription
    messages: Sequence[Message]


class Ended(msgspec.Struct, frozen=True):
    """The server wants it closed."""

    ending: Ending


class Lost(msgspec.Struct, frozen=True):
    """The client is gone, or was given up."""


Event = Asked | Dropped | Arrived | Recalled | Ended | Lost

# -- actions: what is to be done


class Subscribe(msgspec.Struct, frozen=True):
    """Enter it at the hub, which sets its `after`; with a `since`, find what it missed up to there."""

    subscription: Subscription


class Unsubscribe(msgspec.Struct, frozen=True):
    subscription: Subscription


class Refuse(msgspec.Struct, frozen=True):
    """Tell the client that what it asked for cannot be."""

    text: str
    status: int


class Write(msgspec.Struct, frozen=True, gc=False):
    """Send these, in one piece."""

    outgoing: Sequence[Outgoing]


class Close(msgspec.Struct, frozen=True):
    """Tell the client why, and close."""

    ending: Ending


Action = Subscribe | Unsubscribe | Refuse | Write | Close

_TRANSITIONS: dict[tuple[State, type[Event]], frozenset[State]] = {
    (State.OPEN, Asked): frozenset((State.OPEN,)),
    (State.OPEN, Dropped): frozenset((State.OPEN,)),
    (State.OPEN, Arrived): frozenset((State.OPEN, State.CLOSING)),
    (State.OPEN, Recalled): frozenset((State.OPEN,)),
    (State.OPEN, Ended): frozenset((State.CLOSING,)),
    (State.OPEN, Lost): frozenset((State.CLOSED,)),
    (State.CLOSING, Asked): frozenset((State.CLOSING,)),
    (State.CLOSING, Dropped): frozenset((State.CLOSING,)),
    (State.CLOSING, Arrived): frozenset((State.CLOSING,)),
    (State.CLOSING, Recalled): frozenset((State.CLOSING,)),
    (State.CLOSING, Ended): frozenset((State.CLOSING,)),
    (State.CLOSING, Lost): frozenset((State.CLOSED,)),
    (State.CLOSED, Asked): frozenset((State.CLOSED,)),
    (State.CLOSED, Dropped): frozenset((State.CLOSED,)),
    (State.CLOSED, Arrived): frozenset((State.CLOSED,)),
    (State.CLOSED, Recalled): frozenset((State.CLOSED,)),
    (State.CLOSED, Ended): frozenset((State.CLOSED,)),
    (State.CLOSED, Lost): frozenset((State.CLOSED,)),
}
"""Where each event may lead from each state."""

_EVENTS: tuple[type[Event], ...] = (Asked, Dropped, Arrived, Recalled, Ended, Lost)
assert set(_TRANSITIONS) == {(state, kind) for state in State for kind in _EVENTS}, "an event is forgotten"
assert all(State.OPEN not in _TRANSITIONS[State.CLOSED, kind] for kind in _EVENTS), "nothing comes back"
assert all(_TRANSITIONS[state, Lost] == {State.CLOSED} for state in State), "a lost connection is closed"


class Connection:
    """`user_id` is 0 for an app that acts for itself; `notifies` says whether it may be told of
    notifications. `lane`, `pending`, `ready` and `shell` are the hub's."""

    __slots__ = (
        "lane",
        "notifies",
        "pending",
        "ready",
        "shell",
        "state",
        "subscriptions",
        "token_hash",
        "user_id",
    )

    def __init__(self, user_id: int, token_hash: bytes, notifies: bool = True) -> None:
        self.user_id = user_id
        self.token_hash = token_hash
        self.notifies = notifies
        self.state = State.OPEN
        self.subscriptions: dict[Any, Subscription] = {}
        self.lane = -1
        """The short way to its socket; -1 for none."""
        self.pending: list[Outgoing] = []
        self.ready: list[Any] | None = None
        """What may be written as it is, before what is pending."""
        self.shell: Any = None

    def handle(self, event: Event) -> Sequence[Action]:
        """What is to be done about an event. 1 us for a batch of messages, and 0.1 us a message."""
        before = self.state
        actions = self._act(event) if before is State.OPEN else self._act_late(event)
        assert self.state in _TRANSITIONS[before, type(event)], f"{before} {event} led to {self.state}"
        return actions

    def _act(self, event: Event) -> Sequence[Action]:
        match event:
            case Arrived(outgoing, backlog_bytes):
                return self._arrived(outgoing, backlog_bytes)
            case Asked():
                return self._asked(event)
            case Dropped(name):
                return self._dropped(name)
            case Recalled(subscription, messages):
                return self._recalled(subscription, messages)
            case Ended(ending):
                return self._end(ending)
            case Lost():
                self.state = State.CLOSED
                return self._drop_all()

    def _act_late(self, event: Event) -> Sequence[Action]:
        """Once it is closing, only its being gone matters."""
        if isinstance(event, Lost):
            self.state = State.CLOSED
        return ()

    def _asked(self, asked: Asked) -> Sequence[Action]:
        if asked.name in self.subscriptions:
            return ()
        if len(self.subscriptions) >= STREAM_SUBSCRIPTIONS_MAX:
            return (Refuse(f"A connection may have {STREAM_SUBSCRIPTIONS_MAX} subscriptions", 422),)
        made = self.subscriptions[asked.name] = Subscription(self, asked)
        return (Subscribe(made),)

    def _dropped(self, name: Any) -> Sequence[Action]:
        found = self.subscriptions.pop(name, None)
        if found is None:
            return ()
        found.end()
        return (Unsubscribe(found),)

    def _arrived(self, outgoing: Sequence[Outgoing], backlog_bytes: int) -> Sequence[Action]:
        if backlog_bytes > STREAM_BACKLOG_BYTES_MAX:
            return self._end(Ending.OVERLOADED)
        now: list[Outgoing] = []
        for each in outgoing:
            subscription = each.subscription
            if subscription.has_ended:
                continue
            if subscription.held is None:
                now.append(each)
            elif len(subscription.held) >= STREAM_HELD_MESSAGES_MAX:
                return self._end(Ending.OVERLOADED)
            else:
                subscription.held.append(each)
        return (Write(now),) if now else ()

    def _recalled(self, found: Subscription, messages: Sequence[Message]) -> Sequence[Action]:
        if found.has_ended or found.held is None:
            return ()
        outgoing = [*in_order(messages, found), *found.held]
        found.release()
        return (Write(outgoing),) if outgoing else ()

    def _end(self, ending: Ending) -> Sequence[Action]:
        self.state = State.CLOSING
        return (*self._drop_all(), Close(ending))

    def _drop_all(self) -> Sequence[Action]:
        dropped = [Unsubscribe(subscription) for subscription in self.subscriptions.values()]
        for subscription in self.subscriptions.values():
            subscription.end()
        self.subscriptions.clear()
        self.pending.clear()
        self.ready = None
        return dropped


def in_order(messages: Sequence[Message], subscription: Subscription) -> list[Outgoing]:
    """Messages of one subscription, in the order of the log; the last one of each position that tells
    something is settled."""
    following = [*messages[1:], None]
    return [
        Outgoing(message, subscription, after is None or _settles(message, after))
        for message, after in zip(messages, following, strict=True)
    ]


def _settles(message: Message, after: Message) -> bool:
    return after.position != message.position or after.kind is MessageKind.POSITION
