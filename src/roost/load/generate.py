"""Fills a server with a synthetic population: its users, whom they follow, and tweets."""

import asyncio
import random
from collections.abc import Iterator
from itertools import islice
from time import perf_counter

import numpy as np

from roost.load.client import BATCH_LINES, BulkClient, Tell
from roost.load.lines import FollowLine, TweetLine, UserLine, follow_lines
from roost.load.phrases import LANGUAGES, POST, QUESTION
from roost.load.population import Person, Population
from roost.load.posts import compose, topics_liked

_TICK_S = 0.05
_QUESTION_SHARE = 0.15
_LIKED_SHARE = 0.7
_AUTHORS_DRAWN = 10_000


def population_lines(population: Population) -> Iterator[UserLine]:
    """A line for everybody; their hashtags are their profile."""
    for person in population.people():
        yield UserLine(person.name.username, person.user_id, person.name.display_name, note_of(person))


def note_of(person: Person) -> str:
    """What somebody's profile says."""
    topics = LANGUAGES[person.language].topics
    names = dict.fromkeys(topics_liked(person.language, person.index))
    return " ".join(topics[name].hashtags[0] for name in names)


def population_follows(population: Population) -> Iterator[FollowLine]:
    """The whole graph; memory is that of one chunk."""
    for chunk in population.follows():
        for follower, followees in chunk:
            ids = (followees + population.first_id).tolist()
            yield from follow_lines(population.first_id + follower, ids)


def population_tweets(population: Population, count: int, seed: int) -> Iterator[TweetLine]:
    """Tweets by authors drawn by their activity, each in their language."""
    chance = random.Random(seed)
    rng = np.random.default_rng([seed, 2])
    running = np.cumsum(population.tweets_a_day)
    for start in range(0, count, _AUTHORS_DRAWN):
        drawn = rng.random(min(_AUTHORS_DRAWN, count - start)) * running[-1]
        for index in np.searchsorted(running, drawn, side="right").tolist():
            yield _tweet(population.person(min(index, population.users - 1)), chance)


def pick_topic(person: Person, chance: random.Random) -> str:
    """What somebody posts about this time: mostly what they like."""
    if chance.random() < _LIKED_SHARE:
        return chance.choice(topics_liked(person.language, person.index))
    return chance.choice(LANGUAGES[person.language].subjects)


async def post_paced(
    client: BulkClient, lines: Iterator[TweetLine], rate: float, tell: Tell | None = None
) -> None:
    """Send tweets at `rate` a second; 0 sends them as fast as the server takes them.

    Falls behind where the server is slower than `rate`; the recorder says by how much.
    """
    if rate <= 0:
        await client.send_many(lines, tell)
        return
    begun, sent = perf_counter(), 0
    while True:
        due = int((perf_counter() - begun) * rate) + 1
        batch = list(islice(lines, min(due - sent, BATCH_LINES)))
        if batch:
            await client.send(batch, tell)
            sent += len(batch)
            behind_s = perf_counter() - begun - sent / rate
            client.recorder.behind_s_max = max(client.recorder.behind_s_max, behind_s)
        elif due > sent:
            return
        else:
            await asyncio.sleep(min(_TICK_S, 1 / rate))


def _tweet(person: Person, chance: random.Random) -> TweetLine:
    sign = QUESTION if chance.random() < _QUESTION_SHARE else POST
    made = compose(person.language, sign, pick_topic(person, chance), chance)
    return TweetLine(person.user_id, made.text, language=made.language, spoiler=made.spoiler)
