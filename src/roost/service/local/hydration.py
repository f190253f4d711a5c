"""From ids to views: everything a page shows, in a handful of look-ups for the whole page.

A tweet's view is the same for everybody, but for what its reader did to it and for what of a quote the reader
may see. So views are kept, until the tweet, its author, a count or an original is another object than the one
in the view: all of these are replaced when they change.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

import msgspec

from roost.clock import Clock
from roost.graph import effective_visibility
from roost.limits import FRAGMENT_CACHE_ENTRIES
from roost.model import NO_COUNTS, Tweet, User
from roost.processors import CountsProcessor
from roost.service.local.filter_matchers import FilterMatchers
from roost.service.local.material import Material, Materials, is_alike_for_all
from roost.service.local.poll_views import PollViews
from roost.service.local.user_views import UserViews
from roost.service.views import QuoteState, TweetView, UserView
from roost.store import MarksCache, Store, TweetCache, rows

_Made = dict[int, TweetView | None]
"""Views by tweet id; None where the original or the author is gone."""


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
        filters: FilterMatchers,
    ) -> None:
        self.materials = Materials(store, tweets, users, counts, clock)
        self._tweets = tweets
        self._users = users
        self._counts = counts
        self._marks = marks
        self._polls = polls
        self._filters = filters
        self._clock = clock
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
        material = await self.materials.gather(tweets, viewer_id)
        return {tweet.tweet_id: self._view(tweet, material) for tweet in tweets}

    async def _marked(self, views: list[TweetView], made: _Made, viewer_id: int) -> list[TweetView]:
        """The views with what the viewer did to their tweets. Only those just made can have quotes."""
        if viewer_id:
            views = await self._with_marks(views, made, viewer_id)
        views = await self._polls.joined(views, viewer_id)
        matcher = await self._filters.of(viewer_id)
        return views if matcher is None else await matcher.joined(views, self._clock.now_ms())

    async def _with_marks(self, views: list[TweetView], made: _Made, viewer_id: int) -> list[TweetView]:
        shown = [view.tweet if view.retweet_of is None else view.retweet_of.tweet for view in views]
        marked_ids = [tweet.tweet_id for tweet in shown]
        conversation_ids = [tweet.conversation_id for tweet in shown if tweet.conversation_id]
        for made_view in made.values():
            quote = made_view and (made_view.retweet_of or made_view).quote_of
            if quote is not None:
                marked_ids.append(quote.tweet.tweet_id)
                conversation_ids.append(quote.tweet.root_id)
        marks = await self._marks.of(viewer_id, marked_ids, conversation_ids)
        return [_with_marks(view, marks) for view in views] if marks else views

    def _view(self, tweet: Tweet, material: Material, depth: int = 0) -> TweetView | None:
        author = material.authors.get(tweet.author_id)
        if author is None or author.user.is_gone:
            return None
        original = quoted = None
        if tweet.retweet_of_id:
            retweeted = material.tweets.get(tweet.retweet_of_id)
            original = self._original(retweeted, material) if retweeted is not None else None
            if original is None:
                return None
        quote_state = material.quote_state(tweet)
        if quote_state is QuoteState.ACCEPTED and depth == 0:
            quoted = self._view(material.tweets[tweet.quote_of_id], material, 1)
        view = TweetView(
            tweet,
            author,
            effective_visibility(tweet, author.user),
            material.counts.get(tweet.tweet_id, NO_COUNTS),
            liked=False,
            retweeted=False,
            retweet_of=original,
            quote_of=quoted,
            quote_state=quote_state,
            may_quote=tweet.tweet_id in material.quotable,
        )
        if is_alike_for_all(tweet) and (original is None or is_alike_for_all(original.tweet)):
            self._keep(view)
        return view

    def _original(self, tweet: Tweet, material: Material) -> TweetView | None:
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
    inner = view if view.retweet_of is None else view.retweet_of
    shown = inner.tweet
    if inner.quote_of is None and shown.tweet_id not in marks and shown.conversation_id not in marks:
        return view
    mine = marks.get(shown.tweet_id, ())
    muted = rows.Mark.MUTED in marks.get(shown.root_id, ())
    original = _with_marks(view.retweet_of, marks) if view.retweet_of is not None else None
    quoted = _with_marks(view.quote_of, marks) if view.quote_of is not None else None
    if not mine and not muted and original is view.retweet_of and quoted is view.quote_of:
        return view
    return msgspec.structs.replace(
        view,
        liked=rows.Mark.LIKED in mine,
        retweeted=rows.Mark.RETWEETED in mine,
        bookmarked=rows.Mark.BOOKMARKED in mine,
        pinned=rows.Mark.PINNED in mine,
        muted=muted,
        retweet_of=original,
        quote_of=quoted,
    )
