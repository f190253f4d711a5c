"""Nothing comes to a tweet after its deletion, however close the two were."""

import asyncio

from roost.errors import RoostError
from roost.model import TweetDeleted
from roost.service import Draft
from roost.store import without_text
from tests.service.ground import Ground

TIMES = 12


def test_what_is_under_way_when_a_tweet_goes(ground: Ground) -> None:
    author, others = ground.user("author"), [ground.user(f"other{number}") for number in range(3)]
    tweets = ground.service.tweets

    async def race(tweet_id: int, turns: int) -> None:
        async def late(work: object) -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            await work  # type: ignore[misc]

        draft = Draft(text="me too", reply_to_id=tweet_id)
        works = [
            late(tweets.delete(author, tweet_id)),
            tweets.like(others[0], tweet_id),
            tweets.retweet(others[1], tweet_id),
            tweets.post(others[2], draft),
            late(tweets.like(others[1], tweet_id)),
            late(tweets.like(others[2], tweet_id)),
        ]
        for outcome in await asyncio.gather(*works, return_exceptions=True):
            assert (
                outcome is None or not isinstance(outcome, BaseException) or isinstance(outcome, RoostError)
            )

    for number in range(TIMES):
        tweet_id = ground.post(author)
        ground.do(race(tweet_id, number))
    found = ground.do(ground.service.operations.verify(10, 0))
    assert [each.differences for each in found.subjects if each.differing] == []


def test_what_is_ingested_when_a_tweet_goes(ground: Ground) -> None:
    author, fan = ground.user("author"), ground.user("fan")

    async def race(tweet_id: int, turns: int) -> None:
        async def late() -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            await ground.service.tweets.delete(author, tweet_id)

        lines = [
            b'{"type": "like", "user": %d, "tweet": %d}' % (fan, tweet_id),
            b'{"type": "tweet", "author": %d, "retweet_of": %d}' % (fan, tweet_id),
            b'{"type": "tweet", "author": %d, "text": "me too", "reply_to": %d}' % (fan, tweet_id),
        ]
        (results, _), _ = await asyncio.gather(ground.service.bulk.ingest(lines), late())
        assert len(results) == 3
        for result in results:
            assert result.ok or "deleted meanwhile" in result.error or "no tweet" in result.error

    for number in range(TIMES):
        ground.do(race(ground.post(author), number))
    found = ground.do(ground.service.operations.verify(10, 0))
    assert [each.differences for each in found.subjects if each.differing] == []


def test_a_crash_leaves_no_retweet_of_what_is_gone(ground: Ground) -> None:
    """As many as there are: the next start goes on where the crash was."""
    author = ground.user("author")
    fans = [ground.user(f"fan{number}") for number in range(5)]
    tweet_id, kept_id = ground.post(author), ground.post(author)
    tweets = ground.service.tweets
    made = [ground.do(tweets.retweet(fan, tweet_id)).tweet for fan in fans]
    kept = ground.do(tweets.retweet(fans[0], kept_id)).tweet
    original = ground.do(ground.kit.tweets.get(tweet_id))
    taken = [TweetDeleted(without_text(tweet)) for tweet in (original, *made[:2])]
    ground.do(ground.kit.committer.commit(taken))
    ground.restart()
    there = ground.do(ground.kit.tweets.get_many([tweet.tweet_id for tweet in (*made, kept)]))
    assert [tweet is not None for tweet in there] == [False] * 5 + [True]
    found = ground.do(ground.service.operations.verify(10, 0))
    assert [each.differences for each in found.subjects if each.differing] == []
