"""The home timeline as it should be, in the plainest Python: nothing stored but what happened.

`home(viewer)` goes through every tweet there ever was. What it answers is the truth that Roost is held
against.
"""

from dataclasses import dataclass, field

REPOST_WINDOW = 40

PUBLIC, UNLISTED, FOLLOWERS, DIRECT = range(4)


@dataclass
class NaiveTweet:
    tweet_id: int
    author: int
    visibility: int = PUBLIC
    reply_to_author: int | None = None
    retweet_of: int | None = None
    addressed: frozenset[int] = frozenset()
    deleted: bool = False


@dataclass
class NaiveWorld:
    tweets: dict[int, NaiveTweet] = field(default_factory=dict)
    follows: set[tuple[int, int]] = field(default_factory=set)
    quiet: set[tuple[int, int]] = field(default_factory=set)
    """Follows whose follower does not want the followee's retweets."""
    blocks: set[tuple[int, int]] = field(default_factory=set)
    mutes: set[tuple[int, int]] = field(default_factory=set)
    protected: set[int] = field(default_factory=set)

    # -- what happens

    def post(self, tweet: NaiveTweet) -> None:
        self.tweets[tweet.tweet_id] = tweet

    def delete(self, tweet_id: int) -> None:
        for tweet in self.tweets.values():
            if tweet_id in (tweet.tweet_id, tweet.retweet_of):
                tweet.deleted = True

    def follow(self, follower: int, followee: int, quiet: bool) -> None:
        if self.barred(follower, followee):
            return
        self.follows.add((follower, followee))
        self.quiet.discard((follower, followee))
        if quiet:
            self.quiet.add((follower, followee))

    def unfollow(self, follower: int, followee: int) -> None:
        self.follows.discard((follower, followee))
        self.quiet.discard((follower, followee))

    def block(self, source: int, target: int) -> None:
        self.blocks.add((source, target))
        self.unfollow(source, target)
        self.unfollow(target, source)

    # -- what is

    def barred(self, one: int, other: int) -> bool:
        return (one, other) in self.blocks or (other, one) in self.blocks

    def hides(self, viewer: int, other: int) -> bool:
        return self.barred(viewer, other) or (viewer, other) in self.mutes

    def follows_or_is(self, viewer: int, other: int) -> bool:
        return viewer == other or (viewer, other) in self.follows

    def belongs(self, viewer: int, tweet: NaiveTweet) -> bool:
        """Whether a tweet belongs on a viewer's home timeline."""
        author = tweet.author
        if tweet.deleted or not self.follows_or_is(viewer, author):
            return False
        if author != viewer:
            if self.hides(viewer, author):
                return False
            if tweet.visibility == DIRECT:
                return viewer in tweet.addressed
            answered = tweet.reply_to_author
            to_somebody_else = answered is not None and answered not in (viewer, author)
            if to_somebody_else and (
                self.hides(viewer, answered) or not self.follows_or_is(viewer, answered)
            ):
                return False
        return tweet.retweet_of is None or self.retweet_belongs(viewer, tweet)

    def retweet_belongs(self, viewer: int, tweet: NaiveTweet) -> bool:
        original = self.tweets[tweet.retweet_of or 0]
        if original.deleted or (viewer, tweet.author) in self.quiet:
            return False
        if original.author in (viewer, tweet.author):
            return True
        if self.hides(viewer, original.author):
            return False
        if original.visibility == FOLLOWERS or original.author in self.protected:
            return (viewer, original.author) in self.follows
        return True

    def home(self, viewer: int) -> list[int]:
        """The whole timeline, newest first.

        A retweet is left out where the same tweet is among the next 40.
        """
        entries = [tweet for tweet in self.tweets.values() if self.belongs(viewer, tweet)]
        entries.sort(key=lambda tweet: tweet.tweet_id, reverse=True)
        shown = [tweet.retweet_of or tweet.tweet_id for tweet in entries]
        return [
            tweet.tweet_id
            for index, tweet in enumerate(entries)
            if tweet.retweet_of is None or shown[index] not in shown[index + 1 : index + 1 + REPOST_WINDOW]
        ]
