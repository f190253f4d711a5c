"""What users do with tweets for themselves: bookmark them, pin their own, hear no more of a conversation."""

from roost.errors import FieldProblem, Invalid
from roost.graph import relation_between
from roost.limits import PINS_MAX
from roost.model import (
    Bookmark,
    ConversationMute,
    ConversationMuted,
    ConversationUnmuted,
    Event,
    Page,
    PageRequest,
    Pin,
    Tweet,
    TweetBookmarked,
    TweetPinned,
    TweetUnbookmarked,
    TweetUnpinned,
    Visibility,
)
from roost.service.local.kit import Kit
from roost.service.local.paging import scan_page
from roost.service.local.tweets import LocalTweets
from roost.service.views import TweetView
from roost.store import rows, tables


class LocalTweetMarks:
    """Marks of a retweet are its original's. Doing twice what was done changes nothing."""

    def __init__(self, kit: Kit, tweets: LocalTweets) -> None:
        self._kit = kit
        self._tweets = tweets

    async def bookmark(self, user_id: int, tweet_id: int) -> TweetView:
        """Raises NotFound."""
        tweet = await self._tweets.original(user_id, tweet_id)
        async with self._kit.locks.hold("mark", user_id, tweet.tweet_id):
            if not await self._mark(user_id, tweet.tweet_id, rows.Mark.BOOKMARKED):
                made = Bookmark(user_id, tweet.tweet_id, self._kit.ids.next_id())
                await self._commit(user_id, TweetBookmarked(made))
        return await self._tweets.view(tweet, user_id)

    async def unbookmark(self, user_id: int, tweet_id: int) -> TweetView:
        """Raises NotFound where the tweet may not be seen any more, too; the bookmark goes all the same."""
        tweet, original = await self._tweets.marked(tweet_id)
        async with self._kit.locks.hold("mark", user_id, original.tweet_id):
            held = await self._mark(user_id, original.tweet_id, rows.Mark.BOOKMARKED)
            if held:
                await self._commit(user_id, TweetUnbookmarked(Bookmark(user_id, original.tweet_id, held)))
        await self._tweets.check_seen(user_id, tweet)
        return await self._tweets.view(original, user_id)

    async def bookmarks(self, user_id: int, page: PageRequest) -> Page[TweetView]:
        """What a user bookmarked, newest bookmark first; what they may no longer see is left out."""
        found = await scan_page(
            self._kit.store, tables.BOOKMARKS, (user_id,), page, lambda mark: mark.bookmark_id
        )
        if not found:
            return Page(())
        views = await self._tweets.get_many(user_id, [mark.tweet_id for mark in found])
        return Page(tuple(views), found[0].bookmark_id, found[-1].bookmark_id, len(found) == page.limit)

    async def pin(self, user_id: int, tweet_id: int) -> TweetView:
        """Put one's tweet at the top of one's profile. Raises NotFound, and Invalid where it cannot stand
        there or `PINS_MAX` stand there already."""
        tweet = await self._tweets.visible_one(user_id, tweet_id)
        _check_pinnable(tweet, user_id)
        async with self._kit.locks.hold("pins", user_id):
            if not await self._mark(user_id, tweet_id, rows.Mark.PINNED):
                if len(await self._pinned(user_id)) >= PINS_MAX:
                    raise _unpinnable("ERR_TOO_MANY", "You have already pinned the maximum number of posts")
                await self._commit(user_id, TweetPinned(Pin(user_id, tweet_id, self._kit.ids.next_id())))
        return await self._tweets.view(tweet, user_id)

    async def unpin(self, user_id: int, tweet_id: int) -> TweetView:
        """Raises NotFound."""
        tweet = await self._tweets.visible_one(user_id, tweet_id)
        async with self._kit.locks.hold("pins", user_id):
            held = await self._mark(user_id, tweet_id, rows.Mark.PINNED)
            if held:
                await self._commit(user_id, TweetUnpinned(Pin(user_id, tweet_id, held)))
        return await self._tweets.view(tweet, user_id)

    async def pinned(self, viewer_id: int, user_id: int) -> list[TweetView]:
        """What a user pinned, newest pin first, as far as the viewer may see it; nothing where one blocks
        the other, as on the rest of the user's timeline."""
        relation = await relation_between(self._kit.store, viewer_id, user_id, self._kit.clock.now_ms())
        if relation.is_barred and viewer_id:
            return []
        seen = await self._tweets.visible(await self._pinned(user_id), viewer_id)
        return await self._kit.hydration.tweets(seen, viewer_id)

    async def mute_conversation(self, user_id: int, tweet_id: int) -> TweetView:
        """Do not tell the user of what is said in a tweet's conversation. Raises NotFound."""
        tweet = await self._tweets.original(user_id, tweet_id)
        async with self._kit.locks.hold("mark", user_id, tweet.root_id):
            if not await self._mark(user_id, tweet.root_id, rows.Mark.MUTED):
                mute = ConversationMute(user_id, tweet.root_id, self._kit.ids.next_id())
                await self._commit(user_id, ConversationMuted(mute))
        return await self._tweets.view(tweet, user_id)

    async def unmute_conversation(self, user_id: int, tweet_id: int) -> TweetView:
        """Raises NotFound."""
        tweet = await self._tweets.original(user_id, tweet_id)
        async with self._kit.locks.hold("mark", user_id, tweet.root_id):
            held = await self._mark(user_id, tweet.root_id, rows.Mark.MUTED)
            if held:
                await self._commit(
                    user_id, ConversationUnmuted(ConversationMute(user_id, tweet.root_id, held))
                )
        return await self._tweets.view(tweet, user_id)

    async def _mark(self, user_id: int, tweet_id: int, mark: rows.Mark) -> int:
        """The id of a mark; 0 where there is none."""
        marks = await self._kit.marks.of(user_id, [tweet_id])
        return marks.get(tweet_id, {}).get(mark, 0)

    async def _pinned(self, user_id: int) -> list[Tweet]:
        """Those of a user's pinned tweets that are there, newest pin first."""
        pins = await self._kit.store.scan(tables.PINS, (user_id,), reverse=True, limit=4 * PINS_MAX)
        found = await self._kit.tweets.get_many([pin.tweet_id for pin in pins])
        return [tweet for tweet in found if tweet is not None]

    async def _commit(self, user_id: int, event: Event) -> None:
        await self._kit.positions.settle(user_id, await self._kit.committer.commit([event]))


def _check_pinnable(tweet: Tweet, user_id: int) -> None:
    if tweet.author_id != user_id:
        raise _unpinnable("ERR_OWNERSHIP", "Someone else's post cannot be pinned")
    if tweet.is_retweet:
        raise _unpinnable("ERR_REBLOG", "A boost cannot be pinned")
    if tweet.visibility is Visibility.DIRECT:
        raise _unpinnable("ERR_DIRECT", "Posts that are only visible to mentioned users cannot be pinned")


def _unpinnable(code: str, text: str) -> Invalid:
    return Invalid(f"Validation failed: {text}", {"base": (FieldProblem(code, text),)})
