"""From ids to views: everything a page shows, in a handful of look-ups for the whole page.

A tweet's view is the same for everybody, but for what its reader did to it and for what of a quote the reader
may see. So views are kept, until the tweet, its author, a count or an original is another object than the one
in the view: all of these are replaced when they change.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

import msgspec

from roost.clock import Clock
from roost.graph import effective_visibility, may_see, relations_with
from roost.limits import FRAGMENT_CACHE_ENTRIES
from roost.model import NO_COUNTS, Tweet, TweetCounts, User
from roost.processors import CountsProcessor
from roost.service.local.poll_views import PollViews
from roost.service.local.user_views import UserViews
from roost.service.views import TweetView, UserView
from roost.store import MarksCache, Store, TweetCache, rows

_Made = dict[int, TweetView | None]
"""Views by tweet id; None where the original or the author is gone."""


class _Material:
    """What the views of one page are made of."""

    def __init__(self) -> None:
        self.tweets: dict[int, Tweet] = {}
        self.authors: dict[int, UserView] = {}
        self.counts: dict[int, TweetCounts] = {}
        self.quotable: set[int] = set()


class Hydration:
    """Belongs to the event loop's thread."""

    def __init__(
        self,
        store: Store,
        tweets: TweetCache,
        users: UserViews,
        counts: CountsProcessor,
        marks: MarksCache,
        clock: Clock,
        polls: PollViews,
    ) -> None:
        self._store = store
        self._tweets = tweets
        self._users = users
        self._counts = counts
        self._marks = marks
        self._clock = clock
        self._polls = polls
        self._kept: OrderedDict[int, TweetView] = OrderedDict()

    def user_views(self, users: Sequence[User]) -> list[UserView]:
        """Users with their counts."""
        return self._users.of(users)

    async def users(self, user_ids: Sequence[int]) -> list[UserView | None]:
        """One answer an id, in order."""
        return await self._users.of_ids(user_ids)

    async def tweets(self, tweets: Sequence[Tweet], viewer_id: int) -> list[TweetView]:
        """Views of tweets that the viewer may see; those whose original or author is gone are left out.

        Whether the tweets themselves may be seen has been decided by who asks; what they quote is decided
        here. 1 us a tweet whose view is kept, else about 3 us.
        """
        views = self._current([tweet.tweet_id for tweet in tweets])
        missing = [tweet for tweet, view in zip(tweets, views, strict=True) if view is None]
        made = await self._make(missing, viewer_id) if missing else {}
        return await self._marked(_joined(views, made, (tweet.tweet_id for tweet in tweets)), made, viewer_id)

    async def tweets_by_id(self, tweet_ids: Sequence[int], viewer_id: int) -> list[TweetView]:
        """`tweets`, for ids; what is gone is left out."""
        views = self._current(tweet_ids)
        missing = [tweet_id for tweet_id, view in zip(tweet_ids, views, strict=True) if view is None]
        made: _Made = {}
        if missing:
            found = await self._tweets.get_many(missing)
            made = await self._make([tweet for tweet in found if tweet is not None], viewer_id)
        return await self._marked(_joined(views, made, tweet_ids), made, viewer_id)

    def _current(self, tweet_ids: Sequence[int]) -> list[TweetView | None]:
        """The views that are kept of tweets, None where there is none or something of it has changed."""
        kept, tweet_now, counts_now = self._kept, self._tweets.peek, self._counts.peek
        author_now, user_now = self._users.peek, self._users.peek_user
        views: list[TweetView | None] = []
        for tweet_id in tweet_ids:
            view = kept.get(tweet_id)
            if (
                view is not None
                and (tweet := view.tweet) is tweet_now(tweet_id)
                and view.counts is counts_now(tweet_id)
                and (author := view.author) is author_now(tweet.author_id)
                and author.user is user_now(tweet.author_id)
                and (view.retweet_of is None or self._is_current(view.retweet_of))
            ):
                kept.move_to_end(tweet_id)
                views.append(view)
            else:
                views.append(None)
        return views

    def _is_current(self, original: TweetView) -> bool:
        return self._current([original.tweet.tweet_id])[0] is original

    async def _make(self, tweets: Sequence[Tweet], viewer_id: int) -> _Made:
        material = await self._gather(tweets, viewer_id)
        return {tweet.tweet_id: self._view(tweet, material) for tweet in tweets}

    async def _marked(self, views: list[TweetView], made: _Made, viewer_id: int) -> list[TweetView]:
        """The views with what the viewer did to their tweets. Only those just made can have quotes."""
        marks = await self._marks.of(viewer_id, [view.tweet.shown_id for view in views])
        quotes = [view and (view.retweet_of or view).quote_of for view in made.values()]
        quoted_ids = [quote.tweet.tweet_id for quote in quotes if quote is not None]
        if quoted_ids:
            marks = marks | await self._marks.of(viewer_id, quoted_ids)
        marked = [_with_marks(view, marks) for view in views] if marks else views
        return await self._polls.joined(marked, viewer_id)

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
        if author is None or author.user.is_gone:
            return None
        original = quoted = None
        if tweet.retweet_of_id:
            retweeted = material.tweets.get(tweet.retweet_of_id)
            original = self._original(retweeted, material) if retweeted is not None else None
            if original is None:
                return None
        if tweet.quote_of_id in material.quotable and depth == 0:
            quoted = self._view(material.tweets[tweet.quote_of_id], material, 1)
        visibility = effective_visibility(tweet, author.user)
        counts = material.counts.get(tweet.tweet_id, NO_COUNTS)
        view = TweetView(tweet, author, visibility, counts, False, False, original, quoted)
        if not tweet.quote_of_id and (original is None or not original.tweet.quote_of_id):
            self._keep(view)
        return view

    def _original(self, tweet: Tweet, material: _Material) -> TweetView | None:
        """The view that other retweets of the tweet show too, if it is current."""
        return self._current([tweet.tweet_id])[0] or self._view(tweet, material)

    def _keep(self, view: TweetView) -> None:
        self._kept[view.tweet.tweet_id] = view
        self._kept.move_to_end(view.tweet.tweet_id)
        if len(self._kept) > FRAGMENT_CACHE_ENTRIES:
            self._kept.popitem(last=False)


def _joined(views: list[TweetView | None], made: _Made, tweet_ids: Iterable[int]) -> list[TweetView]:
    """All views that there are, in the order of the ids."""
    if made:
        views = [view or made.get(tweet_id) for view, tweet_id in zip(views, tweet_ids, strict=True)]
    return [view for view in views if view is not None]


def _with_marks(view: TweetView, marks: dict[int, dict[rows.Mark, int]]) -> TweetView:
    """A view with its reader's marks, its original's and its quote's too."""
    mine = marks.get(view.tweet.shown_id)
    original = _with_marks(view.retweet_of, marks) if view.retweet_of is not None else None
    quoted = _with_marks(view.quote_of, marks) if view.quote_of is not None else None
    if mine is None and original is view.retweet_of and quoted is view.quote_of:
        return view
    return msgspec.structs.replace(
        view,
        liked=mine is not None and rows.Mark.LIKED in mine,
        retweeted=mine is not None and rows.Mark.RETWEETED in mine,
        retweet_of=original,
        quote_of=quoted,
    )
