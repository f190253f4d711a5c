"""From ids to views: everything a page shows, in a handful of look-ups for the whole page."""

from collections.abc import Iterable, Sequence

from roost.clock import Clock
from roost.graph import effective_visibility, may_see, relations_with
from roost.home import ShardReader
from roost.model import NO_COUNTS, Tweet, TweetCounts, User
from roost.processors import CountsProcessor
from roost.service.views import TweetView, UserView
from roost.store import MarksCache, Store, TweetCache, UserCache, rows

_NO_MARKS: dict[rows.Mark, int] = {}


class _Material:
    """What the views of one page are made of."""

    def __init__(self) -> None:
        self.tweets: dict[int, Tweet] = {}
        self.authors: dict[int, UserView] = {}
        self.counts: dict[int, TweetCounts] = {}
        self.marks: dict[int, dict[rows.Mark, int]] = {}
        self.quotable: set[int] = set()


class Hydration:
    """Belongs to the event loop's thread."""

    def __init__(
        self,
        store: Store,
        tweets: TweetCache,
        users: UserCache,
        counts: CountsProcessor,
        marks: MarksCache,
        reader: ShardReader,
        clock: Clock,
    ) -> None:
        self._store = store
        self._tweets = tweets
        self._users = users
        self._counts = counts
        self._marks = marks
        self._reader = reader
        self._clock = clock

    def user_views(self, users: Sequence[User]) -> list[UserView]:
        """Users with their counts. 5 us and 0.5 us a user."""
        counts = self._reader.user_counts([user.user_id for user in users])
        return [UserView(user, found) for user, found in zip(users, counts, strict=True)]

    async def users(self, user_ids: Sequence[int]) -> list[UserView | None]:
        """One answer an id, in order."""
        found = await self._users.get_many(user_ids)
        views = iter(self.user_views([user for user in found if user is not None]))
        return [None if user is None else next(views) for user in found]

    async def tweets(self, tweets: Sequence[Tweet], viewer_id: int) -> list[TweetView]:
        """Views of tweets that the viewer may see; those whose original or author is gone are left out.

        Whether the tweets themselves may be seen has been decided by who asks; what they quote is decided
        here.
        """
        material = await self._gather(tweets, viewer_id)
        views = (self._view(tweet, material) for tweet in tweets)
        return [view for view in views if view is not None]

    async def tweets_by_id(self, tweet_ids: Sequence[int], viewer_id: int) -> list[TweetView]:
        """`tweets`, for ids; what is gone is left out."""
        found = await self._tweets.get_many(tweet_ids)
        return await self.tweets([tweet for tweet in found if tweet is not None], viewer_id)

    async def _gather(self, tweets: Sequence[Tweet], viewer_id: int) -> _Material:
        material = _Material()
        material.tweets = {tweet.tweet_id: tweet for tweet in tweets}
        await self._fetch(material, (tweet.retweet_of_id for tweet in tweets))
        quoted = {tweet.quote_of_id for tweet in material.tweets.values() if tweet.quote_of_id}
        await self._fetch(material, quoted)
        shown = list(material.tweets)
        author_ids = list({tweet.author_id for tweet in material.tweets.values()})
        views = await self.users(author_ids)
        material.authors = {
            author_id: view for author_id, view in zip(author_ids, views, strict=True) if view is not None
        }
        counts = await self._counts.get_many(shown)
        material.counts = dict(zip(shown, counts, strict=True))
        material.marks = await self._marks.of(viewer_id, shown)
        if quoted:
            material.quotable = await self._quotable(material, quoted, viewer_id)
        return material

    async def _fetch(self, material: _Material, tweet_ids: Iterable[int]) -> None:
        missing = [
            tweet_id for tweet_id in dict.fromkeys(tweet_ids) if tweet_id and tweet_id not in material.tweets
        ]
        if missing:
            for tweet in await self._tweets.get_many(missing):
                if tweet is not None:
                    material.tweets[tweet.tweet_id] = tweet

    async def _quotable(self, material: _Material, quoted: set[int], viewer_id: int) -> set[int]:
        """The quoted tweets that the viewer may see."""
        tweets = [material.tweets[tweet_id] for tweet_id in quoted if tweet_id in material.tweets]
        relations = await relations_with(
            self._store, viewer_id, [tweet.author_id for tweet in tweets], self._clock.now_ms()
        )
        seen: set[int] = set()
        for tweet in tweets:
            author = material.authors.get(tweet.author_id)
            relation = relations.get(tweet.author_id)
            hidden = relation is not None and (relation.is_barred or relation.mute is not None)
            if author is not None and not hidden and may_see(tweet, author.user, viewer_id, relation):
                seen.add(tweet.tweet_id)
        return seen

    def _view(self, tweet: Tweet, material: _Material, depth: int = 0) -> TweetView | None:
        author = material.authors.get(tweet.author_id)
        if author is None:
            return None
        original = quoted = None
        if tweet.retweet_of_id:
            retweeted = material.tweets.get(tweet.retweet_of_id)
            original = self._view(retweeted, material) if retweeted is not None else None
            if original is None:
                return None
        if tweet.quote_of_id in material.quotable and depth == 0:
            quoted = self._view(material.tweets[tweet.quote_of_id], material, 1)
        marks = material.marks.get(tweet.shown_id, _NO_MARKS)
        return TweetView(
            tweet,
            author,
            effective_visibility(tweet, author.user),
            material.counts.get(tweet.tweet_id, NO_COUNTS),
            rows.Mark.LIKED in marks,
            rows.Mark.RETWEETED in marks,
            original,
            quoted,
        )
