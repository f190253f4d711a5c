"""Which tweets a timeline of everybody's may show to a viewer."""

from collections.abc import Sequence

from roost.graph import may_list, may_see, relations_with
from roost.model import Tweet, Visibility
from roost.service.local.kit import Kit


async def public_to(kit: Kit, viewer_id: int, tweets: Sequence[Tweet]) -> list[Tweet]:
    """Those of some tweets that are public, in order, and that this viewer may and wants to see.

    Not those of protected accounts, nor of whom the viewer blocks, mutes, or is blocked by. 30 us an author.
    """
    public = [tweet for tweet in tweets if tweet.visibility is Visibility.PUBLIC]
    author_ids = list(dict.fromkeys(tweet.author_id for tweet in public))
    users = {user.user_id: user for user in await kit.users.get_many(author_ids) if user is not None}
    relations = await relations_with(kit.store, viewer_id, author_ids, kit.clock.now_ms())

    def wanted(tweet: Tweet) -> bool:
        author = users.get(tweet.author_id)
        relation = relations.get(tweet.author_id)
        if author is None or author.protected or not may_list(author, viewer_id, relation):
            return False
        if relation is not None and (relation.block is not None or relation.mute is not None):
            return False
        return may_see(tweet, author, viewer_id, relation)

    return [tweet for tweet in public if wanted(tweet)]


async def worth_showing_to(kit: Kit, viewer_id: int, tweets: Sequence[Tweet]) -> list[Tweet]:
    """Those of some tweets that may be shown to a viewer who did not ask for them: public ones of accounts
    that want to be found, no answers, none marked as sensitive."""
    public = await public_to(kit, viewer_id, tweets)
    authors = await kit.users.get_many([tweet.author_id for tweet in public])
    return [
        tweet
        for tweet, author in zip(public, authors, strict=True)
        if author is not None and author.discoverable and not (tweet.is_reply or tweet.sensitive)
    ]
