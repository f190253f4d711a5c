"""A tweet that very many like is one growing group; an event that very many are told of delays nobody."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from roost.limits import (
    NOTIFICATION_GROUP_TELL_S,
    NOTIFICATION_GROUP_TOLD_FIRST,
    NOTIFICATION_PACK_MEMBERS,
    NOTIFICATION_SLICE_ROWS,
)
from roost.model import (
    Edge,
    EdgeAdded,
    EdgeKind,
    Like,
    NotificationKind,
    NotificationsContinued,
    PageRequest,
    TweetLiked,
    TweetUnliked,
    User,
    UserCreated,
)
from roost.processors import Told
from roost.push import Asked, MessageKind, Write, home_of
from roost.service import GROUPABLE, GroupKey, NotificationFilter, Session
from roost.store import tables
from tests.service.ground import Ground
from tests.store.samples import rows_of

ALL = NotificationFilter()
FIRST_USER = 1_000


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    made = Ground(tmp_path, capacity_users=2_048)
    yield made
    made.stop()
    made.close()


class Ear:
    """A connection's shell that keeps what it is told."""

    backlog_bytes = 0
    descriptor = -1
    is_idle = True

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def act(self, action: Any) -> None:
        if isinstance(action, Write):
            self.heard += [each.message for each in action.outgoing]

    def pack(self, outgoing: Any) -> Any:
        return outgoing.message

    def send(self, packed: list[Any]) -> None:
        self.heard += packed

    def notices(self) -> list[tuple[int, int]]:
        """Position and size of the group, of each notification."""
        found = [each for each in self.heard if each.kind is MessageKind.NOTIFICATION]
        return [(each.position, each.content.group_count) for each in found]


def crowd(ground: Ground, count: int) -> list[int]:
    ids = list(range(FIRST_USER, FIRST_USER + count))
    made_ms = ground.clock.now_ms() - 10**11
    commit(ground, [UserCreated(User(one, f"fan{one}", made_ms)) for one in ids])
    return ids


def commit(ground: Ground, events: Sequence[Any]) -> None:
    ground.do(ground.kit.committer.commit(events))
    told(ground)


def told(ground: Ground) -> None:
    """Wait until everything has been derived, and streamed."""
    log = ground.kit.log
    assert ground.do(ground.kit.background.applied(log.last, 20.0))
    ground.do(ground.kit.runner.applied_by_all(log.last))
    ground.do(ground.kit.streaming.applied_by_all(log.last))


def like(ground: Ground, tweet_id: int, author_id: int, fans: Sequence[int]) -> list[Like]:
    likes = [Like(fan, tweet_id, author_id, ground.kit.ids.next_id()) for fan in fans]
    commit(ground, [TweetLiked(one) for one in likes])
    return likes


def listen(ground: Ground, user_id: int, since: int | None = None) -> Ear:
    ear = Ear()

    async def subscribe() -> None:
        session = Session(user_id, token_hash=b"token")
        streams = ground.service.streams
        connection = streams.open(session, ear, "", True)
        streams.subscribe(connection, Asked("user", ("user",), home_of(user_id), since))
        await streams.recalled()

    ground.do(subscribe())
    return ear


def walk(ground: Ground, user_id: int) -> list[Any]:
    found, request = [], PageRequest(80)
    while True:
        page = ground.do(ground.service.notifications.page(user_id, request, ALL))
        found += [view.notification for view in page.items]
        if not page.items:
            return found
        request = PageRequest(80, max_id=page.oldest_id)


def groups(ground: Ground, user_id: int, **more: Any) -> list[tuple[NotificationKind, int]]:
    request = PageRequest(40, **more)
    page = ground.do(ground.service.notifications.groups(user_id, request, ALL, frozenset(GROUPABLE)))
    return [(view.newest.notification.kind, view.count) for view in page.items]


