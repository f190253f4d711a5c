"""A search answers what a look at everything would, through edits, likes, restarts and a new index."""

import asyncio
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tantivy import Index, Query, SchemaBuilder

from roost.errors import Invalid, MalformedQuery
from roost.model import Signal, Tweet, TweetCounts, TweetPosted, Visibility
from roost.processors import RebuildPhase, Source
from roost.processors.search_intake import Intake
from roost.search import (
    EVERYTHING,
    Asked,
    Either,
    Every,
    IndexNote,
    Likes,
    Node,
    Not,
    Tag,
    TextIndex,
    Words,
    newest,
    steps,
)
from roost.service import SearchOrder, TweetChange, TweetSearch
from roost.store import Batch, tables
from roost.text import tokens_of
from tests.search.naive import fits, is_for
from tests.service.ground import Ground

WORDS = ("heron", "gull", "owl", "Ähre", "日本語")
ORDERS = (SearchOrder.TIME, SearchOrder.RELEVANCE)


class History:
    """Users who post, edit, like and delete at random, and what is there after that."""

    def __init__(self, ground: Ground, seed: int) -> None:
        self.ground = ground
        self.dice = random.Random(seed)
        self.users = [ground.user(f"user{number}") for number in range(4)]
        self.likes: dict[int, set[int]] = {}

    def step(self) -> None:
        service, dice = self.ground.service, self.dice
        author, action = dice.choice(self.users), dice.random()
        if action < 0.5 or not self.likes:
            visibility = dice.choice([Visibility.PUBLIC, Visibility.PUBLIC, Visibility.FOLLOWERS])
            self.likes[self.ground.post(author, self.text(), visibility=visibility)] = set()
            return
        tweet = self.tweet(dice.choice(list(self.likes)))
        if action < 0.7:
            change = TweetChange(text=self.text())
            self.ground.do(service.tweet_edits.edit(tweet.author_id, tweet.tweet_id, change))
        elif action < 0.9 and is_for(tweet, author):
            taken_back = author in self.likes[tweet.tweet_id]
            work = service.tweets.unlike if taken_back else service.tweets.like
            self.ground.do(work(author, tweet.tweet_id))
            self.likes[tweet.tweet_id] ^= {author}
        elif action >= 0.9:
            self.ground.do(service.tweets.delete(tweet.author_id, tweet.tweet_id))
            del self.likes[tweet.tweet_id]

    def text(self) -> str:
        said = [self.dice.choice(("", "", "#")) + word for word in self.dice.choices(WORDS, k=3)]
        return " ".join(said)

    def tweet(self, tweet_id: int) -> Tweet:
        found: Tweet = self.ground.do(self.ground.kit.tweets.get(tweet_id))
        return found

    def check(self) -> None:
        """A random search by somebody, in both orders, page by page."""
        self.ground.settle()
        viewer, limit = self.dice.choice([0, *self.users]), self.dice.randint(2, 9)
        text, tree = self.search()
        expected = [
            tweet_id
            for tweet_id in sorted(self.likes, reverse=True)
            if is_for(tweet := self.tweet(tweet_id), viewer)
            and fits(tweet, TweetCounts(len(self.likes[tweet_id])), tree, {})
        ]
        assert walk(self.ground, viewer, text, SearchOrder.TIME, limit) == expected, text
        found = walk(self.ground, viewer, text, SearchOrder.RELEVANCE, limit)
        assert len(set(found)) == len(found)
        assert sorted(found, reverse=True) == expected, text

    def search(self) -> tuple[str, Node]:
        one, other = self.dice.sample(WORDS, 2)
        least = self.dice.randint(1, 3)
        here, there = Words(tuple(tokens_of(one))), Words(tuple(tokens_of(other)))
        searches: list[tuple[str, Node]] = [
            (one, here),
            (f"{one} -{other}", Every((here, Not(there)))),
            (f"{one} or {other}", Either((here, there))),
            (f'"{one} {other}"', Words((*here.tokens, *there.tokens))),
            (f"#{one}", Tag(one.lower())),
            (f"{one} min_likes:{least}", Every((here, Likes(least)))),
            (f"-min_likes:{least}", Not(Likes(least))),
        ]
        return self.dice.choice(searches)


def walk(ground: Ground, viewer: int, text: str, order: SearchOrder, limit: int = 5) -> list[int]:
    """The ids of all pages."""
    found: list[int] = []
    cursor = ""
    while True:
        work = ground.service.search.page(viewer, TweetSearch(text), order, cursor, limit)
        page: Any = ground.do(work)
        assert len(page.items) <= limit
        found += [view.tweet.tweet_id for view in page.items]
        cursor = page.cursor
        if not cursor:
            return found


