"""The one door to the log: events, their table rows and the caches, together."""

from collections.abc import Sequence

from roost.eventlog import EventLog
from roost.model import Event, TweetDeleted, TweetLiked, TweetPosted, TweetUnliked, UserCreated, UserUpdated
from roost.store import Batch, ChoicesCache, MarksCache, TweetCache, UserCache, derive, rows


class Committer:
    """Every change of Roost's facts goes through here."""

    def __init__(
        self, log: EventLog, tweets: TweetCache, users: UserCache, marks: MarksCache, choices: ChoicesCache
    ) -> None:
        self._log = log
        self._tweets = tweets
        self._users = users
        self._marks = marks
        self._choices = choices

    async def commit(self, events: Sequence[Event], also: Batch | None = None) -> int:
        """Append events together with their rows, and with the rows of `also`; return when that is durable.

        Answers the position of the last event. Raises Conflict where a row that must be new exists, and
        Overloaded; nothing is changed then.
        """
        batch = also if also is not None else Batch()
        for event in events:
            derive(event, batch)
        position = await self._log.append(events, batch)
        for event in events:
            self._note(event)
        return position

    def _note(self, event: Event) -> None:
        """Tell the caches of a change that is durable."""
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
            case TweetLiked(like):
                self._marks.put(like.user_id, like.tweet_id, rows.Mark.LIKED, like.like_id)
            case TweetUnliked(like):
                self._marks.remove(like.user_id, like.tweet_id, rows.Mark.LIKED)
            case UserCreated(user) | UserUpdated(user):
                self._users.put(user.user_id, user)
            case _:
                self._choices.note(event)
