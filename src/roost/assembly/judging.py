"""From tweet ids to home timeline entries: look at the tweets, keep those that may be seen."""

from collections.abc import Sequence

from roost.assembly.home_rules import HomeRelations, enters_home, enters_home_retweeted
from roost.home import Entry
from roost.model import Tweet
from roost.store import TweetCache, UserCache


class Judge:
    """Judges for one viewer. Reads the tweets, and for retweets their originals and these ones' authors."""

    def __init__(self, tweets: TweetCache, users: UserCache, relations: HomeRelations) -> None:
        self._tweets = tweets
        self._users = users
        self._relations = relations

    async def entries(self, tweet_ids: Sequence[int]) -> list[Entry | None]:
        """For each tweet its entry, or None where it is gone or must not be seen here. Keeps the order."""
        tweets = await self._tweets.get_many(tweet_ids)
        wanted = [
            tweet if tweet is not None and enters_home(tweet, self._relations) else None for tweet in tweets
        ]
        originals = await self._originals([tweet for tweet in wanted if tweet and tweet.retweet_of_id])
        return [None if tweet is None else self._entry(tweet, originals) for tweet in wanted]

    async def _originals(self, retweets: list[Tweet]) -> dict[int, tuple[Tweet, bool]]:
        """The originals that are still there, with whether their author is protected."""
        if not retweets:
            return {}
        ids = list({tweet.retweet_of_id for tweet in retweets})
        found = [tweet for tweet in await self._tweets.get_many(ids) if tweet is not None]
        authors = await self._users.get_many([tweet.author_id for tweet in found])
        return {
            tweet.tweet_id: (tweet, author.protected)
            for tweet, author in zip(found, authors, strict=True)
            if author is not None
        }

    def _entry(self, tweet: Tweet, originals: dict[int, tuple[Tweet, bool]]) -> Entry | None:
        if not tweet.retweet_of_id:
            return Entry(tweet.tweet_id, tweet.tweet_id)
        original = originals.get(tweet.retweet_of_id)
        if original is None or not enters_home_retweeted(*original, tweet.author_id, self._relations):
            return None
        return Entry(tweet.tweet_id, tweet.retweet_of_id)
