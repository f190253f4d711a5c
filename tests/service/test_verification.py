"""A verification finds nothing where nothing is wrong, and names what is."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

from roost.errors import Invalid
from roost.ids import unix_ms_of
from roost.interactions import InteractionKind
from roost.model import NO_COUNTS, TrendKind
from roost.processors import RebuildPhase
from roost.search import IndexChanges, tweet_facts, user_facts
from roost.service import ProfileChange, VerifiedSubject
from roost.store import Batch, Table, rows, tables
from roost.trends import Topic, uses_of
from tests.service.ground import Ground
from tests.service.test_rebuild_home import rebuilt
from tests.service.town import Town

SEED = 20_261_126


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    ground = Ground(tmp_path_factory.mktemp("town"))
    made = Town(ground, SEED)
    made.live(400)
    assert made.done > 250
    yield made
    ground.stop()
    ground.close()


def verified(ground: Ground, *subjects: str) -> dict[str, VerifiedSubject]:
    found = ground.do(ground.service.operations.verify(100, 0, subjects))
    assert found.differing == sum(subject.differing for subject in found.subjects)
    return {subject.name: subject for subject in found.subjects}


def test_nothing_is_wrong(town: Town) -> None:
    found = verified(town.ground)
    assert {name: subject.differences for name, subject in found.items() if subject.differing} == {}
    assert all(subject.compared for subject in found.values())
    town.ground.restart()
    assert not any(subject.differing for subject in verified(town.ground).values())


def test_a_subject_that_there_is_not(town: Town) -> None:
    with pytest.raises(Invalid, match="hope is no subject: choose among home"):
        verified(town.ground, "hope")


def keys(table: Table[Any], row: Any) -> list[Any]:
    columns = (*table.partition, *table.clustering)
    return [column.of(row) if column.of is not None else getattr(row, column.name) for column in columns]


def rows_of(ground: Ground, table: Table[Any]) -> list[Any]:
    return ground.do(ground.kit.store.export(table, b"", 10_000))[0]


def replace(ground: Ground, table: Table[Any], row: Any, by: Any | None) -> None:
    """Past the log, which is what must never happen; and with nothing in memory."""
    batch = Batch()
    batch.delete(table, keys(table, row))
    if by is not None:
        batch.put(table, by)
    ground.do(ground.kit.store.write(batch))
    ground.restart()


TRUTHS = (tables.EDGE_LISTS, tables.TWEETS_BY_AUTHOR, tables.MARKS)
"""What is wrong in these no processor can mend."""


class Wrong(msgspec.Struct):
    """What becomes of a row of a table, which subject sees it, and how it names it."""

    subject: str
    table: Table[Any]
    what: str
    change: dict[str, Any] | None = None
    """None: it is lost."""
    which: Callable[[Any], bool] = lambda row: True


WRONG = (
    Wrong(
        "home", tables.EDGE_LISTS, "home timeline of user", which=lambda row: row.side == rows.Side.FOLLOWS
    ),
    Wrong("people", tables.EDGE_LISTS, "user", which=lambda row: row.side == rows.Side.FOLLOWED_BY),
    Wrong("people", tables.EDGE_LISTS, "does not see", which=lambda row: row.side == rows.Side.BLOCKED_BY),
    Wrong("people", tables.TWEETS_BY_AUTHOR, "tweets, followers and followees of user"),
    Wrong("counts", tables.TWEET_COUNTS, "counts of tweet", {"likes": 99}),
    Wrong("counts", tables.TWEET_COUNTS, "which is gone", {"tweet_id": 77}),
    Wrong("polls", tables.TALLIES, "votes of the poll of tweet"),
    Wrong("notifications", tables.MARKS, "(like)", which=lambda row: row.mark == rows.Mark.LIKED),
    Wrong("notifications", tables.NOTIFICATIONS, "at ", which=lambda row: row.kind == 5),
    Wrong("notifications", tables.NOTIFICATION_GROUPS, "count and newest", {"count": 99}),
    Wrong("notifications", tables.NOTIFICATION_ORDER, "group"),
    Wrong("conversations", tables.CONVERSATIONS, "conversation", {"last_id": 1}),
    Wrong("conversations", tables.CONVERSATIONS, "conversation"),
    Wrong("conversations", tables.CONVERSATION_ORDER, "conversation"),
    Wrong("usage", tables.USAGE, "tag birds on day", {"count": 99}, lambda row: row.key == "birds"),
    Wrong("usage", tables.USAGE, "on day"),
    Wrong("weeks", tables.SETTINGS, "in the week", {"value": b"\x80"}, lambda row: row.name == "weeks"),
)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.subject}-{wrong.table.name}")
def test_what_is_wrong_is_named(town: Town, wrong: Wrong) -> None:
    ground = town.ground
    row = next(row for row in rows_of(ground, wrong.table) if wrong.which(row))
    by = None if wrong.change is None else msgspec.structs.replace(row, **wrong.change)
    replace(ground, wrong.table, row, by)
    found = verified(ground, wrong.subject)[wrong.subject]
    assert found.differing == len(found.differences) > 0
    assert any(wrong.what in difference.what for difference in found.differences), found
    if wrong.table in TRUTHS:
        replace(ground, wrong.table, by or row, row)
    else:
        ground.do(ground.service.processors.rebuild(wrong.subject))
        assert rebuilt(ground, wrong.subject) is RebuildPhase.DONE
    assert verified(ground, wrong.subject)[wrong.subject].differences == []


def test_lists_have_what_their_members_say(town: Town) -> None:
    """Also where memory knows other members than the tables do."""
    ground = town.ground
    member = rows_of(ground, tables.LIST_MEMBERS)[0]
    ground.do(ground.kit.choices.list_contents(member.list_id))
    batch = Batch()
    batch.delete(tables.LIST_MEMBERS, (member.list_id, member.member_id))
    ground.do(ground.kit.store.write(batch))
    (found,) = verified(ground, "lists")["lists"].differences
    assert found.what == f"timeline of list {member.list_id} of user {member.owner_id}"
    replace(ground, tables.LIST_MEMBERS, member, member)


def test_what_is_wrong_in_the_index(town: Town) -> None:
    ground = town.ground
    index = ground.kit.finder.intake.index
    tweet = next(row for row in rows_of(ground, tables.TWEETS) if not row.is_retweet)
    user = rows_of(ground, tables.USERS)[0]
    index.commit(IndexChanges(gone_tweets=[tweet.tweet_id], gone_users=[user.user_id]), index.note)
    found = verified(ground, "search")["search"]
    assert f"tweet {tweet.tweet_id}" in {difference.what for difference in found.differences}
    assert any(difference.what.startswith("users between") for difference in found.differences)
    other = msgspec.structs.replace(tweet, text="nothing of the kind", tweet_id=tweet.tweet_id)
    facts = [
        tweet_facts(other, NO_COUNTS),
        tweet_facts(msgspec.structs.replace(tweet, tweet_id=99), NO_COUNTS),
    ]
    index.commit(IndexChanges(facts, users=[user_facts(user)]), index.note)
    found = verified(ground, "search")["search"]
    named = {difference.what for difference in found.differences}
    assert "tweet 99" in named
    ground.kit.finder.intake.add([tweet.tweet_id, 99])
    assert verified(ground, "search")["search"].differing == 0


def test_trends_that_missed_or_imagined_a_use(town: Town) -> None:
    ground = town.ground
    found = verified(ground, "trends")["trends"]
    assert (found.differing, found.compared > 20) == (0, True)
    minute = ground.clock.now_ms() // 60_000
    engine = ground.kit.trends.engines[TrendKind.TAG]
    engine.note(uses_of([Topic("heron")], [town.users[0]], [engine.minute]))
    engine.take_back([Topic("birds")], town.users[1])
    for _ in range(100):
        engine.take_back([Topic("birds")], town.users[2])
    differing = {each.what for each in verified(ground, "trends")["trends"].differences}
    assert {"tag heron", "tag birds"} <= differing, minute
    ground.do(ground.service.processors.rebuild("trends"))
    assert rebuilt(ground, "trends") is RebuildPhase.DONE
    assert verified(ground, "trends")["trends"].differences == []


def test_edges_that_are_missing_or_too_many(town: Town) -> None:
    ground = town.ground
    graph = ground.kit.interactions.graph
    found = verified(ground, "interactions")["interactions"]
    assert (found.differences, found.left_open, found.compared > 100) == ([], [], True)
    like = rows_of(ground, tables.LIKES)[0]
    assert graph.cancel(like.user_id, like.tweet_id, InteractionKind.LIKE)
    assert f"edges of tweet {like.tweet_id}" in {
        each.what for each in verified(ground, "interactions")["interactions"].differences
    }
    one = np.array([1], np.int64)
    kind = np.array([InteractionKind.LIKE], np.uint8)
    graph.add(one * like.user_id, one * like.tweet_id, kind, one * unix_ms_of(like.like_id))
    graph.add(one * like.user_id, one * 77, kind, one)  # of a tweet that there is not
    found = verified(ground, "interactions")["interactions"]
    assert [each.what for each in found.differences] == [f"edges of user {like.user_id}"]
    assert graph.cancel(like.user_id, 77, InteractionKind.LIKE)
    assert verified(ground, "interactions")["interactions"].differing == 0


def test_what_the_log_has_forgotten_is_left_open(town: Town) -> None:
    """And nothing is called wrong for it."""
    ground = town.ground
    ground.do(ground.kit.log.forget(ground.kit.log.last // 2))
    assert ground.kit.log.first > 1
    found = verified(ground, "trends", "usage", "interactions")
    assert {name: subject.differences for name, subject in found.items() if subject.differing} == {}
    assert all(subject.left_open for subject in found.values())


def test_somebody_whose_tweets_were_not_counted_once(town: Town) -> None:
    """What they used then is left open; what others use is compared still."""
    ground = town.ground
    user = ground.user("shy")
    ground.do(ground.service.accounts.edit(user, ProfileChange(discoverable=False)))
    ground.post(user, "#hidden #birds")
    ground.do(ground.service.accounts.edit(user, ProfileChange(discoverable=True)))
    ground.post(user, "#shown")
    found = verified(ground, "usage", "trends")
    assert {name: subject.differences for name, subject in found.items() if subject.differing} == {}
    assert found["usage"].left_open
    assert found["trends"].left_open
