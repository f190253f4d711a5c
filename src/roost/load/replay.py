"""Replay of recorded activity: who retweeted, answered or mentioned whom, and when.

What a file says, and what is made of it (A acts on B):

- `A B RT`: A retweets B's newest original. B posts one first where B has none yet.
- `A B RE`: A answers B's newest tweet that is no retweet; B posts an original first where B has none.
- `A B MT`: A posts an original that mentions @B.

An original is a tweet that is neither a retweet nor an answer. Nobody retweets the same tweet twice: the
file's second such line is left out, as Mastodon's API would do with it.

Batches go one after the other, so that everybody's tweets, and what refers to each other, come in the file's
order. Tweets of different people that have nothing to do with each other may change places, by no more than
`WINDOW_TWEETS`.
"""

import asyncio
from collections.abc import Callable, Iterator
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from roost.load.client import BulkClient
from roost.load.files import MENTION, RETWEET, Activity, Follows
from roost.load.lines import FollowLine, TweetLine, UserLine, follow_lines
from roost.load.schedule import NOTHING, PlannedTweet, Schedule

BATCH_TWEETS = 2_000
WINDOW_TWEETS = 20_000
"""Tweets that are on their way, or wait for such, where a replay has no timetable."""

Tell = Callable[[int], None]
"""Told how many rows of the activity have been begun."""


def username_of(user_id: int, offset: int = 0) -> str:
    """The name of the user whom a file gives the number `user_id - offset`."""
    return f"u{user_id - offset}"


def user_ids(follows: Follows | None, activity: Activity | None) -> NDArray[np.int64]:
    """Everybody whom the files name, each once, ascending."""
    found = [] if follows is None else [follows.followers, follows.followees]
    found += [] if activity is None else [activity.actors, activity.objects]
    ids = np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)
    return ids[np.diff(ids, prepend=-1) > 0]  # np.unique hashes, and takes a hundred times as long


def user_lines(ids: NDArray[np.int64], offset: int = 0) -> Iterator[UserLine]:
    for user_id in ids.tolist():
        yield UserLine(username_of(user_id, offset), user_id)


def lines_of_follows(follows: Follows) -> Iterator[FollowLine]:
    starts = np.flatnonzero(np.diff(follows.followers, prepend=-1)).tolist()
    for start, stop in zip(starts, [*starts[1:], len(follows.followers)], strict=True):
        yield from follow_lines(int(follows.followers[start]), follows.followees[start:stop].tolist())


class Planner:
    """From rows of activity to tweets. Needs 200 bytes for every user who was acted on, and every retweet."""

    def __init__(self, offset: int = 0) -> None:
        self.left_out = 0
        """Rows that would have retweeted a tweet a second time."""
        self._offset = offset
        self._next = 0
        self._newest: dict[int, int] = {}
        self._newest_original: dict[int, int] = {}
        self._retweeted: set[tuple[int, int]] = set()

    def plan(self, actor: int, other: int, kind: int, due_s: float = 0.0) -> list[PlannedTweet]:
        """What one row makes: one tweet, or two where the other user had none, or none."""
        if kind == MENTION:
            name = username_of(other, self._offset)
            return [self._post(actor, f"@{name} have you seen this?", due_s)]
        newest = self._newest_original if kind == RETWEET else self._newest
        first = []
        if other not in newest:
            text = f"This is {username_of(other, self._offset)}, with news."
            first = [self._post(other, text, due_s)]
        referred = newest[other]
        if kind != RETWEET:
            tweet = PlannedTweet(self._next, actor, referred, text="That is how I see it too.", due_s=due_s)
            self._newest[actor] = tweet.number
        elif (actor, referred) in self._retweeted:
            self.left_out += 1
            return first
        else:
            tweet = PlannedTweet(self._next, actor, referred, retweets=True, due_s=due_s)
            self._retweeted.add((actor, referred))
        self._next += 1
        return [*first, tweet]

    def _post(self, author: int, text: str, due_s: float) -> PlannedTweet:
        tweet = PlannedTweet(self._next, author, text=text, due_s=due_s)
        self._newest[author] = self._newest_original[author] = tweet.number
        self._next += 1
        return tweet


class Timetable:
    """When each row is due: its time since the first row's, divided by `speed`; at once where that is 0."""

    def __init__(self, times_s: NDArray[np.int64], speed: float) -> None:
        self._due_s = None if speed == 0 else (times_s - times_s[0]) / speed
        self._rows = len(times_s)

    def due_s(self, row: int) -> float:
        """In s since the replay began."""
        return 0.0 if self._due_s is None else float(self._due_s[row])

    def rows_by(self, now_s: float) -> int:
        """How many of the first rows are due."""
        if self._due_s is None:
            return self._rows
        return int(np.searchsorted(self._due_s, now_s, side="right"))


class Replay:
    """Plays one activity through a bulk client. `planned` are its tweets, `schedule` knows their ids."""

    def __init__(self, client: BulkClient, activity: Activity, speed: float = 0.0, offset: int = 0) -> None:
        self.planner = Planner(offset)
        self.schedule = Schedule()
        self.planned: list[PlannedTweet] = []
        self._client = client
        self._activity = activity
        self._timetable = Timetable(activity.times_s, speed)
        self._paced = speed > 0
        self._row = 0
        self._begun = 0.0

    async def run(self, tell: Tell = lambda _rows: None) -> None:
        """Until every row is played, and what it makes answered. Raises what `Calls.ask` raises."""
        self._begun = perf_counter()
        while self._row < len(self._activity) or self.schedule.unfinished:
            before = self._row
            self._release()
            tell(self._row - before)
            if self.schedule.ready:
                await self._send(self.schedule.take(BATCH_TWEETS))
            elif self._row < len(self._activity):
                await asyncio.sleep(self._timetable.due_s(self._row) - self._now_s())
        self._client.recorder.left_out = self.planner.left_out

    def _release(self) -> None:
        """Plan the rows that are due, as long as there is room."""
        activity = self._activity
        stop = self._timetable.rows_by(self._now_s())
        while self._row < stop and self._has_room():
            row = self._row
            due_s = self._timetable.due_s(row)
            for tweet in self.planner.plan(
                int(activity.actors[row]), int(activity.objects[row]), int(activity.kinds[row]), due_s
            ):
                self.schedule.add(tweet)
                self.planned.append(tweet)
            self._row += 1

    def _has_room(self) -> bool:
        """A timetable is kept to whatever waits; without one, the window is the bound."""
        return self._paced or self.schedule.unfinished < WINDOW_TWEETS

    def _now_s(self) -> float:
        return perf_counter() - self._begun

    async def _send(self, tweets: list[PlannedTweet]) -> None:
        if self._paced:
            late_s = self._now_s() - min(tweet.due_s for tweet in tweets)
            self._client.recorder.behind_s_max = max(self._client.recorder.behind_s_max, late_s)
        results = await self._client.send([self._line(tweet) for tweet in tweets])
        for tweet, result in zip(tweets, results, strict=True):
            if result.ok:
                self.schedule.made(tweet.number, int(result.id))
            else:
                self.schedule.refused(tweet.number)

    def _line(self, tweet: PlannedTweet) -> TweetLine:
        if tweet.refers_to == NOTHING:
            return TweetLine(tweet.author, tweet.text)
        referred = self.schedule.id_of(tweet.refers_to)
        if tweet.retweets:
            return TweetLine(tweet.author, retweet_of=referred)
        return TweetLine(tweet.author, tweet.text, reply_to=referred)
