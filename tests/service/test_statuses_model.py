"""Editing, quoting, revoking, bookmarking, pinning and deleting in any order, held against a naive model."""

import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from roost.errors import RoostError
from roost.limits import PINS_MAX
from roost.model import PageRequest, QuotePolicy
from roost.service import QuoteState, TweetChange
from tests.service.ground import Ground

STEPS = 150


@dataclass
class Said:
    author: int
    versions: list[str]
    quotes: int = 0
    revoked: bool = False
    policy: QuotePolicy = QuotePolicy.PUBLIC


@dataclass
class Naive:
    tweets: dict[int, Said] = field(default_factory=dict)
    bookmarks: dict[int, list[int]] = field(default_factory=dict)
    """By user, oldest first."""
    pins: dict[int, list[int]] = field(default_factory=dict)

    def delete(self, tweet_id: int) -> None:
        del self.tweets[tweet_id]
        for marked in (*self.bookmarks.values(), *self.pins.values()):
            if tweet_id in marked:
                marked.remove(tweet_id)

    def quotes_of(self, tweet_id: int) -> list[int]:
        """Newest first."""
        found = [one for one, said in self.tweets.items() if said.quotes == tweet_id and not said.revoked]
        return sorted(found, reverse=True)


class History:
    """One random history, done to both."""

    def __init__(self, ground: Ground, seed: int) -> None:
        self.ground = ground
        self.random = random.Random(seed)
        self.naive = Naive()
        self.users = [ground.user(name) for name in ("ann", "bob", "cid")]
        self.naive.bookmarks = {user: [] for user in self.users}
        self.naive.pins = {user: [] for user in self.users}

    def step(self, number: int) -> None:
        user = self.random.choice(self.users)
        ids = list(self.naive.tweets)
        actions = [self.post, self.edit, self.edit, self.quote, self.quote, self.revoke, self.mark, self.pin]
        action = self.random.choice([*actions, self.policy, self.delete]) if ids else self.post
        action(user, self.random.choice(ids) if ids else 0, f"words {number}")

    def post(self, user: int, tweet_id: int, text: str) -> None:
        del tweet_id
        self.naive.tweets[self.ground.post(user, text)] = Said(user, [text])

    def quote(self, user: int, tweet_id: int, text: str) -> None:
        said = self.naive.tweets[tweet_id]
        if said.author != user and said.policy is not QuotePolicy.PUBLIC:
            with pytest.raises(RoostError):
                self.ground.post(user, text, quote_of_id=tweet_id)
            return
        made = self.ground.post(user, text, quote_of_id=tweet_id)
        self.naive.tweets[made] = Said(user, [text], tweet_id)

    def edit(self, user: int, tweet_id: int, text: str) -> None:
        said = self.naive.tweets[tweet_id]
        edits = self.ground.service.tweet_edits
        if said.author != user:
            with pytest.raises(RoostError):
                self.ground.do(edits.edit(user, tweet_id, TweetChange(text=text)))
            return
        text = self.random.choice([text, said.versions[-1]])
        self.ground.do(edits.edit(user, tweet_id, TweetChange(text=text)))
        if text != said.versions[-1]:
            said.versions.append(text)

    def revoke(self, user: int, tweet_id: int, text: str) -> None:
        del text
        said = self.naive.tweets[tweet_id]
        quoted = self.naive.tweets.get(said.quotes)
        revoking = self.ground.service.quotes.revoke(user, said.quotes or 1, tweet_id)
        if quoted is None or quoted.author != user:
            with pytest.raises(RoostError):
                self.ground.do(revoking)
            return
        self.ground.do(revoking)
        said.revoked = True

    def policy(self, user: int, tweet_id: int, text: str) -> None:
        del text, user
        said = self.naive.tweets[tweet_id]
        said.policy = self.random.choice(list(QuotePolicy))
        self.ground.do(self.ground.service.quotes.set_policy(said.author, tweet_id, said.policy))

    def mark(self, user: int, tweet_id: int, text: str) -> None:
        del text
        marked, marks = self.naive.bookmarks[user], self.ground.service.tweet_marks
        if self.random.random() < 0.7:
            self.ground.do(marks.bookmark(user, tweet_id))
            if tweet_id not in marked:
                marked.append(tweet_id)
        else:
            self.ground.do(marks.unbookmark(user, tweet_id))
            if tweet_id in marked:
                marked.remove(tweet_id)

    def pin(self, user: int, tweet_id: int, text: str) -> None:
        del text
        pinned, marks = self.naive.pins[user], self.ground.service.tweet_marks
        if tweet_id in pinned and self.random.random() < 0.5:
            self.ground.do(marks.unpin(user, tweet_id))
            pinned.remove(tweet_id)
            return
        full = len(pinned) >= PINS_MAX and tweet_id not in pinned
        if self.naive.tweets[tweet_id].author != user or full:
            with pytest.raises(RoostError):
                self.ground.do(marks.pin(user, tweet_id))
            return
        self.ground.do(marks.pin(user, tweet_id))
        if tweet_id not in pinned:
            pinned.append(tweet_id)

    def delete(self, user: int, tweet_id: int, text: str) -> None:
        del text, user
        self.ground.do(self.ground.service.tweets.delete(self.naive.tweets[tweet_id].author, tweet_id))
        self.naive.delete(tweet_id)

    def check(self) -> None:
        self.ground.settle()
        for user in self.users:
            page = self.ground.do(self.ground.service.tweet_marks.bookmarks(user, PageRequest(STEPS)))
            assert [view.tweet.tweet_id for view in page.items] == self.naive.bookmarks[user][::-1]
            pinned = self.ground.do(self.ground.service.tweet_marks.pinned(0, user))
            assert [view.tweet.tweet_id for view in pinned] == self.naive.pins[user][::-1]
            for tweet_id, said in self.naive.tweets.items():
                self._check_one(user, tweet_id, said)

    def _check_one(self, user: int, tweet_id: int, said: Said) -> None:
        ground, naive = self.ground, self.naive
        history = ground.do(ground.service.tweet_edits.history(user, tweet_id))
        view = history.view
        assert [version.text for version in history.versions] == said.versions
        assert (view.tweet.text, view.tweet.edits) == (said.versions[-1], len(said.versions) - 1)
        assert view.bookmarked is (tweet_id in naive.bookmarks[user])
        assert view.pinned is (tweet_id in naive.pins[user])
        page = ground.do(ground.service.quotes.of(user, tweet_id, PageRequest(STEPS)))
        assert [quote.tweet.tweet_id for quote in page.items] == naive.quotes_of(tweet_id)
        assert view.counts.quotes == len(page.items)
        state = QuoteState.ACCEPTED if said.quotes else QuoteState.NONE
        if said.quotes and said.quotes not in naive.tweets:
            state = QuoteState.DELETED
        if said.revoked:
            state = QuoteState.REVOKED
        assert view.quote_state is state
        if view.quote_of is not None:
            assert view.quote_of.tweet.text == naive.tweets[said.quotes].versions[-1]


@pytest.mark.parametrize("seed", range(3))
def test_any_history_ends_as_the_naive_model_says(tmp_path: Path, seed: int) -> None:
    ground = Ground(tmp_path)
    history = History(ground, seed)
    for number in range(STEPS):
        history.step(number)
    history.check()
    ground.restart()
    history.check()
    ground.stop()
    ground.close()
