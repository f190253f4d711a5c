"""Which tweet may be sent when, where tweets refer to each other.

A reply needs the id of what it answers, and the server makes ids. So a tweet is ready when the one it refers
to has been answered with its id; until then it waits, and its author's later tweets wait behind it, so that
everybody's tweets stay in their order. A plain synchronous object: who sends tells it what came of it.
"""

from collections import deque

import msgspec

NOTHING = -1


class PlannedTweet(msgspec.Struct, frozen=True):
    """A tweet of a replay. Tweets are numbered from 0; `refers_to` is an earlier one's number, or `NOTHING`.

    With `retweets` it retweets that one; otherwise it answers it. `due_s` is its time on the timetable.
    """

    number: int
    author: int
    refers_to: int = NOTHING
    retweets: bool = False
    text: str = ""
    due_s: float = 0.0


class Schedule:
    """Bounded by who adds: everything added and not answered is `unfinished`. Every call is O(1) a tweet."""

    def __init__(self) -> None:
        self.unfinished = 0
        self.given_up = 0
        """Tweets that were not made because one that they refer to was refused."""
        self._ready: deque[PlannedTweet] = deque()
        self._held: dict[int, deque[PlannedTweet]] = {}
        """By author: the first one waits for another tweet, the others for the first."""
        self._waiting: dict[int, list[int]] = {}
        """Authors whose first held tweet refers to this one."""
        self._ids: dict[int, int] = {}
        self._failed: set[int] = set()

    @property
    def ready(self) -> int:
        return len(self._ready)

    def id_of(self, number: int) -> int:
        """The id of a tweet that has been answered."""
        return self._ids[number]

    def add(self, tweet: PlannedTweet) -> None:
        """`tweet` is to be made; what it refers to has been added before."""
        self.unfinished += 1
        held = self._held.get(tweet.author)
        if held is None:
            self._held[tweet.author] = deque((tweet,))
            self._advance([tweet.author])
        else:
            held.append(tweet)

    def take(self, most: int) -> list[PlannedTweet]:
        """The next tweets to send, at most `most`, those first that have been ready the longest."""
        return [self._ready.popleft() for _ in range(min(most, len(self._ready)))]

    def made(self, number: int, tweet_id: int) -> None:
        """A tweet was made: those that wait for it are ready."""
        self.unfinished -= 1
        self._ids[number] = tweet_id
        self._advance(self._waiting.pop(number, []))

    def refused(self, number: int) -> None:
        """A tweet was not made: nor will be those that refer to it, straight or through others."""
        self.unfinished -= 1
        self._failed.add(number)
        self._advance(self._waiting.pop(number, []))

    def _advance(self, authors: list[int]) -> None:
        """Let go of each author's held tweets, up to the first that still waits."""
        left = list(authors)
        while left:
            author = left.pop()
            held = self._held[author]
            while held:
                referred = held[0].refers_to
                if referred == NOTHING or referred in self._ids:
                    self._ready.append(held.popleft())
                elif referred in self._failed:
                    left += self._give_up(held.popleft())
                else:
                    self._waiting.setdefault(referred, []).append(author)
                    break
            else:
                del self._held[author]

    def _give_up(self, tweet: PlannedTweet) -> list[int]:
        """The authors who waited for it."""
        self.unfinished -= 1
        self.given_up += 1
        self._failed.add(tweet.number)
        return self._waiting.pop(tweet.number, [])
