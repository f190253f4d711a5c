"""Bulk ingest: what is reported as ok is there, also where a part of the request was refused."""

import asyncio
import json
import random
from typing import Any

import pytest

from roost.model import PageRequest, Visibility
from roost.service import LineResult
from roost.store import rows, tables
from tests.service.ground import Ground

Json = dict[str, Any]


def encoded(lines: list[Json]) -> list[bytes]:
    return [json.dumps(line).encode() for line in lines]


def ingest(ground: Ground, *lines: Json) -> list[LineResult]:
    results, _ = ground.do(ground.service.bulk.ingest(encoded(list(lines))))
    return list(results)


def at_once(ground: Ground, first: list[Json], second: list[Json]) -> list[LineResult]:
    """The second request's results; both begin before either has committed anything."""

    async def both() -> Any:
        bulk = ground.service.bulk
        return await asyncio.gather(bulk.ingest(encoded(first)), bulk.ingest(encoded(second)))

    _, (results, _) = ground.do(both())
    return list(results)


def user(name: str, user_id: int) -> Json:
    return {"type": "user", "username": name, "id": user_id}


def tweet(author: int, **more: Any) -> Json:
    return {"type": "tweet", "author": author, **({} if "retweet_of" in more else {"text": "words"}), **more}


def follow(follower: int, *followees: int) -> Json:
    return {"type": "follow", "follower": follower, "followees": list(followees)}


def like(user_id: int, tweet_id: int) -> Json:
    return {"type": "like", "user": user_id, "tweet": tweet_id}


def followees(ground: Ground, user_id: int) -> list[int]:
    """By the tables; one that stood twice would be here twice."""
    side = (user_id, rows.Side.FOLLOWS)
    return [row.other_id for row in ground.do(ground.kit.store.scan(tables.EDGE_LISTS, side, limit=1_000))]


def is_there(ground: Ground, tweet_id: str) -> bool:
    return ground.do(ground.kit.tweets.get(int(tweet_id))) is not None


