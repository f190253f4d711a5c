"""A shard in miniature: what happens to it, done as the kernels ask for it, and the truth about it."""

from collections import deque
from dataclasses import dataclass, field, replace

from roost.kernels import KEEP, QUIET, TO_ALL, TO_NONE
from roost.model import Visibility

from . import naive
from .paired import NO_BOUND, Answers, Pair

LEVEL_WITHHELD = 4
"""Withheld tweets are pushed to rings of this level and above only."""


@dataclass
class Post:
    tweet: naive.Tweet
    addressed: set[int] = field(default_factory=set)


class Shard:
    def __init__(self, users: int, capacity: int, author_entries: int, columns: int) -> None:
        self.pair = Pair(users, users, capacity, author_entries, columns)
        self.posts: dict[int, Post] = {}
        self.deferred: deque[naive.Job] = deque()
        self.newest = 0

    def next_id(self) -> int:
        """With room below it, so that a marker is never another tweet's id."""
        self.newest += 4
        return self.newest

    def post(self, post: Post, how: str) -> None:
        """To columns, the author's ring and extra rows now; to followers too, or later, or to some levels."""
        tweet, pair = post.tweet, self.pair
        self.posts[tweet.tweet_id] = post
        pair.add_tweet(tweet)
        pair.push_author(tweet.author, tweet.tweet_id)
        job = self._job(post)
        if how == "later":
            pair.open_delivery(tweet.author)
            self.deferred.append(replace(job, value=-job.value, extra_rows=[]))
            job.other = TO_NONE
        elif how == "withheld":
            pair.note_missed(tweet.author, tweet.tweet_id, LEVEL_WITHHELD)
            job.low_level = LEVEL_WITHHELD
        pair.deliver([job])

    def _job(self, post: Post) -> naive.Job:
        tweet = post.tweet
        extra = {tweet.author, *post.addressed, tweet.reply_author} - {None}
        other = TO_ALL
        if tweet.visibility == Visibility.DIRECT or (tweet.is_reply and tweet.reply_author is None):
            other = TO_NONE
        elif tweet.is_reply and tweet.reply_author != tweet.author:
            other = tweet.reply_author
        is_retweet = tweet.retweet_of != 0
        return naive.Job(tweet.author, tweet.tweet_id, other, is_retweet=is_retweet, extra_rows=sorted(extra))

    def settle(self, count: int) -> None:
        """Some of the deferred deliveries, the oldest first."""
        for _ in range(min(count, len(self.deferred))):
            job = self.deferred.popleft()
            self.pair.deliver([job])
            self.pair.close_delivery(job.author)

    def delete(self, tweet_id: int) -> None:
        self.posts[tweet_id].tweet.is_deleted = True
        self.pair.delete(tweet_id)

    def follow(self, follower: int, followee: int, flags: int) -> None:
        """A ring knows nothing of what it was not sent: it is built anew where more is to be seen."""
        self.pair.follow(follower, followee, flags)
        ring = self.pair.naive.rings.of.get(follower)
        if ring is not None:
            self.pair.drop(follower)
            self.pair.build(follower, ring.level)

    def unfollow(self, follower: int, followee: int) -> None:
        self.pair.unfollow(follower, followee)
        self.pair.remove(follower, followee)

    def belongs(self, viewer: int, post: Post, hidden: set[int]) -> bool:
        """The truth, with nothing forgotten. What is not known of a retweet's original does not hide it."""
        tweet, follows = post.tweet, self.pair.naive.follows
        edge = 0 if tweet.author == viewer else follows.flags(viewer, tweet.author)
        if tweet.is_deleted or edge < 0 or (tweet.author in hidden and tweet.author != viewer):
            return False
        if tweet.visibility == Visibility.DIRECT and viewer not in (tweet.author, *post.addressed):
            return False
        if tweet.is_reply and tweet.author != viewer and tweet.reply_author not in (viewer, tweet.author):
            answered = tweet.reply_author
            if answered is None or answered in hidden or follows.flags(viewer, answered) < 0:
                return False
        if tweet.retweet_of == 0:
            return True
        return not edge & QUIET and self._original_may_be_seen(viewer, tweet, hidden)

    def _original_may_be_seen(self, viewer: int, tweet: naive.Tweet, hidden: set[int]) -> bool:
        post, author = self.posts.get(tweet.retweet_of), tweet.retweet_author
        if post is None or author is None:
            return True
        if post.tweet.is_deleted:
            return False
        if post.tweet.visibility == Visibility.DIRECT:
            return viewer in (author, *post.addressed)
        if author in (viewer, tweet.author):
            return True
        is_private = post.tweet.visibility == Visibility.FOLLOWERS or author in self.pair.naive.protected
        is_followed = self.pair.naive.follows.flags(viewer, author) >= 0
        return author not in hidden and (is_followed or not is_private)

    def timeline(self, viewer: int, hidden: set[int]) -> list[int]:
        return sorted(
            (key for key, post in self.posts.items() if self.belongs(viewer, post, hidden)), reverse=True
        )

    def settled(self, viewer: int, answers: Answers, hidden: set[int]) -> list[int]:
        """The answers' ids; where the columns did not say enough, the tweet itself is looked at."""
        return [
            tweet_id
            for tweet_id, _, verdict in answers
            if verdict == KEEP or self.belongs(viewer, self.posts[tweet_id], hidden)
        ]

    def walk(self, viewer: int, need: int, hidden: set[int]) -> tuple[list[int], int]:
        """All pages, one below the other: the ids, and where the durable index has to go on."""
        ids, high = [], NO_BOUND
        while True:
            answers, exact_above = self.pair.gather_home(viewer, high, need, hidden)
            ids += self.settled(viewer, answers, hidden)
            if len(answers) < need or exact_above == 0:
                return ids, exact_above
            high = answers[-1][0]
