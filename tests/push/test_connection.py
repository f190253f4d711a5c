"""A connection's life: what is sent, held back, refused, and when it is over."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.limits import (
    STREAM_BACKLOG_BYTES_MAX,
    STREAM_HELD_MESSAGES_MAX,
    STREAM_SUBSCRIPTIONS_MAX,
)
from roost.push import (
    NOW,
    PUBLIC,
    Action,
    Arrived,
    Asked,
    Close,
    Connection,
    Dropped,
    Ended,
    Ending,
    Lost,
    Message,
    MessageKind,
    Outgoing,
    Recalled,
    Refuse,
    State,
    Subscribe,
    Subscription,
    Unsubscribe,
    Write,
)


def opened(name: str = "a", since: int | None = None) -> tuple[Connection, Subscription]:
    connection = Connection(1, b"token")
    (action,) = connection.handle(Asked(name, (name,), PUBLIC, since))
    assert isinstance(action, Subscribe)
    return connection, action.subscription


def message(position: int, kind: MessageKind = MessageKind.TWEET) -> Message:
    return Message(position, kind)


def sent(actions: Any) -> list[tuple[int, bool]]:
    """Positions, and whether they are settled."""
    return [
        (each.message.position, each.settled)
        for action in actions
        if isinstance(action, Write)
        for each in action.outgoing
    ]


def test_what_arrives_is_written() -> None:
    connection, subscription = opened()
    arrived = Arrived([Outgoing(message(5), subscription), Outgoing(message(6), subscription)], 0)
    assert sent(connection.handle(arrived)) == [(5, True), (6, True)]


def test_subscribing_twice_is_nothing_and_there_is_a_limit() -> None:
    connection, _ = opened()
    assert connection.handle(Asked("a", ("a",), PUBLIC)) == ()
    for number in range(1, STREAM_SUBSCRIPTIONS_MAX):
        assert isinstance(connection.handle(Asked(number, (number,), PUBLIC))[0], Subscribe)
    (action,) = connection.handle(Asked("one more", ("x",), PUBLIC))
    assert isinstance(action, Refuse)
    assert connection.state is State.OPEN


def test_what_was_missed_comes_first_and_what_happens_meanwhile_after_it() -> None:
    connection, subscription = opened(since=3)
    assert connection.handle(Arrived([Outgoing(message(9), subscription)], 0)) == ()
    missed = [message(5), message(7), message(7, MessageKind.NOTIFICATION)]
    actions = connection.handle(Recalled(subscription, missed))
    assert sent(actions) == [(5, True), (7, False), (7, True), (9, True)]
    assert sent(connection.handle(Arrived([Outgoing(message(10), subscription)], 0))) == [(10, True)]
    assert connection.handle(Recalled(subscription, missed)) == (), "only once"


def test_what_was_laid_for_a_subscription_that_has_ended_is_not_sent_on_its_successor() -> None:
    connection, first = opened()
    (action,) = connection.handle(Dropped("a"))
    assert action == Unsubscribe(first)
    assert connection.handle(Dropped("a")) == ()
    connection.handle(Asked("a", ("a",), PUBLIC, NOW))
    assert connection.handle(Arrived([Outgoing(message(5), first)], 0)) == ()
    assert connection.handle(Recalled(first, [message(4)])) == ()


def test_who_does_not_keep_up_is_told_and_closed() -> None:
    connection, subscription = opened()
    arrived = [Outgoing(message(5), subscription)]
    assert sent(connection.handle(Arrived(arrived, STREAM_BACKLOG_BYTES_MAX))) == [(5, True)]
    actions = connection.handle(Arrived(arrived, STREAM_BACKLOG_BYTES_MAX + 1))
    assert list(actions) == [Unsubscribe(subscription), Close(Ending.OVERLOADED)]
    assert connection.state is State.CLOSING
    assert connection.handle(Arrived(arrived, 0)) == ()


def test_what_is_held_back_has_a_bound() -> None:
    connection, subscription = opened(since=1)
    some = [Outgoing(message(5), subscription)] * STREAM_HELD_MESSAGES_MAX
    assert connection.handle(Arrived(some, 0)) == ()
    assert Close(Ending.OVERLOADED) in connection.handle(Arrived(some[:1], 0))


@pytest.mark.parametrize("ending", Ending)
def test_an_ending_drops_everything(ending: Ending) -> None:
    connection, subscription = opened()
    assert list(connection.handle(Ended(ending))) == [Unsubscribe(subscription), Close(ending)]
    assert connection.handle(Ended(Ending.LEAVING)) == (), "the first reason counts"
    assert connection.handle(Lost()) == ()
    assert connection.state is State.CLOSED


events = st.sampled_from(["ask", "ask since", "drop", "arrive", "recall", "end", "lose"])


@given(st.lists(st.tuples(events, st.integers(0, 3)), max_size=40))
def test_subscriptions_are_entered_and_left_in_pairs(plan: list[tuple[str, int]]) -> None:
    """Whatever happens in whatever order: each is left once, and nothing is written after the end."""
    connection = Connection(1, b"")
    live: list[Subscription] = []
    ever: list[Subscription] = []
    for position, (kind, number) in enumerate(plan, 1):
        was_open = connection.state is State.OPEN
        actions: list[Action] = []
        match kind:
            case "ask":
                actions = list(connection.handle(Asked(number, (number,), PUBLIC)))
            case "ask since":
                actions = list(connection.handle(Asked(number, (number,), PUBLIC, 0)))
            case "drop":
                actions = list(connection.handle(Dropped(number)))
            case "arrive":
                actions = list(connection.handle(Arrived([Outgoing(message(position), s) for s in ever], 0)))
            case "recall":
                actions = [a for s in ever for a in connection.handle(Recalled(s, [message(position)]))]
            case "end":
                actions = list(connection.handle(Ended(Ending.LEAVING)))
            case "lose":
                actions = list(connection.handle(Lost()))
        for action in actions:
            match action:
                case Subscribe(subscription):
                    live.append(subscription)
                    ever.append(subscription)
                case Unsubscribe(subscription):
                    live.remove(subscription)
                case Write(outgoing):
                    assert was_open
                    assert all(each.subscription in live for each in outgoing)
        assert sorted(map(id, live)) == sorted(map(id, connection.subscriptions.values()))
    assert connection.state is State.OPEN or not live