class TestARefusedSlice:
    """Another request takes the name `taken` first, so that the first slice is refused as a whole."""

    @pytest.fixture(autouse=True)
    def slices(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("roost.service.local.bulk.INGEST_SLICE_LINES", 2)

    def second(self, ground: Ground, with_user: Json, *later: Json) -> list[LineResult]:
        results = at_once(ground, [user("taken", 10)], [user("taken", 20), with_user, *later])
        assert [result.ok for result in results[:2]] == [False, False]
        assert "nothing of this part was done" in results[0].error
        return results[2:]

    def test_its_users_do_nothing_in_later_slices(self, ground: Ground) -> None:
        ann = ground.user("ann")
        said = ground.post(ann)
        later = [tweet(21), follow(21, ann), follow(ann, 21), like(21, said), tweet(21, retweet_of=said)]
        found = self.second(ground, user("other", 21), *later)
        assert [result.ok for result in found] == [False, False, True, False, False]
        assert [result.error for result in found if result.error] == ["there is no account 21"] * 4
        assert found[2].added == 0
        assert followees(ground, ann) == []

    def test_its_names_and_ids_are_free_in_later_slices(self, ground: Ground) -> None:
        found = self.second(ground, user("other", 21), user("other", 22), user("third", 21), tweet(22))
        assert [result.id for result in found[:2]] == ["22", "21"]
        assert is_there(ground, found[2].id)

    def test_its_keys_stand_for_nothing(self, ground: Ground) -> None:
        ann = ground.user("ann")
        (found, again) = self.second(ground, tweet(ann, key="k"), tweet(ann, key="k"), tweet(ann, key="k"))
        assert found.ok
        assert is_there(ground, found.id)
        assert again.id == found.id

    def test_its_follows_are_made_by_later_slices(self, ground: Ground) -> None:
        ann, bob = ground.user("ann"), ground.user("bob")
        (found,) = self.second(ground, follow(ann, bob), follow(ann, bob))
        assert (found.ok, found.added) == (True, 1)
        assert followees(ground, ann) == [bob]

    def test_its_likes_are_made_by_later_slices(self, ground: Ground) -> None:
        ann = ground.user("ann")
        said = ground.post(ann)
        (found,) = self.second(ground, like(ann, said), like(ann, said))
        assert (found.ok, found.added) == (True, 1)
        page = ground.do(ground.service.tweets.likers(0, said, PageRequest(20)))
        assert [view.user.user_id for view in page.items] == [ann]

    def test_its_retweets_are_made_by_later_slices(self, ground: Ground) -> None:
        ann = ground.user("ann")
        said = ground.post(ann)
        found = self.second(ground, tweet(ann, retweet_of=said), tweet(ann, retweet_of=said))
        assert is_there(ground, found[0].id)


def test_a_line_passed_over_for_another_of_its_refused_slice_is_refused(ground: Ground) -> None:
    ann, bob = ground.user("ann"), ground.user("bob")
    lines = [user("taken", 20), follow(ann, bob), follow(ann, bob)]
    results = at_once(ground, [user("taken", 10)], lines)
    assert [result.ok for result in results] == [False] * 3
    assert followees(ground, ann) == []


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_ok_is_there(ground: Ground, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Two requests that want the same names; the second uses what it makes at once."""
    chance = random.Random(seed)
    ann = ground.user("ann")
    said = ground.post(ann)
    refused = 0
    for turn in range(12):
        monkeypatch.setattr("roost.service.local.bulk.INGEST_SLICE_LINES", chance.randint(1, 6))
        names = [f"t{turn}n{number}" for number in range(5)]
        ids = [1_000 * turn + 100 + number for number in range(5)]
        first = [user(name, 1_000 * turn + 200 + n) for n, name in enumerate(names) if chance.random() < 0.3]
        lines = [drawn(chance, names, [*ids, ann], said) for _ in range(40)]
        results = at_once(ground, first, lines)
        refused += sum("nothing of this part" in result.error for result in results)
        check(ground, lines, results, {ann} if turn else set())
    assert refused > 0


def drawn(chance: random.Random, names: list[str], ids: list[int], said: int) -> Json:
    one = chance.choice(ids)
    kind = chance.randrange(6)
    if kind < 2:
        index = chance.randrange(len(names))
        return user(names[index], ids[index])
    if kind == 2:
        return tweet(one, key=chance.choice(["", f"a{ids[0]}", f"b{ids[0]}"]))
    if kind == 3:
        return tweet(one, retweet_of=said)
    if kind == 4:
        return like(one, said)
    return follow(one, *chance.choices(ids, k=3))


def check(ground: Ground, lines: list[Json], results: list[LineResult], earlier: set[int]) -> None:
    """Of every line that was reported as ok."""
    added: dict[int, int] = {}
    same: dict[tuple[Any, ...], str] = {}
    for line, result in zip(lines, results, strict=True):
        if not result.ok:
            continue
        doer = line.get("author") or line.get("follower") or line.get("user") or line.get("id")
        assert isinstance(doer, int)
        assert ground.do(ground.kit.users.get(doer)) is not None
        if line["type"] == "tweet":
            assert is_there(ground, result.id)
            once = (doer, line.get("key"), line.get("retweet_of"))
            if any(once[1:]):
                assert same.setdefault(once, result.id) == result.id
        elif line["type"] == "follow":
            added[doer] = added.get(doer, 0) + result.added
        elif line["type"] == "like":
            key = (doer, line["tweet"], rows.Mark.LIKED)
            assert ground.do(ground.kit.store.get(tables.MARKS, key)) is not None
    for follower, count in added.items():
        found = followees(ground, follower)
        assert len(set(found)) == len(found)
        if follower not in earlier:
            assert len(found) == count


class TestLimits:
    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("roost.service.local.bulk.FOLLOWEES_MAX", 3)

    def test_nobody_follows_more_than_the_limit(self, ground: Ground) -> None:
        ann, *others = [ground.user(f"u{number}") for number in range(6)]
        found = ingest(ground, follow(ann, *others[:2]), follow(ann, *others[2:4]), follow(ann, others[4]))
        assert [(result.ok, result.added) for result in found] == [(True, 2), (False, 0), (True, 1)]
        assert found[1].error == "the account follows 2 others, and would follow 2 more; the limit is 3"
        assert sorted(followees(ground, ann)) == sorted([*others[:2], others[4]])

    def test_what_stands_counts_and_what_is_barred_does_not(self, ground: Ground) -> None:
        ann, *others = [ground.user(f"u{number}") for number in range(7)]
        ingest(ground, follow(ann, *others[:2]))
        for other in others[4:]:
            ground.do(ground.service.edges.block(ann, other))
        again, third, fourth = ingest(
            ground, follow(ann, *others[:2], ann, *others[4:]), follow(ann, others[2]), follow(ann, others[3])
        )
        assert (again.ok, again.added) == (True, 0)
        assert (third.ok, fourth.ok) == (True, False)


class TestRetweets:
    def test_a_second_retweet_answers_the_first(self, ground: Ground) -> None:
        ann, bob = ground.user("ann"), ground.user("bob")
        said = ground.post(ann)
        first, second, other = ingest(
            ground, tweet(bob, retweet_of=said), tweet(bob, retweet_of=said), tweet(ann, retweet_of=said)
        )
        assert first.ok
        assert second == first
        assert other.id != first.id
        (third, of_retweet) = ingest(
            ground, tweet(bob, retweet_of=said, key="k"), tweet(bob, retweet_of=int(other.id))
        )
        assert third == of_retweet == first
        ground.settle()
        assert ground.do(ground.service.tweets.get(0, said)).counts.retweets == 2

    def test_one_that_was_taken_back_can_be_made_again(self, ground: Ground) -> None:
        ann, bob = ground.user("ann"), ground.user("bob")
        said = ground.post(ann)
        (first,) = ingest(ground, tweet(bob, retweet_of=said))
        ground.do(ground.service.tweets.unretweet(bob, said))
        (second,) = ingest(ground, tweet(bob, retweet_of=said))
        assert second.ok
        assert second.id != first.id
        assert is_there(ground, second.id)


class TestIds:
    def test_they_may_be_strings(self, ground: Ground) -> None:
        """As they are in answers: JavaScript has no numbers of 63 bits."""
        made = ingest(ground, {**user("ann", 0), "id": "71"}, {**user("bob", 0), "id": 72})
        assert [result.id for result in made] == ["71", "72"]
        (said,) = ingest(ground, {**tweet(0), "author": "71"})
        lines: list[Json] = [
            {"type": "follow", "follower": "72", "followees": ["71"]},
            {"type": "like", "user": "72", "tweet": said.id},
            {"type": "tweet", "author": "72", "retweet_of": said.id},
            {"type": "tweet", "author": "72", "text": "answer", "reply_to": said.id, "quote_of": said.id},
        ]
        assert [(result.ok, result.added) for result in ingest(ground, *lines)] == [
            (True, 1),
            (True, 1),
            (True, 0),
            (True, 0),
        ]

    @pytest.mark.parametrize(
        "value", ["", "x", " 1", "1_0", "-1", "0", "9223372036854775808", True, None, 1.5]
    )
    def test_other_strings_are_refused(self, ground: Ground, value: object) -> None:
        (found,) = ingest(ground, tweet(0) | {"author": value})
        assert not found.ok
        assert "$.author" in found.error

    @pytest.mark.parametrize(
        "more", [{"text": 5}, {"text": True}, {"text": None}, {"key": 5}, {"language": 1}, {"spoiler": 1}]
    )
    def test_texts_are_strings(self, ground: Ground, more: Json) -> None:
        ann = ground.user("ann")
        (found,) = ingest(ground, tweet(ann) | more)
        assert not found.ok
        assert "Expected `str`" in found.error

    @pytest.mark.parametrize("value", ["yes", "", 2, -1, 0.5, None])
    def test_flags_are_true_or_false(self, ground: Ground, value: object) -> None:
        ann = ground.user("ann")
        (found,) = ingest(ground, tweet(ann, sensitive=value))
        assert "Expected `bool`" in found.error

    def test_a_text_of_digits_stays_a_text(self, ground: Ground) -> None:
        ann = ground.user("ann")
        (found,) = ingest(ground, tweet(ann) | {"text": "42", "sensitive": False})
        view = ground.do(ground.service.tweets.get(0, int(found.id)))
        assert (view.tweet.text, view.tweet.sensitive) == ("42", False)
        assert view.tweet.visibility == Visibility.PUBLIC
