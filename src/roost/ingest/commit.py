"""The one door to the log: events, their table rows and the caches, together."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

from roost.errors import NotFound
from roost.eventlog import EventLog
from roost.limits import GONE_TWEETS_KEPT
from roost.model import (
    ConversationMuted,
    ConversationUnmuted,
    Event,
    QuotePolicySet,
    QuoteRevoked,
    TweetBookmarked,
    TweetDeleted,
    TweetEdited,
    TweetEnriched,
    TweetLiked,
    TweetPinned,
    TweetPosted,
    TweetUnbookmarked,
    TweetUnliked,
    TweetUnpinned,
    UserCreated,
    UserUpdated,
)
from roost.store import Batch, MarksCache, TweetCache, UserCache, derive, rows


class Committer:
    """Every change of Roost's facts goes through here."""

    def __init__(self, log: EventLog, tweets: TweetCache, users: UserCache, marks: MarksCache) -> None:
        self._log = log
        self._tweets = tweets
        self._users = users
        self._marks = marks
        self._listeners: list[Callable[[Event], None]] = []
        self._gone: OrderedDict[int, None] = OrderedDict()
        """Tweets that were deleted lately, from before that was durable."""

    async def commit(self, events: Sequence[Event], also: Batch | None = None) -> int:
        """Append events together with their rows, and with the rows of `also`; return when that is durable.

        Answers the position of the last event. Raises Conflict where a row that must be new exists, and
        Overloaded; nothing is changed then.
        """
        batch = also if also is not None else Batch()
        for event in events:
            derive(event, batch)
        going = [event.tweet.tweet_id for event in events if isinstance(event, TweetDeleted)]
        self._gone.update(dict.fromkeys(going))
        try:
            position = await self._log.append(events, batch)
        except BaseException:
            for tweet_id in going:
                self._gone.pop(tweet_id, None)
            raise
        while len(self._gone) > GONE_TWEETS_KEPT:
            self._gone.popitem(last=False)
        for event in events:
            self._note(event)
        return position

    def check_there(self, *tweet_ids: int) -> None:
        """Raise NotFound where one was deleted meanwhile. Asked right before a commit that refers to them:
        then on the log nothing comes to a tweet after its deletion."""
        if not self._gone.keys().isdisjoint(tweet_ids):
            raise NotFound("Record not found")

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Have a cache told of every change that is durable, in order."""
        self._listeners.append(listener)

    def _note(self, event: Event) -> None:
        """Tell the caches of a change that is durable."""
        self._note_tweet_or_user(event)
        self._note_mark(event)
        for listener in self._listeners:
            listener(event)

    def _note_tweet_or_user(self, event: Event) -> None:
        match event:
            case TweetPosted(tweet):
                self._tweets.put(tweet.tweet_id, tweet)
                if tweet.retweet_of_id:
                    marks = (tweet.author_id, tweet.retweet_of_id, rows.Mark.RETWEETED)
                    self._marks.put(*marks, tweet.tweet_id)
            case TweetDeleted(tweet):
                self._tweets.forget(tweet.tweet_id)
                if tweet.retweet_of_id:
                    self._marks.remove(tweet.author_id, tweet.retweet_of_id, rows.Mark.RETWEETED)
            case TweetEdited(edit):
                self._tweets.put(edit.tweet.tweet_id, edit.tweet)
            case TweetEnriched(enriched):
                self._tweets.put(enriched.tweet.tweet_id, enriched.tweet)
            case QuotePolicySet(tweet) | QuoteRevoked(tweet):
                self._tweets.put(tweet.tweet_id, tweet)
            case UserCreated(user) | UserUpdated(user):
                self._users.put(user.user_id, user)

    def _note_mark(self, event: Event) -> None:
        marks = self._marks
        match event:
            case TweetLiked(like):
                marks.put(like.user_id, like.tweet_id, rows.Mark.LIKED, like.like_id)
            case TweetUnliked(like):
                marks.remove(like.user_id, like.tweet_id, rows.Mark.LIKED)
            case TweetBookmarked(mark):
                marks.put(mark.user_id, mark.tweet_id, rows.Mark.BOOKMARKED, mark.bookmark_id)
            case TweetUnbookmarked(mark):
                marks.remove(mark.user_id, mark.tweet_id, rows.Mark.BOOKMARKED)
            case TweetPinned(pin):
                marks.put(pin.user_id, pin.tweet_id, rows.Mark.PINNED, pin.pin_id)
            case TweetUnpinned(pin):
                marks.remove(pin.user_id, pin.tweet_id, rows.Mark.PINNED)
            case ConversationMuted(mute):
                marks.put(mute.user_id, mute.conversation_id, rows.Mark.MUTED, mute.mute_id)
            case ConversationUnmuted(mute):
                marks.remove(mute.user_id, mute.conversation_id, rows.Mark.MUTED)