def test_a_viral_tweet_is_one_growing_group(ground: Ground) -> None:
    author, reader = ground.user("author"), ground.user("reader")
    fans, tweet_id = crowd(ground, 350), ground.post(author)
    pushed: list[Told] = []
    ground.kit.notices.listen(lambda found: pushed.extend(one for one in found if one.is_pushed))
    ear, start = listen(ground, author), ground.kit.log.last
    likes = like(ground, tweet_id, author, fans)
    assert len(ear.notices()) == NOTIFICATION_GROUP_TOLD_FIRST
    assert [one.joined for one in pushed] == [*range(1, NOTIFICATION_GROUP_TOLD_FIRST + 1), 100]
    assert len(ground.do(rows_of(ground.kit.store, tables.NOTIFICATIONS))) == NOTIFICATION_GROUP_TOLD_FIRST
    packs = ground.do(rows_of(ground.kit.store, tables.NOTIFICATION_PACKS))
    assert len(packs) == -(-(350 - NOTIFICATION_GROUP_TOLD_FIRST) // NOTIFICATION_PACK_MEMBERS)
    assert groups(ground, author) == [(NotificationKind.LIKE, 350)]
    found = walk(ground, author)
    assert [one.actor_id for one in found] == fans[::-1]
    assert [one.made_ms for one in found] == [(one.like_id >> 22) + 1_288_834_974_657 for one in likes[::-1]]

    pass_time(ground)  # the rest of them is told of, once
    (position, count), *more = ear.notices()[NOTIFICATION_GROUP_TOLD_FIRST:]
    assert (position, count, more) == (ground.kit.log.last, 350, [])
    last = ear.heard[-1].content
    assert last.notification == found[0]
    pass_time(ground)
    assert len(ear.notices()) == NOTIFICATION_GROUP_TOLD_FIRST + 1
    assert [one[0] for one in listen(ground, author, start).notices()] == [one[0] for one in ear.notices()]

    commit(ground, [TweetUnliked(one) for one in likes[300:]])
    ground.do(ground.service.notifications.dismiss(author, found[100].notification_id))
    assert groups(ground, author) == [(NotificationKind.LIKE, 299)]
    kept = [one for one in found[50:] if one != found[100]]
    assert walk(ground, author) == kept
    key = GroupKey(NotificationKind.LIKE, tweet_id, found[0].hour)
    actors = ground.do(ground.service.notifications.group_actors(author, key, PageRequest(80)))
    assert [view.user.user_id for view in actors.items] == [one.actor_id for one in kept[:80]]
    ground.do(ground.service.tweets.delete(author, tweet_id))
    told(ground)
    for table in (tables.NOTIFICATIONS, tables.NOTIFICATION_PACKS, tables.NOTIFICATION_SPANS):
        assert ground.do(rows_of(ground.kit.store, table)) == []
    assert groups(ground, author) == groups(ground, reader) == []


def pass_time(ground: Ground) -> None:
    ground.clock.advance_ms(1_000 * NOTIFICATION_GROUP_TELL_S)
    ground.do(ground.service.notification_work.tick())
    told(ground)


def test_what_was_to_be_told_is_told_after_a_restart(ground: Ground) -> None:
    author = ground.user("author")
    fans, tweet_id = crowd(ground, 40), ground.post(author)
    ear = listen(ground, author)
    like(ground, tweet_id, author, fans)
    last_id = ear.heard[-1].position
    ground.restart()
    told(ground)
    back = listen(ground, author, last_id)
    assert back.notices() == []
    ground.do(ground.service.notification_work.load())
    pass_time(ground)
    assert back.notices() == [(ground.kit.log.last, 40)]


def test_a_group_longer_than_any_page_stands_on_one_page(ground: Ground) -> None:
    author, other = ground.user("author"), ground.user("other")
    fans = crowd(ground, 60)
    tweets = [ground.post(author, f"number {number}") for number in range(50)]
    for start in range(0, len(fans), 12):
        likes = [
            Like(fan, tweet_id, author, ground.kit.ids.next_id())
            for fan in fans[start : start + 12]
            for tweet_id in tweets
        ]
        commit(ground, [TweetLiked(one) for one in likes])
    first = ground.do(ground.service.notifications.groups(author, PageRequest(30), ALL, frozenset(GROUPABLE)))
    assert [view.key.tweet_id for view in first.items] == tweets[:19:-1]
    assert {view.count for view in first.items} == {60}
    second = groups(ground, author, max_id=first.oldest_id)
    assert second == [(NotificationKind.LIKE, 60)] * 20
    assert groups(ground, other) == []


def follow_with_alerts(ground: Ground, author: int, followers: Sequence[int]) -> None:
    ids = ground.kit.ids
    edges = [Edge(EdgeKind.FOLLOW, one, author, ids.next_id(), tells=True) for one in followers]
    commit(ground, [EdgeAdded(edge) for edge in edges])


def alerts(ground: Ground) -> list[Any]:
    found = ground.do(rows_of(ground.kit.store, tables.NOTIFICATIONS))
    return [row for row in found if row.kind is NotificationKind.TWEET]


def continued(ground: Ground) -> list[int]:
    events = ground.do(ground.kit.log.read(0, 4_000))
    return [
        events.first + place
        for place, event in enumerate(events.events)
        if isinstance(event, NotificationsContinued)
    ]


def run_work(ground: Ground) -> None:
    while ground.do(rows_of(ground.kit.store, tables.NOTIFICATION_FANOUTS)):
        ground.do(ground.service.notification_work.tick())
        told(ground)


def test_others_get_in_between_the_slices_of_a_large_fanout(ground: Ground) -> None:
    author, other = ground.user("author"), ground.user("other")
    followers = crowd(ground, 2 * NOTIFICATION_SLICE_ROWS + 60)
    follow_with_alerts(ground, author, followers)
    ground.do(ground.service.notification_work.stop())
    ear = listen(ground, followers[-1])
    tweet_id = ground.post(author)
    told(ground)
    assert len(alerts(ground)) == NOTIFICATION_SLICE_ROWS
    ground.post(other)
    ground.restart()
    ground.do(ground.service.notification_work.load())
    ear = listen(ground, followers[-1], ear.heard[-1].position)
    run_work(ground)
    found = alerts(ground)
    assert sorted(row.receiver_id for row in found) == followers
    positions = {row.notification_id for row in found}
    assert len(positions) == 3
    assert len(positions & set(continued(ground))) == 2  # which may have been asked for more than once
    (mine,) = (row for row in found if row.receiver_id == followers[-1])
    assert ear.notices() == [(mine.notification_id, 0)]
    assert {row.tweet_id for row in found} == {tweet_id}
    ground.do(ground.service.tweets.delete(author, tweet_id))
    told(ground)
    assert alerts(ground) == []


def test_a_tweet_that_is_deleted_meanwhile_is_told_to_nobody_else(ground: Ground) -> None:
    author = ground.user("author")
    follow_with_alerts(ground, author, crowd(ground, NOTIFICATION_SLICE_ROWS + 60))
    ground.do(ground.service.notification_work.stop())
    tweet_id = ground.post(author)
    told(ground)
    ground.do(ground.service.tweets.delete(author, tweet_id))
    run_work(ground)
    assert alerts(ground) == []
