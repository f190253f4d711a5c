"""Real graphs and real activity on a real node: what the API shows is what the files say.

The files may not be passed on, so they are not here: the tests are skipped where the folder is missing.
`ROOST_FULL=1` plays the whole day of the activity instead of a part of it.
"""

import os
import random
from pathlib import Path

import numpy as np
import pytest

from roost.load import (
    NOTHING,
    Activity,
    Follows,
    Replay,
    lines_of_follows,
    read_activity,
    read_follows,
    user_ids,
    user_lines,
)
from tests.home.naive_timeline import NaiveTweet, NaiveWorld
from tests.load.ground import Ground, on_a_server

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FULL = os.environ.get("ROOST_FULL") == "1"
SEED = 20_120_704

EGO_USERS = 81_306
EGO_FOLLOWS = 1_591_720
SAMPLED_USERS = 150

DAY_BEGAN_S, DAY_ENDED_S = 1_341_360_000, 1_341_446_400  # 4 July 2012, UTC
PART_ROWS = 40_000
CUT_OFF_USER = 22_732
VIEWERS_AT_RANDOM, VIEWERS_WITH_MOST = 160, 40

BIG = {
    "capacity_users": 1 << 20,
    "capacity_follows": 1 << 24,
    "capacity_rings": 1 << 12,
    "ring_entries": 16,
    "column_tweets": 1 << 14,
}
"""Rings and columns smaller than what is asked for: readers go on into the tables."""

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the real data sets are not in {DATA}"),
]


def test_the_whole_ego_twitter_graph(tmp_path: Path) -> None:
    """81,306 users and 1.59 million follows through bulk ingest; both sides of a sample as in the file."""
    follows = read_follows(DATA / "ego-twitter" / "follows.tsv.gz", offset=1)
    assert (len(follows.followers), follows.left_out) == (EGO_FOLLOWS, 0)

    async def work(ground: Ground) -> None:
        users, edges = ground.client("users"), ground.client("follows")
        await users.send_many(user_lines(np.arange(1, EGO_USERS + 1), 1))
        await edges.send_many(lines_of_follows(follows))
        assert (users.recorder.lines, users.recorder.refused) == (EGO_USERS, 0)
        assert (edges.recorder.edges, edges.recorder.refused) == (EGO_FOLLOWS, 0)
        await ground.applied()
        for user_id in sampled_users(follows):
            assert await listed(ground, user_id, "following") == others_of(follows, user_id, following=True)
            assert await listed(ground, user_id, "followers") == others_of(follows, user_id, following=False)

    on_a_server(tmp_path, work, **BIG)


def sampled_users(follows: Follows) -> list[int]:
    """Some at random, and those with the most on either side."""
    counts = np.bincount(follows.followees), np.bincount(follows.followers)
    most = [int(np.argmax(count)) for count in counts]
    return [*most, *random.Random(SEED).sample(range(1, EGO_USERS + 1), SAMPLED_USERS)]


def others_of(follows: Follows, user_id: int, following: bool) -> set[int]:
    near, far = (
        (follows.followers, follows.followees) if following else (follows.followees, follows.followers)
    )
    return set(far[near == user_id].tolist())


async def listed(ground: Ground, user_id: int, side: str) -> set[int]:
    found = [int(account["id"]) for account in await ground.pages(f"/api/v1/accounts/{user_id}/{side}")]
    assert len(set(found)) == len(found)
    return set(found)


def test_a_day_of_higgs_activity_is_on_every_home_timeline(tmp_path: Path) -> None:
    """4 July 2012 on the complete followee lists; home timelines read to their ends are the naive model's.

    Half of the viewers have read before, so that the day is pushed to them; the others come to it cold.
    """
    follows = read_follows(DATA / "higgs" / "follows-prefix.txt.gz")
    kept = follows.followers != CUT_OFF_USER
    follows = Follows(follows.followers[kept], follows.followees[kept], follows.left_out)
    activity = the_day(read_activity(DATA / "higgs" / "activity.txt.gz"))
    viewers = sampled_viewers(follows)
    assert len(viewers) >= 200

    async def work(ground: Ground) -> None:
        await ground.client().send_many(user_lines(user_ids(follows, activity)))
        await ground.client().send_many(lines_of_follows(follows))
        tokens = {viewer: await ground.token_of(f"u{viewer}") for viewer in viewers}
        await ground.applied()
        for viewer in viewers[::2]:
            assert await home(ground, tokens[viewer], 20) == []
        client = ground.client()
        replay = Replay(client, activity)
        await replay.run()
        assert client.recorder.refused == 0
        await ground.applied()
        world = naive_world(follows, replay)
        entries = 0
        for viewer in viewers:
            expected = world.home(viewer)
            limit = random.Random(viewer).choice((3, 20, 40))
            assert await home(ground, tokens[viewer], limit) == expected, f"u{viewer}"
            entries += len(expected)
        assert entries > 10 * len(viewers)

    on_a_server(tmp_path, work, **BIG)


def the_day(activity: Activity) -> Activity:
    """The rows of the day, or by default as many in a row as take half a minute, from a seeded place."""
    began, ended = np.searchsorted(activity.times_s, (DAY_BEGAN_S, DAY_ENDED_S)).tolist()
    if FULL:
        return activity.part(began, ended)
    first = random.Random(SEED).randrange(began, ended - PART_ROWS)
    return activity.part(first, first + PART_ROWS)


def sampled_viewers(follows: Follows) -> list[int]:
    ids, counts = np.unique(follows.followers, return_counts=True)
    most = ids[np.argsort(-counts)[:VIEWERS_WITH_MOST]].tolist()
    others = sorted(set(ids.tolist()) - set(most))
    found: list[int] = most + random.Random(SEED).sample(others, VIEWERS_AT_RANDOM)
    random.Random(SEED).shuffle(found)
    return found


def naive_world(follows: Follows, replay: Replay) -> NaiveWorld:
    """Everything that was played, as the naive model keeps it."""
    world = NaiveWorld()
    world.follows = set(zip(follows.followers.tolist(), follows.followees.tolist(), strict=True))
    for planned in replay.planned:
        tweet = NaiveTweet(replay.schedule.id_of(planned.number), planned.author)
        if planned.refers_to != NOTHING:
            referred = replay.planned[planned.refers_to]
            if planned.retweets:
                tweet.retweet_of = replay.schedule.id_of(referred.number)
            else:
                tweet.reply_to_author = referred.author
        world.post(tweet)
    return world


async def home(ground: Ground, token: str, limit: int) -> list[int]:
    """A home timeline's ids, read to its end in pages."""
    found = await ground.pages("/api/v1/timelines/home", token, limit)
    return [int(status["id"]) for status in found]
