"""Decides what happens next in the town. A plain synchronous object: actions out, what came of them in.

Deterministic by its seed, for the same times and the same answers.
"""

import random
from bisect import bisect
from collections import deque
from itertools import accumulate

import msgspec

from roost.load.generate import pick_topic
from roost.load.phrases import ANSWER, COMMENT, FOLLOW_UP, POST, QUESTION, REPLY_TO_QUESTION, URGENT
from roost.load.population import CODES, Person, Population
from roost.load.posts import Composed, compose
from roost.load.town.memory import Memory, Remembered
from roost.load.town.rhythm import Rhythm

_TWEETS = {"post": 0.44, "reply": 0.34, "retweet": 0.14, "quote": 0.08}
_OTHERS = {"like": 1.6, "read": 1.0, "follow": 0.06, "unfollow": 0.04}
ACTIONS_PER_TWEET = (sum(_TWEETS.values()) + sum(_OTHERS.values())) / sum(_TWEETS.values())
_KINDS = list((_TWEETS | _OTHERS).items())
_VISIBILITIES = ("public", "unlisted", "private")
_VISIBILITY_WEIGHTS = (0.92, 0.05, 0.03)
_QUESTION_SHARE = 0.2
_BACK_SHARE = 0.6
"""Of further answers, those by whoever was answered."""
_DEPTH_MAX = 7
_SAID_MAX = 300
_TRIES_MAX = 4
_BURST_RETWEETS = 0.25
_BURST_REPLIES = 0.25


class Post(msgspec.Struct, frozen=True):
    """A tweet of words; `answers` and `quotes` are other tweets."""

    author: Person
    said: Composed
    visibility: str = "public"
    answers: Remembered | None = None
    quotes: Remembered | None = None


class Retweet(msgspec.Struct, frozen=True):
    author: Person
    tweet: Remembered


class Like(msgspec.Struct, frozen=True):
    author: Person
    tweet: Remembered


class ChangeFollow(msgspec.Struct, frozen=True):
    """`author` follows somebody from now on, or stops to."""

    author: Person
    other_id: int
    follows: bool


class Read(msgspec.Struct, frozen=True):
    """`author` looks at their home timeline."""

    author: Person


Action = Post | Retweet | Like | ChangeFollow | Read


