"""From tweet ids to home timeline entries: look at the tweets, keep those that may be seen."""

from collections.abc import Sequence

from roost.assembly.home_rules import enters_home_retweeted
from roost.assembly.rules import Rules
from roost.graph import may_list
from roost.home import Entry
from roost.model import Tweet, User
from roost.store import TweetCache, UserCache


class Judge:
    """Judges for one viewer. Reads the tweets, and for retweets their originals and these ones' authors."""

    def __init__(self, tweets: TweetCache, users: UserCache, rules: Rules) -> None:
        self._tweets = tweets
        self._users = users
        self._rules = rules
        self._relations = rules.relations

    async def entries(self, tweet_ids: Sequence[int]) -> list[Entry | None]:
        """For each tweet its entry, or None where it is gone or must not be seen here. Keeps the order."""
        tweets = await self._tweets.get_many(tweet_ids)
        rules = self._rules
        wanted = [tweet if tweet is not None and rules.enters(tweet) else None for tweet in tweets]
        likely = [
            (place, tweet)
            for place, tweet in enumerate(tweets)
            if tweet is not None and wanted[place] is None and rules.enters_openly(tweet)
        ]
        if likely:
            authors = await self._users.get_many([tweet.author_id for _, tweet in likely])
            for (place, tweet), author in zip(likely, authors, strict=True):
                if author is not None and self._is_open(author):
                    wanted[place] = tweet
        originals = await self._originals([tweet for tweet in wanted if tweet and tweet.retweet_of_id])
        return [None if tweet is None else self._entry(tweet, originals) for tweet in wanted]

    def _is_open(self, author: User) -> bool:
        viewer_id = self._relations.viewer_id
        return author.user_id == viewer_id or (not author.protected and may_list(author, viewer_id, None))

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
