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
    tags: frozenset[str] = frozenset()
    deleted: bool = False


LIST, FOLLOWED, NONE = 1, 2, 3


@dataclass
class NaiveList:
    owner: int
    replies: int = LIST
    exclusive: bool = False
    members: set[int] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)


@dataclass
class NaiveWorld:
    tweets: dict[int, NaiveTweet] = field(default_factory=dict)
    follows: set[tuple[int, int]] = field(default_factory=set)
    quiet: set[tuple[int, int]] = field(default_factory=set)
    """Follows whose follower does not want the followee's retweets."""
    blocks: set[tuple[int, int]] = field(default_factory=set)
    mutes: set[tuple[int, int]] = field(default_factory=set)
    protected: set[int] = field(default_factory=set)
    followed_tags: set[tuple[int, str]] = field(default_factory=set)
    lists: dict[int, NaiveList] = field(default_factory=dict)

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
        if follower != followee:
            for naive_list in self.lists.values():
                if naive_list.owner == follower:
                    naive_list.members.discard(followee)

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
        if self.is_left_out(viewer, tweet.author):
            return False
        tags = {tag for user, tag in self.followed_tags if user == viewer}
        return self.is_followed(viewer, tweet) or self.is_tagged(viewer, tweet, tags)

    def is_left_out(self, viewer: int, author: int) -> bool:
        """Whether an exclusive list keeps what an author tweets away from home."""
        lists = self.lists.values()
        return viewer != author and any(
            one.owner == viewer and one.exclusive and author in one.members for one in lists
        )

    def is_tagged(self, viewer: int, tweet: NaiveTweet, tags: set[str]) -> bool:
        """Whether a tweet comes to a viewer by one of some hashtags."""
        if tweet.deleted or tweet.retweet_of is not None or tweet.visibility != PUBLIC:
            return False
        if not tags & tweet.tags or tweet.author == viewer:
            return bool(tags & tweet.tags)
        hidden = any(self.hides(viewer, user) for user in (tweet.author, *tweet.addressed))
        return not hidden and tweet.author not in self.protected

    def is_listed(self, one: NaiveList, tweet: NaiveTweet) -> bool:
        """Whether a tweet belongs on a list."""
        if self.is_tagged(one.owner, tweet, one.tags):
            return True
        if tweet.author not in one.members or not self.is_followed(one.owner, tweet):
            return False
        answered = tweet.reply_to_author
        if answered is None or answered in (tweet.author, one.owner):
            return True
        if one.replies == LIST:
            return answered in one.members
        return one.replies == FOLLOWED and (one.owner, answered) in self.follows

    def is_followed(self, viewer: int, tweet: NaiveTweet) -> bool:
        """Whether a tweet comes to a viewer by whom they follow."""
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
        """The whole timeline, newest first."""
        return _without_reposts([tweet for tweet in self.tweets.values() if self.belongs(viewer, tweet)])

    def list_timeline(self, list_id: int) -> list[int]:
        """The whole timeline of a list, newest first."""
        one = self.lists[list_id]
        return _without_reposts([tweet for tweet in self.tweets.values() if self.is_listed(one, tweet)])


def _without_reposts(entries: list[NaiveTweet]) -> list[int]:
    """Newest first; a retweet is left out where the same tweet is among the next 40."""
    entries.sort(key=lambda tweet: tweet.tweet_id, reverse=True)
    shown = [tweet.retweet_of or tweet.tweet_id for tweet in entries]
    return [
        tweet.tweet_id
        for index, tweet in enumerate(entries)
        if tweet.retweet_of is None or shown[index] not in shown[index + 1 : index + 1 + REPOST_WINDOW]
    ]
