"""Which tweets belong on a home timeline."""

from typing import Protocol

from roost.model import Tweet, Visibility


class HomeRelations(Protocol):
    """What judging needs to know of a home timeline's owner."""

    viewer_id: int

    def follows(self, user_id: int) -> bool: ...

    def shows_retweets_of(self, user_id: int) -> bool: ...

    def hides(self, user_id: int) -> bool:
        """A block either way, or a mute."""
        ...

    def leaves_out(self, user_id: int) -> bool:
        """On one of the owner's exclusive lists: read there, and not at home."""
        ...

    def followee_ids(self) -> list[int]: ...


def enters_home(tweet: Tweet, relations: HomeRelations) -> bool:
    """Whether a tweet belongs on a home timeline, a retweet's original aside.

    One's own; and what `enters_following`, but by whom an exclusive list leaves out.
    """
    if relations.leaves_out(tweet.author_id) and tweet.author_id != relations.viewer_id:
        return False
    return enters_following(tweet, relations)


def enters_following(tweet: Tweet, relations: HomeRelations) -> bool:
    """Whether a tweet is of what one follows, a retweet's original aside.

    The same rules as `kernels.gather.judge`, for whole tweets: one's own; and of those one follows: no
    hidden author, no retweets where they are not wanted, direct ones if addressed to oneself, replies only
    if they answer oneself, their own author, or somebody one follows too.
    """
    viewer_id = relations.viewer_id
    author_id = tweet.author_id
    if author_id == viewer_id:
        return True
    if not relations.follows(author_id) or relations.hides(author_id):
        return False
    if tweet.retweet_of_id and not relations.shows_retweets_of(author_id):
        return False
    if tweet.visibility == Visibility.DIRECT:
        return viewer_id in tweet.addressed_ids
    answered_id = tweet.reply_to_author_id
    if not tweet.is_reply or answered_id in (viewer_id, author_id):
        return True
    return answered_id != 0 and not relations.hides(answered_id) and relations.follows(answered_id)


def enters_home_retweeted(
    original: Tweet, protected: bool, retweeter_id: int, relations: HomeRelations
) -> bool:
    """Whether a retweet that `enters_home` may show its original there; `protected` is the original author's
    account."""
    viewer_id = relations.viewer_id
    author_id = original.author_id
    if author_id == viewer_id:
        return True
    if author_id != retweeter_id and relations.hides(author_id):
        return False
    if original.visibility == Visibility.DIRECT:
        return viewer_id in original.addressed_ids
    if author_id == retweeter_id:
        return True
    restricted = protected or original.visibility == Visibility.FOLLOWERS
    return not restricted or relations.follows(author_id)


def enters_by_tag(tweet: Tweet, tags: frozenset[str], relations: HomeRelations) -> bool:
    """Whether a tweet belongs where some hashtags are read, if everybody may come upon its author.

    Public originals, replies among them: one's own, and those that neither are by nor mention whom one hides.
    """
    if tweet.visibility != Visibility.PUBLIC or tweet.retweet_of_id or tags.isdisjoint(tweet.hashtags()):
        return False
    involved = (tweet.author_id, *tweet.addressed_ids)
    return tweet.author_id == relations.viewer_id or not any(map(relations.hides, involved))
