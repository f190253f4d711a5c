"""What decides whether a tweet belongs on a timeline: of home, of followed hashtags, of a list."""

from typing import Protocol

from roost.assembly.home_rules import (
    HomeRelations,
    enters_by_tag,
    enters_following,
    enters_home,
)
from roost.model import RepliesPolicy, Tweet


class Rules(Protocol):
    @property
    def relations(self) -> HomeRelations: ...

    def enters(self, tweet: Tweet) -> bool:
        """Whether a tweet belongs there, a retweet's original aside."""
        ...

    def enters_openly(self, tweet: Tweet) -> bool:
        """Whether it does where everybody may come upon its author."""
        ...


class HomeRules:
    def __init__(self, relations: HomeRelations) -> None:
        self.relations = relations

    def enters(self, tweet: Tweet) -> bool:
        return enters_home(tweet, self.relations)

    def enters_openly(self, tweet: Tweet) -> bool:
        del tweet
        return False


class TagRules:
    """Followed hashtags; not by members of exclusive lists."""

    def __init__(self, relations: HomeRelations, tags: frozenset[str]) -> None:
        self.relations = relations
        self._tags = tags

    def enters(self, tweet: Tweet) -> bool:
        del tweet
        return False

    def enters_openly(self, tweet: Tweet) -> bool:
        if self.relations.leaves_out(tweet.author_id):
            return False
        return enters_by_tag(tweet, self._tags, self.relations)


class ListRules:
    """What a list's members say that its owner would read at home, with the list's own rule for replies; and
    its hashtags."""

    def __init__(
        self,
        relations: HomeRelations,
        member_ids: frozenset[int],
        replies: RepliesPolicy,
        tags: frozenset[str],
    ) -> None:
        self.relations = relations
        self._member_ids = member_ids
        self._replies = replies
        self._tags = tags

    def enters(self, tweet: Tweet) -> bool:
        if tweet.author_id not in self._member_ids or not enters_following(tweet, self.relations):
            return False
        return not tweet.is_reply or self._shows_reply_to(tweet.reply_to_author_id, tweet.author_id)

    def enters_openly(self, tweet: Tweet) -> bool:
        return bool(self._tags) and enters_by_tag(tweet, self._tags, self.relations)

    def _shows_reply_to(self, answered_id: int, author_id: int) -> bool:
        if answered_id in (author_id, self.relations.viewer_id):
            return True
        if self._replies is RepliesPolicy.LIST:
            return answered_id in self._member_ids
        return self._replies is RepliesPolicy.FOLLOWED and self.relations.follows(answered_id)