@pytest.mark.parametrize("seed", range(3))
def test_a_search_equals_a_naive_scan(ground: Ground, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.processors.search_intake.SEARCH_COMMIT_S", 0.01)
    history = History(ground, seed)
    for number in range(120):
        history.step()
        if number % 4 == 3:
            history.check()
        if number % 50 == 49:
            ground.restart()


@pytest.mark.parametrize("seed", range(2))
def test_a_log_that_is_applied_again_in_other_pieces_changes_nothing(ground: Ground, seed: int) -> None:
    history = History(ground, seed)
    for _ in range(60):
        history.step()
    ground.settle()
    kit, index = ground.kit, TextIndex()
    everybody = Asked(EVERYTHING, {}, 0, 0, 1 << 62)

    def apply(pieces: int) -> tuple[list[int], int]:
        """From the beginning of the log on, each piece twice, with a commit after each."""
        writing = ThreadPoolExecutor(1)
        intake = Intake(index, kit.store, kit.tweets, kit.counts, kit.runner.applied_by_all, writing)
        intake.note = IndexNote()
        for first in range(0, kit.log.last, pieces):
            for _ in range(2):
                intake.take(ground.do(kit.log.read(first, pieces)))
                ground.do(intake.write())
        writing.shutdown()
        return newest(index, everybody, 1_000), index.documents

    once = apply(1_000)
    assert len(once[0]) > 5
    for pieces in (1, 7, 50):
        assert apply(pieces) == once
    liked = {tweet_id: len(users) for tweet_id, users in history.likes.items()}
    known = index.like_steps(list(liked))
    assert {tweet_id: steps(count) for tweet_id, count in liked.items()} == {
        tweet_id: found[0] for tweet_id, found in known.items()
    }
    index.close()


def test_pages_that_look_at_enough_go_on(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.service.local.tweet_search.SEARCH_TWEETS_MAX", 10)
    monkeypatch.setattr("roost.service.local.tweet_search.SEARCH_CHUNK", 4)
    monkeypatch.setattr("roost.service.local.tweet_search.SPAM_WEIGHT", 1.0)  # they repeat themselves
    ann, shy = ground.user("ann"), ground.user("shy", protected=True)
    lowest = ground.post(ann, "heron")
    for _ in range(35):
        ground.post(shy, "heron")
    highest = ground.post(ann, "heron")
    ground.settle()
    ground.do(ground.kit.finder.rest())
    for order in ORDERS:
        first: Any = ground.do(ground.service.search.page(0, TweetSearch("heron"), order, "", 2))
        assert len(first.items) < 2
        assert walk(ground, 0, "heron", order, 2) == [highest, lowest]


@pytest.mark.parametrize("is_committed", [True, False])
def test_a_page_looks_at_so_many_and_no_more(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, is_committed: bool
) -> None:
    monkeypatch.setattr("roost.service.local.tweet_search.SEARCH_TWEETS_MAX", 10)
    monkeypatch.setattr("roost.service.local.tweet_search.SEARCH_CHUNK", 4)
    ann = ground.user("ann")
    said = [ground.post(ann, "heron") for _ in range(25)][::-1]
    ground.settle()
    if is_committed:
        ground.do(ground.kit.finder.rest())
    search, heron = ground.service.search, TweetSearch("heron")
    first: Any = ground.do(search.page(0, heron, SearchOrder.TIME, "", 40))
    assert [view.tweet.tweet_id for view in first.items] == said[:10]
    for offset, expected in ((0, said[:10]), (7, said[7:10]), (10, []), (1_000_000, []), (10**20, [])):
        found: Any = ground.do(search.tweets(0, heron, offset, 40))
        assert [view.tweet.tweet_id for view in found] == expected
    assert walk(ground, 0, "heron", SearchOrder.TIME, 40) == said


def _panic(*_: object) -> Any:
    """The engine's own."""
    Index(SchemaBuilder().build()).searcher().search(Query.all_query(), 0)


def test_a_search_that_the_engine_panics_at_is_an_error(ground: Ground) -> None:
    said = ground.post(ground.user("ann"), "heron")
    with pytest.raises(RuntimeError, match="search engine failed"):
        ground.do(ground.kit.finder.read(_panic))
    assert walk(ground, 0, "heron", SearchOrder.TIME) == [said]


def test_a_commit_that_the_engine_panics_at_is_tried_again(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = ground.kit.finder
    with monkeypatch.context() as panicking:
        panicking.setattr("roost.search.index.Document", _panic)
        said = ground.post(ground.user("ann"), "heron")
        ground.settle()
        with pytest.raises(OSError, match="cannot be written: The search engine failed"):
            ground.do(finder.rest())
        while not finder.intake.error:
            ground.do(_moment())
        with pytest.raises(OSError, match="cannot be written"):
            ground.do(finder.intake.room(1))
    while finder.statistics().pending:
        ground.do(_moment())
    assert walk(ground, 0, "heron", SearchOrder.TIME) == [said]


def test_an_index_that_is_not_there_is_made_from_the_tables(ground: Ground) -> None:
    ann = ground.user("ann", display_name="Ann of the Herons")
    said = [ground.post(ann, f"heron {number}") for number in range(7)]
    ground.do(ground.service.tweets.like(ann, said[3]))
    ground.settle()
    ground.stop()
    shutil.rmtree(ground.kit.finder.folder)
    ground.restart_after_crash()
    later = ground.post(ann, "heron and more")
    while not ground.kit.finder.statistics().is_whole:
        ground.do(_moment())
    assert walk(ground, 0, "heron", SearchOrder.TIME) == [later, *said[::-1]]
    assert walk(ground, 0, "heron min_likes:1", SearchOrder.TIME) == [said[3]]
    found: Any = ground.do(ground.service.search.people(0, "herons", False, 0, 5))
    assert [view.user.user_id for view in found] == [ann]


@pytest.mark.parametrize("harm", ["meta.json", "another version"])
def test_an_index_that_cannot_be_used_is_made_anew(
    ground: Ground, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = ground.user("ann")
    said = ground.post(ann, "heron")
    ground.stop()
    (folder,) = ground.kit.finder.folder.iterdir()
    if harm == "meta.json":
        (folder / harm).write_text("{}")
    else:
        monkeypatch.setattr("roost.search.index.SCHEMA_VERSION", 999)
    ground.restart_after_crash()
    while not ground.kit.finder.statistics().is_whole:
        ground.do(_moment())
    assert walk(ground, 0, "heron", SearchOrder.TIME) == [said]


def test_an_index_made_beside_the_one_that_serves(ground: Ground) -> None:
    ann = ground.user("ann")
    said = [ground.post(ann, f"heron {number}") for number in range(12)]
    finder, log = ground.kit.finder, ground.kit.log
    source = Source(ground.kit.store, log.last, log, ground.kit.store)
    rebuild = finder.rebuild(source)
    assert ground.do(rebuild.load(lambda what, done: None)) == source.position
    ground.do(ground.service.tweets.delete(ann, said.pop()))
    said.append(ground.post(ann, "heron again"))
    ground.do(ground.service.tweets.like(ann, said[2]))
    assert walk(ground, 0, "heron", SearchOrder.TIME) == said[::-1]
    ground.do(rebuild.apply(ground.do(log.read(source.position, 100))))
    ground.do(rebuild.take_place(log.last, Batch()))
    ground.do(rebuild.close())
    assert ground.do(finder.begin()) == log.last
    for _ in range(2):
        assert walk(ground, 0, "heron", SearchOrder.TIME) == said[::-1]
        assert walk(ground, 0, "heron min_likes:1", SearchOrder.TIME) == [said[2]]
        assert ground.kit.finder.statistics().documents == 13
        ground.restart()
    assert [path.name for path in ground.kit.finder.folder.iterdir()] == ["2"]


def test_it_is_rebuilt_while_the_server_runs(ground: Ground) -> None:
    ann = ground.user("ann")
    said = [ground.post(ann, f"heron {number}") for number in range(30)]
    ground.do(ground.service.processors.rebuild("search"))
    while True:
        said.append(ground.post(ann, f"heron {len(said)}"))
        found = walk(ground, 0, "heron", SearchOrder.TIME, 40)
        assert len(found) >= 30
        assert found == said[len(found) - 1 :: -1], "the newest may wait for the switch"
        (phase,) = (each.rebuild.phase for each in ground.kit.indexing.statistics() if each.name == "search")
        if phase in (RebuildPhase.DONE, RebuildPhase.FAILED):
            break
    assert phase is RebuildPhase.DONE
    assert walk(ground, 0, "heron", SearchOrder.TIME, 40) == said[::-1]
    ground.restart()
    assert walk(ground, 0, "heron", SearchOrder.TIME, 40) == said[::-1]
    assert [path.name for path in ground.kit.finder.folder.iterdir()] == ["2"]


def test_a_rebuild_that_is_given_up_leaves_nothing(ground: Ground) -> None:
    ann = ground.user("ann")
    said = ground.post(ann, "heron")
    finder, log = ground.kit.finder, ground.kit.log
    rebuild = finder.rebuild(Source(ground.kit.store, log.last, log, ground.kit.store))
    ground.do(rebuild.load(lambda what, done: None))
    ground.do(rebuild.close())
    assert [path.name for path in finder.folder.iterdir()] == ["1"]
    assert walk(ground, 0, "heron", SearchOrder.TIME) == [said]


def test_what_cannot_be_written_waits_and_is_found_meanwhile(ground: Ground) -> None:
    ann, finder = ground.user("ann"), ground.kit.finder
    said = [ground.post(ann, "heron")]
    ground.settle()
    ground.do(finder.rest())
    (folder,) = finder.folder.iterdir()
    aside = folder.rename(folder.with_name("aside"))
    said.append(ground.post(ann, "heron again"))
    ground.settle()
    with pytest.raises(OSError, match="cannot be written"):
        ground.do(finder.rest())
    assert walk(ground, 0, "heron", SearchOrder.TIME) == said[::-1]
    while not finder.intake.error:
        ground.do(_moment())
    with pytest.raises(OSError, match="cannot be written"):  # such an error is waited out by the runner
        ground.do(finder.intake.room(1))
    aside.rename(folder)
    while finder.statistics().pending:
        ground.do(_moment())
    ground.do(finder.intake.room(1))
    ground.restart()
    assert walk(ground, 0, "heron", SearchOrder.TIME) == said[::-1]


def test_an_event_that_was_passed_over_is_found_when_it_is_redone(ground: Ground) -> None:
    ann = ground.user("ann")
    said = ground.post(ann, "heron")
    finder, log = ground.kit.finder, ground.kit.log
    ground.settle()
    ground.do(finder.rest())
    (event,) = (each for each in ground.do(log.read(0, 100)).events if isinstance(each, TweetPosted))
    ground.do(finder.redo(log.last, event, Batch()))
    finder.pass_over(log.last)
    assert walk(ground, 0, "heron", SearchOrder.TIME) == [said]


def test_what_the_index_s_predecessor_left_is_gone(ground: Ground) -> None:
    """Its cursor would keep the log from ever being shortened."""
    left = Batch()
    key = bytes([tables.RETIRED_NUMBERS[0]]) + b"heron"
    left.put_raw(key, b"\x01")
    ground.do(ground.kit.log.commit_cursor("words", 0, left))
    ground.stop()
    shutil.rmtree(ground.kit.finder.folder)
    ground.restart_after_crash()
    assert "words" not in ground.do(ground.kit.log.cursors())
    assert ground.kit.store.get_raw(key) is None


def test_what_cannot_be_understood(ground: Ground) -> None:
    page = ground.service.search.page
    for order in ORDERS:
        with pytest.raises(MalformedQuery):
            ground.do(page(0, TweetSearch('heron "'), order, "", 5))
        for cursor in ("x", "-1", "0", "9" * 30, "1.2.3", "5.0"):
            with pytest.raises(Invalid, match="cursor"):
                ground.do(page(0, TweetSearch("heron"), order, cursor, 5))


async def _moment() -> None:
    await asyncio.sleep(0.01)


@pytest.mark.parametrize("is_indexed", [False, True])
def test_spam_stands_further_down_by_relevance(ground: Ground, is_indexed: bool) -> None:
    """And where it was posted by time."""
    author = ground.user("author")
    text = "kittens @a1 @b1 @c1 @d1 @e1 @f1 https://a.org https://b.org https://c.org #aa #bb #cc #dd #ee #ff"
    for name in ("a1", "b1", "c1", "d1", "e1", "f1"):
        ground.user(name)
    plain, spam = ground.post(author, "kittens at the harbour"), ground.post(author, text)
    found = ground.do(ground.kit.tweets.get(spam))
    assert found.signals & Signal.SPAM, found.spam_percent
    if is_indexed:
        ground.do(ground.kit.finder.intake.write())
    assert walk(ground, 0, "kittens", SearchOrder.TIME) == [spam, plain]
    assert walk(ground, 0, "kittens", SearchOrder.RELEVANCE) == [plain, spam]
