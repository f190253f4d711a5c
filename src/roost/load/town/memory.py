"""What a town has just read: the tweets that people answer, quote, retweet and like."""

import random
from collections import deque

import msgspec

RECENT_MAX = 60
"""Tweets of a language that people still react to."""
ANSWERS_MAX = 8
VISITOR_TWEETS_MAX = 100


class Remembered(msgspec.Struct):
    """A tweet that everybody may see. `answered_id` is whom it answers, 0 for nobody."""

    tweet_id: int
    author_id: int
    username: str
    language: str
    topic: str
    sign: str
    depth: int = 0
    answered_id: int = 0
    answers: int = 0
    """How many answered it, here at least."""


class Memory:
    """The newest tweets of each language, and those of visitors, who are to get an answer."""

    def __init__(self) -> None:
        self._recent: dict[str, deque[Remembered]] = {}
        self._visitors: deque[Remembered] = deque(maxlen=VISITOR_TWEETS_MAX)

    @property
    def is_empty(self) -> bool:
        return not self._recent

    def add(self, tweet: Remembered) -> None:
        self._recent.setdefault(tweet.language, deque(maxlen=RECENT_MAX)).append(tweet)

    def add_visitor(self, tweet: Remembered) -> None:
        """Of somebody who does not belong to the town."""
        self.add(tweet)
        self._visitors.append(tweet)

    def pick(self, language: str, chance: random.Random, topic: str = "") -> Remembered | None:
        """A tweet of a language, newer ones rather than older ones; of a topic, where one is given."""
        recent = self._recent.get(language)
        if not recent:
            return None
        found = [tweet for tweet in recent if not topic or tweet.topic == topic]
        return found[-1 - int(len(found) * chance.random() ** 2)] if found else None

    def pick_unanswered(self, language: str, chance: random.Random) -> Remembered | None:
        """Like `pick`, without those that have had enough answers."""
        tweet = self.pick(language, chance)
        return tweet if tweet is not None and tweet.answers < ANSWERS_MAX else None

    def next_visitor(self) -> Remembered | None:
        """A visitor's tweet that nobody has come to yet."""
        return self._visitors.popleft() if self._visitors else None
