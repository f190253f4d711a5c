"""Polls as one reader sees them: their numbers, and what the reader chose."""

from collections.abc import Sequence

import msgspec

from roost.clock import Clock
from roost.model import Tweet
from roost.processors import PollsProcessor
from roost.service.views import PollView, TweetView
from roost.store import Store, tables


class PollViews:
    def __init__(self, store: Store, tallies: PollsProcessor, clock: Clock) -> None:
        self._store = store
        self._tallies = tallies
        self._clock = clock

    async def joined(self, views: list[TweetView], viewer_id: int) -> list[TweetView]:
        """The views with the polls of their tweets, of originals and of quotes. 50 ns a view without one."""
        asked = [
            tweet
            for view in views
            if view.tweet.poll is not None or view.retweet_of is not None or view.quote_of is not None
            for tweet in _tweets_of(view)
            if tweet.poll is not None
        ]
        if not asked:
            return views
        polls = await self.of(asked, viewer_id)
        return [_with_polls(view, polls) for view in views]

    async def of(self, tweets: Sequence[Tweet], viewer_id: int) -> dict[int, PollView]:
        """The polls of some tweets, by tweet id."""
        polls = {tweet.tweet_id: tweet for tweet in tweets if tweet.poll is not None}
        keys = [(tweet_id, tweet.poll.edition if tweet.poll else 0) for tweet_id, tweet in polls.items()]
        tallies = await self._tallies.get_many(keys)
        votes = (
            await self._store.get_many(tables.VOTES, [(*key, viewer_id) for key in keys])
            if viewer_id
            else [None] * len(keys)
        )
        now_ms = self._clock.now_ms()
        return {
            tweet.tweet_id: PollView(
                tweet_id=tweet.tweet_id,
                author_id=tweet.author_id,
                poll=tweet.poll,
                tally=tally,
                ended=tweet.poll.ends_ms <= now_ms,
                choices=vote.choices if vote is not None else (),
            )
            for tweet, tally, vote in zip(polls.values(), tallies, votes, strict=True)
            if tweet.poll is not None
        }


def _tweets_of(view: TweetView) -> list[Tweet]:
    if view.retweet_of is None and view.quote_of is None:
        return [view.tweet]
    inner = [shown for shown in (view.retweet_of, view.quote_of) if shown is not None]
    return [view.tweet, *(tweet for shown in inner for tweet in _tweets_of(shown))]


def _with_polls(view: TweetView, polls: dict[int, PollView]) -> TweetView:
    poll = polls.get(view.tweet.tweet_id)
    original = _with_polls(view.retweet_of, polls) if view.retweet_of is not None else None
    quoted = _with_polls(view.quote_of, polls) if view.quote_of is not None else None
    if poll is None and original is view.retweet_of and quoted is view.quote_of:
        return view
    return msgspec.structs.replace(view, poll=poll, retweet_of=original, quote_of=quoted)
