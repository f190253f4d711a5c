"""What the views of one page are made of: tweets, authors, counts, and what a viewer may see of quotes."""

from collections.abc import Iterable, Sequence

from roost.clock import Clock
from roost.graph import may_see, relations_with
from roost.model import QuotePolicy, Relation, Tweet, TweetCounts
from roost.processors import CountsProcessor
from roost.service.local.user_views import UserViews
from roost.service.views import QuoteState, UserView
from roost.store import Store, TweetCache


class Material:
    def __init__(self) -> None:
        self.tweets: dict[int, Tweet] = {}
        self.authors: dict[int, UserView] = {}
        self.counts: dict[int, TweetCounts] = {}
        self.quotes: dict[int, QuoteState] = {}
        """By the quoted tweet's id; REVOKED is known of the quote only."""
        self.quotable: set[int] = set()
        """The tweets that only followers may quote, of those whom the viewer follows."""

    def quote_state(self, tweet: Tweet) -> QuoteState:
        if not tweet.quote_of_id:
            return QuoteState.NONE
        if tweet.quote_revoked:
            return QuoteState.REVOKED
        return self.quotes.get(tweet.quote_of_id, QuoteState.DELETED)


class Materials:
    """Gathers them. Belongs to the event loop's thread."""

    def __init__(
        self, store: Store, tweets: TweetCache, users: UserViews, counts: CountsProcessor, clock: Clock
    ) -> None:
        self._store = store
        self._tweets = tweets
        self._users = users
        self._counts = counts
        self._clock = clock

    async def gather(self, tweets: Sequence[Tweet], viewer_id: int) -> Material:
        """All that views of these tweets need, with a handful of look-ups for all of them."""
        material = Material()
        material.tweets = {tweet.tweet_id: tweet for tweet in tweets}
        await self._fetch(material, (tweet.retweet_of_id for tweet in tweets))
        quoted = _quoted_by(material.tweets.values())
        if quoted:
            await self._fetch(material, quoted)
            await self._fetch(material, _quoted_by(material.tweets.values()))
        await self._fetch_authors(material)
        shown = list(material.tweets)
        counts = await self._counts.get_many(shown)
        material.counts = dict(zip(shown, counts, strict=True))
        await self._judge(material, viewer_id)
        return material

    async def _fetch(self, material: Material, tweet_ids: Iterable[int]) -> None:
        missing = [
            tweet_id for tweet_id in dict.fromkeys(tweet_ids) if tweet_id and tweet_id not in material.tweets
        ]
        if missing:
            for tweet in await self._tweets.get_many(missing):
                if tweet is not None:
                    material.tweets[tweet.tweet_id] = tweet

    async def _fetch_authors(self, material: Material) -> None:
        author_ids = list({tweet.author_id for tweet in material.tweets.values()})
        views = await self._users.of_ids(author_ids)
        material.authors = {
            author_id: view for author_id, view in zip(author_ids, views, strict=True) if view is not None
        }

    async def _judge(self, material: Material, viewer_id: int) -> None:
        """What the viewer may see of quotes, and which tweets for followers to quote they may quote."""
        quoted = _quoted_by(material.tweets.values())
        asked = [
            tweet
            for tweet in material.tweets.values()
            if tweet.tweet_id in quoted or tweet.quote_policy is QuotePolicy.FOLLOWERS
        ]
        if not asked:
            return
        author_ids = [tweet.author_id for tweet in asked]
        relations = await relations_with(self._store, viewer_id, author_ids, self._clock.now_ms())
        for tweet in asked:
            relation = relations.get(tweet.author_id)
            if relation is not None and relation.follow is not None:
                material.quotable.add(tweet.tweet_id)
            author = material.authors.get(tweet.author_id)
            if author is not None:
                seen = may_see(tweet, author.user, viewer_id, relation)
                material.quotes[tweet.tweet_id] = _state(seen, relation)


def is_alike_for_all(tweet: Tweet) -> bool:
    """Whether a tweet's own view is the same for everybody, but for marks, votes and filters."""
    return not tweet.quote_of_id and tweet.quote_policy is not QuotePolicy.FOLLOWERS


def _quoted_by(tweets: Iterable[Tweet]) -> set[int]:
    return {tweet.quote_of_id for tweet in tweets if tweet.quote_of_id and not tweet.quote_revoked}


def _state(seen: bool, relation: Relation | None) -> QuoteState:
    if relation is not None and relation.block is not None:
        return QuoteState.BLOCKED
    if not seen:
        return QuoteState.UNAUTHORIZED
    if relation is not None and relation.mute is not None:
        return QuoteState.MUTED
    return QuoteState.ACCEPTED
