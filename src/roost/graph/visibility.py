"""Who may see a tweet. Every answer that shows one asks here, at the moment it is read."""

from roost.model import QuotePolicy, Relation, Tweet, User, Visibility


def may_see(tweet: Tweet, author: User, viewer_id: int, relation: Relation | None) -> bool:
    """Whether `viewer_id` (0 for nobody in particular) may see a tweet by `author`.

    `relation` is what stands between the viewer and the author; it may be None for nobody, and for oneself.
    A retweet shows another tweet too, which has to be asked for by itself.
    """
    if author.is_gone:
        return False
    if viewer_id == tweet.author_id:
        return True
    if relation is not None and relation.blocked_by is not None:
        return False
    if tweet.visibility <= Visibility.UNLISTED and not author.protected:
        return True
    if viewer_id == 0:
        return False
    if viewer_id in tweet.addressed_ids:
        return True
    return tweet.visibility != Visibility.DIRECT and relation is not None and relation.follow is not None


def effective_visibility(tweet: Tweet, author: User) -> Visibility:
    """What the tweet's visibility amounts to: a protected account's tweets are for followers."""
    if author.protected and tweet.visibility < Visibility.FOLLOWERS:
        return Visibility.FOLLOWERS
    return tweet.visibility


def may_list(author: User, viewer_id: int, relation: Relation | None) -> bool:
    """Whether an account, and what it said, may be offered to a viewer who did not ask for it by name.

    Public timelines, search, trends and suggestions ask this. `relation` is as for `may_see`.
    """
    if author.is_gone:
        return False
    if not author.standing.silenced or viewer_id == author.user_id:
        return True
    return relation is not None and relation.follow is not None


def may_quote(tweet: Tweet, author: User, viewer_id: int, relation: Relation | None) -> bool:
    """Whether `viewer_id` may quote a tweet by `author` that they may see."""
    if viewer_id == tweet.author_id:
        return True
    if effective_visibility(tweet, author) >= Visibility.FOLLOWERS:
        return False
    if tweet.quote_policy is QuotePolicy.FOLLOWERS:
        return relation is not None and relation.follow is not None
    return tweet.quote_policy is QuotePolicy.PUBLIC