class Director:
    """Directs the people of a population."""

    def __init__(self, population: Population, seed: int = 0) -> None:
        self.people = list(population.people())
        self.memory = Memory()
        self._chance = random.Random(seed)
        self._said: deque[str] = deque(maxlen=_SAID_MAX)
        self._by_id = {person.user_id: person for person in self.people}
        self._speakers = {code: [p for p in self.people if p.language == code] for code in CODES}
        self._running = {
            code: list(accumulate(p.tweets_a_day for p in speakers))
            for code, speakers in self._speakers.items()
        }
        totals = {code: running[-1] for code, running in self._running.items() if running}
        self._common = max(totals, key=lambda code: totals[code])
        self.rhythm = Rhythm({code: total / sum(totals.values()) for code, total in totals.items()}, seed)
        self._followees = {
            index: followees.tolist() for chunk in population.follows() for index, followees in chunk
        }
        self._first_id = population.first_id

    def resident(self, user_id: int) -> Person | None:
        return self._by_id.get(user_id)

    def next_action(self, now_s: float) -> Action:
        """What somebody does now. 30 us."""
        burst = self.rhythm.burst(now_s)
        weights = self.rhythm.weights(now_s)
        lively = sum(weights.values())
        if burst is not None and self._chance.random() * (lively + burst.strength) < burst.strength:
            return self._in_burst(burst.language, burst.topic)
        language = self._chance.choices(list(weights), list(weights.values()))[0]
        kind = self._chance.choices([kind for kind, _ in _KINDS], [weight for _, weight in _KINDS])[0]
        return self._make(kind, language)

    def posted(self, post: Post, tweet_id: int) -> None:
        """A post was made: others may react to it now, if they may see it."""
        parent = post.answers
        if parent is not None:
            parent.answers += 1
        if post.visibility == "private":
            return
        author, said = post.author, post.said
        self.memory.add(
            Remembered(
                tweet_id,
                author.user_id,
                author.name.username,
                said.language,
                said.topic,
                said.sign,
                parent.depth + 1 if parent is not None else 0,
                parent.author_id if parent is not None else 0,
            )
        )

    def visited(self, tweet_id: int, author_id: int, username: str, language: str) -> None:
        """Somebody who does not belong to the town posted: they are to get an answer, in their language."""
        spoken = language if self._running.get(language) else self._common
        self.memory.add_visitor(Remembered(tweet_id, author_id, username, spoken, "", POST))

    def _make(self, kind: str, language: str) -> Action:
        chance = self._chance
        if kind == "reply":
            visitor = self.memory.next_visitor()
            parent = visitor or self.memory.pick_unanswered(language, chance)
            if parent is not None:
                return self._reply(parent)
        author = self._somebody(language)
        if kind == "read":
            return Read(author)
        if kind == "unfollow" and self._followees[author.index]:
            followees = self._followees[author.index]
            other = followees.pop(chance.randrange(len(followees)))
            return ChangeFollow(author, self._first_id + other, follows=False)
        if kind in ("post", "reply"):
            return self._post(author)
        return self._react(kind, language)

    def _react(self, kind: str, language: str) -> Action:
        """Somebody retweets, quotes or likes what another said, or follows them for it."""
        tweet = self.memory.pick(language, self._chance)
        author = self._somebody(language, tweet.author_id if tweet is not None else 0)
        if tweet is None or tweet.author_id == author.user_id:
            return self._post(author) if kind in _TWEETS else Read(author)
        if kind == "retweet":
            return Retweet(author, tweet)
        if kind == "quote":
            said = compose(language, COMMENT, tweet.topic, self._chance)
            return Post(author, said, quotes=tweet)
        if kind == "follow":
            return ChangeFollow(author, tweet.author_id, follows=True)
        return Like(author, tweet)

    def _post(self, author: Person) -> Post:
        """Something that nobody has said in so many words lately, if that can be."""
        for _ in range(_TRIES_MAX):
            sign = QUESTION if self._chance.random() < _QUESTION_SHARE else POST
            said = compose(author.language, sign, pick_topic(author, self._chance), self._chance)
            if said.text not in self._said:
                break
        self._said.append(said.text)
        return Post(author, said, self._chance.choices(_VISIBILITIES, _VISIBILITY_WEIGHTS)[0])

    def _reply(self, parent: Remembered) -> Action:
        """An answer in the language of what it answers, by somebody else, that fits what was said."""
        answered = self._by_id.get(parent.answered_id)
        if parent.depth >= _DEPTH_MAX:
            return Like(answered or self._somebody(parent.language), parent)
        if answered is not None and self._chance.random() < _BACK_SHARE:
            return self._say_to(answered, FOLLOW_UP, parent)
        author = self._somebody(parent.language, parent.author_id)
        if author.user_id == parent.author_id:
            return self._post(author)
        return self._say_to(author, REPLY_TO_QUESTION if parent.sign == QUESTION else ANSWER, parent)

    def _say_to(self, author: Person, sign: str, parent: Remembered) -> Post:
        topic = parent.topic if parent.depth == 0 else ""
        said = compose(parent.language, sign, topic, self._chance)
        text = f"@{parent.username} {said.text}"
        return Post(author, msgspec.structs.replace(said, text=text, topic=parent.topic), answers=parent)

    def _in_burst(self, language: str, topic: str) -> Action:
        """Everybody talks about one thing; they read and like as much as ever."""
        chance = self._chance
        tweet = self.memory.pick(language, chance, topic)
        author = self._somebody(language, tweet.author_id if tweet is not None else 0)
        apart = tweet is not None and tweet.author_id != author.user_id
        if chance.random() * ACTIONS_PER_TWEET > 1:
            return Like(author, tweet) if tweet is not None and apart else Read(author)
        share = chance.random()
        if tweet is not None and apart and share < _BURST_RETWEETS:
            return Retweet(author, tweet)
        if tweet is not None and share > 1 - _BURST_REPLIES:
            return self._reply(tweet)
        return Post(author, compose(language, URGENT, topic, chance))

    def _somebody(self, language: str, other_than: int = 0) -> Person:
        """Who speaks a language, by how much they post; not the user of this id, if there are enough."""
        running = self._running[language]
        for _ in range(_TRIES_MAX):
            place = bisect(running, self._chance.random() * running[-1])
            found = self._speakers[language][min(place, len(running) - 1)]
            if found.user_id != other_than:
                break
        return found
