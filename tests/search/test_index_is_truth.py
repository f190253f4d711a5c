"""What the index finds is what a look at everything would find, whatever was changed and when."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from roost.errors import Corrupt
from roost.ids import first_id_at
from roost.model import Tweet, TweetCounts
from roost.search import (
    EVERYTHING,
    Asked,
    IndexChanges,
    IndexNote,
    Node,
    TextIndex,
    Words,
    leaves,
    matches,
    newest,
    ranked,
    tweet_facts,
)
from roost.search.query import Likes
from tests.search import samples
from tests.search.naive import fits, is_for
from tests.strategies import SEEDED

EVERY_ID = samples.FIRST_ID + 1_000


@given(samples.tweets(), st.integers(0, 20), samples.trees)
@settings(SEEDED, max_examples=150)
def test_a_tweet_fits_where_the_naive_model_says_so(tweet: Tweet, likes: int, tree: Node) -> None:
    counts = TweetCounts(likes)
    assert matches(tree, tweet_facts(tweet, counts), samples.PEOPLE) == fits(
        tweet, counts, tree, samples.PEOPLE
    )


@dataclasses.dataclass
class _Held:
    tweet: Tweet
    counts: TweetCounts


class IndexMachine(RuleBasedStateMachine):
    """Tweets come, change and go, in commits of any size; everything is asked after each."""

    @initialize()
    def begin(self) -> None:
        self.index = TextIndex()
        self.held: dict[int, _Held] = {}
        self.position = 0

    @rule(
        several=st.lists(st.tuples(samples.tweets(), st.integers(0, 20)), max_size=12),
        gone=st.lists(samples.IDS, max_size=3),
    )
    def change(self, several: list[tuple[Tweet, int]], gone: list[int]) -> None:
        latest = {tweet.tweet_id: _Held(tweet, TweetCounts(likes)) for tweet, likes in several}
        gone = [tweet_id for tweet_id in [*gone, *list(self.held)[:1]] if tweet_id not in latest]
        self.position += 1
        facts = [tweet_facts(each.tweet, each.counts) for each in latest.values()]
        self.index.commit(IndexChanges(facts, gone), IndexNote(self.position))
        self.held = {tweet_id: each for tweet_id, each in self.held.items() if tweet_id not in gone} | latest

    @rule(
        tree=samples.trees,
        reader_id=st.integers(0, 4),
        ends=st.lists(samples.IDS, min_size=2, max_size=2).map(sorted),
        limit=st.integers(1, 12),
    )
    def ask(self, tree: Node, reader_id: int, ends: list[int], limit: int) -> None:
        asked = Asked(tree, samples.PEOPLE, reader_id, *ends)
        expected = self.expected(asked)
        if any(isinstance(leaf, Likes) for leaf in leaves(tree)):
            found = newest(self.index, asked, 1_000)
            assert set(found) >= set(expected), "the index knows likes roughly, and leaves none out"
            assert [each for each in found if self.is_found(each, asked)] == expected
        else:
            assert newest(self.index, asked, limit) == expected[:limit]
            ranking = ranked(self.index, asked, 1_750_000_000_000)
            assert sorted(ranking.ids.tolist(), reverse=True) == expected
            assert (ranking.scores[:-1] >= ranking.scores[1:]).all()

    def expected(self, asked: Asked) -> list[int]:
        ids = sorted(self.held, reverse=True)
        return [tweet_id for tweet_id in ids if self.is_found(tweet_id, asked)]

    def is_found(self, tweet_id: int, asked: Asked) -> bool:
        held = self.held[tweet_id]
        return (
            asked.low < tweet_id < asked.high
            and is_for(held.tweet, asked.reader_id)
            and fits(held.tweet, held.counts, asked.node, asked.people)
        )

    def teardown(self) -> None:
        self.index.close()


IndexMachine.TestCase.settings = settings(SEEDED, max_examples=12, stateful_step_count=20)
TestIndex = IndexMachine.TestCase


def _everything(index: TextIndex) -> list[int]:
    return newest(index, Asked(EVERYTHING, {}, 0, 0, EVERY_ID), 100)


def test_a_commit_and_its_position_outlive_the_process_together(tmp_path: Path) -> None:
    index = TextIndex(tmp_path)
    facts = [tweet_facts(Tweet(samples.FIRST_ID + number, 1, "heron"), TweetCounts()) for number in range(2)]
    index.commit(IndexChanges(facts), IndexNote(7, is_whole=True))
    index.close()
    again = TextIndex(tmp_path)
    assert (again.note, _everything(again)) == (
        IndexNote(7, is_whole=True),
        [facts[1].tweet_id, facts[0].tweet_id],
    )
    assert (again.oldest_id, again.newest_id) == (facts[0].tweet_id, facts[1].tweet_id)
    again.close()


def test_best_first_heeds_words_age_and_notice(tmp_path: Path) -> None:
    now_ms = 1_750_000_000_000
    day_ms = 86_400_000
    made = {
        "plain": (Tweet(first_id_at(now_ms), 1, "heron on a pole"), TweetCounts()),
        "noticed": (Tweet(first_id_at(now_ms) + 1, 1, "heron on a pole"), TweetCounts(likes=40, retweets=9)),
        "old": (Tweet(first_id_at(now_ms - 60 * day_ms), 1, "heron on a pole"), TweetCounts()),
        "often": (Tweet(first_id_at(now_ms) + 2, 1, "heron heron heron heron"), TweetCounts()),
        "other": (Tweet(first_id_at(now_ms) + 3, 1, "gull on a pole"), TweetCounts(likes=1_000)),
    }
    index = TextIndex(tmp_path)
    facts = [tweet_facts(*each) for each in made.values()]
    index.commit(IndexChanges(facts), IndexNote())
    ranking = ranked(index, Asked(Words(("heron",)), {}, 0, 0, 1 << 62), now_ms)
    by_id = {tweet.tweet_id: name for name, (tweet, _) in made.items()}
    order = [by_id[tweet_id] for tweet_id in ranking.ids.tolist()]
    assert order == ["noticed", "often", "plain", "old"]
    index.close()


@pytest.mark.parametrize("files", ["meta.json", ".managed.json"])
def test_a_damaged_index_is_named_as_such(tmp_path: Path, files: str) -> None:
    TextIndex(tmp_path).close()
    (tmp_path / files).write_text("{")
    with pytest.raises(Corrupt):
        TextIndex(tmp_path)
