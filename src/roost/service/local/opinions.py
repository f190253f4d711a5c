"""Whether tweets belong on timelines that a reader put together: lists, and homes with exclusive lists or
followed hashtags. Asked with the very rules that these timelines are read with."""

from collections.abc import Callable, Sequence

from roost.assembly import HomeRules, HotRelations, Judge, ListRules, Rules, TagRules
from roost.model import Tweet, Visibility
from roost.push import Happening, MessageKind, Topic, TopicKind
from roost.service.local.kit import Kit
from roost.store import ListContents, tables

Likely = Callable[[Tweet], bool]
_TOLD = (MessageKind.TWEET, MessageKind.EDIT)


class Opinions:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._looked_at: tuple[Sequence[Happening], frozenset[int]] = ((), frozenset())
        """Some happenings, and the authors of their tweets: many topics are asked about the same ones."""

    async def heard(self, topic: Topic, owner_id: int, happenings: Sequence[Happening]) -> set[int]:
        """The positions of tweets, and of deletions, that the owner of a list or a home timeline is told of.
        About 20 us a topic, and 5 us a tweet that may belong there; 2 us for a list that none is of."""
        kit = self._kit
        if topic.kind is TopicKind.LIST and not await self._may_hear(topic.key, happenings):
            return set()
        graph = kit.reader.state.graph
        row = graph.row_of(owner_id)
        if row < 0:
            return set()
        choices = await kit.choices.of(owner_id)
        relations = HotRelations(graph, owner_id, row, kit.clock.now_ms(), choices.left_out)
        if topic.kind is TopicKind.HOME:
            rules: list[Rules] = [HomeRules(relations)]
            if choices.tags:
                rules.append(TagRules(relations, frozenset(choices.tags)))
            return await self._heard(
                happenings, rules, lambda tweet: _follows_any(relations, choices.tags, tweet)
            )
        userlist = await kit.store.get(tables.LISTS, (owner_id, topic.key))
        if userlist is None:
            return set()
        contents = await kit.choices.list_contents(topic.key)
        tags = frozenset(contents.tags)
        rules = [ListRules(relations, contents.member_ids, userlist.replies, tags)]
        return await self._heard(happenings, rules, lambda tweet: _is_of(contents, tweet))

    async def _may_hear(self, list_id: int, happenings: Sequence[Happening]) -> bool:
        """Whether any of some happenings may be of a list."""
        contents = await self._kit.choices.list_contents(list_id)
        if self._looked_at[0] is not happenings:
            authors = frozenset(each.tweet.author_id for each in happenings if each.tweet is not None)
            self._looked_at = happenings, authors
        return bool(contents.tags) or not contents.member_ids.isdisjoint(self._looked_at[1])

    async def _heard(self, happenings: Sequence[Happening], rules: list[Rules], likely: Likely) -> set[int]:
        found: set[int] = set()
        asked: list[Happening] = []
        for happening in happenings:
            if happening.tweet is None or not likely(happening.tweet):
                continue
            if happening.kind is MessageKind.DELETION:
                found.add(happening.position)
            elif happening.kind in _TOLD:
                asked.append(happening)
        for each in rules:
            judge = Judge(self._kit.tweets, self._kit.users, each)
            ids = [happening.tweet.tweet_id for happening in asked if happening.tweet is not None]
            entries = await judge.entries(ids) if ids else []
            found.update(
                happening.position
                for happening, entry in zip(asked, entries, strict=True)
                if entry is not None
            )
        return found


def _follows_any(relations: HotRelations, tags: Sequence[str], tweet: Tweet) -> bool:
    """Whether a tweet may be on a home timeline, or may have been."""
    author_id, viewer_id = tweet.author_id, relations.viewer_id
    if viewer_id == author_id or viewer_id in tweet.addressed_ids:
        return True
    if tweet.visibility < Visibility.DIRECT and relations.follows(author_id):
        return True
    return _is_tagged(tags, tweet)


def _is_of(contents: ListContents, tweet: Tweet) -> bool:
    is_member = tweet.author_id in contents.member_ids and tweet.visibility < Visibility.DIRECT
    return is_member or _is_tagged(contents.tags, tweet)


def _is_tagged(tags: Sequence[str], tweet: Tweet) -> bool:
    if not tags or tweet.visibility != Visibility.PUBLIC:
        return False
    return not set(tags).isdisjoint(tweet.hashtags())
