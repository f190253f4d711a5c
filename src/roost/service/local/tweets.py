"""Tweets: post, read, delete, retweet, like, and the conversation around one."""

from collections.abc import Sequence
from contextlib import AsyncExitStack

from roost.errors import Forbidden, NotFound
from roost.graph import may_see, relation_between, relations_with
from roost.ingest import Draft
from roost.limits import DELETIONS_LOOKED_BACK, LOG_READ_EVENTS_MAX
from roost.model import (
    Event,
    Like,
    Page,
    PageRequest,
    Pin,
    Tweet,
    TweetDeleted,
    TweetLiked,
    TweetPosted,
    TweetUnliked,
    TweetUnpinned,
    User,
    Visibility,
)
from roost.service.local.kit import Kit
from roost.service.local.media import LocalMedia
from roost.service.local.paging import scan_page
from roost.service.views import TweetView, UserView
from roost.store import rows, tables, without_text

_RETWEETS_AT_ONCE = 200


class LocalTweets:
    def __init__(self, kit: Kit, media: LocalMedia) -> None:
        self._kit = kit
        self._media = media

    async def post(self, author_id: int, draft: Draft, key: str = "") -> TweetView:
        """Post a tweet; durable when this returns. The same `key` within an hour answers the first tweet.

        Raises Invalid, NotFound where what it answers or quotes is not to be seen, Overloaded.
        """
        author = await self._author(author_id)
        async with AsyncExitStack() as held:
            if key:
                await held.enter_async_context(self._kit.locks.hold("idempotency", author_id, key))
            if draft.media_ids and await self._kit.pipeline.earlier(author_id, key) is None:
                draft = await self._media.taken(author_id, draft, held)
            posted = await self._kit.pipeline.post(author, draft, key)
        await self._kit.positions.settle(author_id, posted.position)
        return await self.view(posted.tweet, author_id)

    async def get(self, viewer_id: int, tweet_id: int) -> TweetView:
        """Raises NotFound where there is no such tweet, or the viewer may not see it."""
        return await self.view(await self.visible_one(viewer_id, tweet_id), viewer_id)

    async def get_many(self, viewer_id: int, tweet_ids: Sequence[int]) -> list[TweetView]:
        """Those that are there and may be seen, in order."""
        found = await self._kit.tweets.get_many(tweet_ids)
        tweets = await self.visible([tweet for tweet in found if tweet is not None], viewer_id)
        return await self._kit.hydration.tweets(tweets, viewer_id)

    async def delete(self, author_id: int, tweet_id: int, with_media: bool = False) -> TweetView:
        """Delete one's own tweet, and everybody's retweets of it; answers what it was. Raises NotFound.

        Its files stay for a day, to be posted anew, but `with_media` go at once.
        """
        async with self._kit.locks.hold("tweet", tweet_id):
            tweet = await self._kit.tweets.get(tweet_id)
            if tweet is None or tweet.author_id != author_id:
                raise NotFound("Record not found")
            view = await self.view(tweet, author_id)
            events: list[Event] = [TweetDeleted(without_text(tweet))]
            pin_id = (await self._kit.marks.of(author_id, [tweet_id])).get(tweet_id, {}).get(rows.Mark.PINNED)
            if pin_id is not None:
                events.insert(0, TweetUnpinned(Pin(author_id, tweet_id, pin_id)))
            removed = await self._media.removal(tweet.media) if with_media else []
            retweets = await self._some_retweets(tweet_id)
            position = await self._kit.committer.commit([*events, *removed, *retweets])
            position = max(position, await self._delete_retweets(tweet_id))
        if removed:
            await self._media.remove_blobs()
        await self._kit.positions.settle(author_id, position)
        return view

    async def retweet(
        self, author_id: int, tweet_id: int, visibility: Visibility = Visibility.PUBLIC
    ) -> TweetView:
        """Retweet a tweet, once; answers the retweet. Of a retweet, the original is retweeted.

        Raises NotFound where it may not be seen, Forbidden where it may not be passed on.
        """
        author = await self._author(author_id)
        original = await self.original(author_id, tweet_id)
        async with self._kit.locks.hold("mark", author_id, original.tweet_id):
            marks = await self._kit.marks.of(author_id, [original.tweet_id])
            held = marks.get(original.tweet_id, {}).get(rows.Mark.RETWEETED)
            earlier = await self._kit.tweets.get(held) if held is not None else None
            if earlier is not None:
                return await self.view(earlier, author_id)
            widest = await self._widest_retweet(author, original)
            retweet = Tweet(
                self._kit.ids.next_id(),
                author_id,
                visibility=max(visibility, widest),
                retweet_of_id=original.tweet_id,
                retweet_of_author_id=original.author_id,
            )
            self._kit.committer.check_there(original.tweet_id)
            position = await self._kit.committer.commit([TweetPosted(retweet)])
        await self._kit.positions.settle(author_id, position)
        return await self.view(retweet, author_id)

    async def unretweet(self, author_id: int, tweet_id: int) -> TweetView:
        """Take one's retweet back; answers the original.

        Raises NotFound where that may not be seen any more, too; the retweet is gone then all the same.
        """
        tweet, original = await self.marked(tweet_id)
        async with self._kit.locks.hold("mark", author_id, original.tweet_id):
            marks = await self._kit.marks.of(author_id, [original.tweet_id])
            held = marks.get(original.tweet_id, {}).get(rows.Mark.RETWEETED)
            retweet = await self._kit.tweets.get(held) if held is not None else None
            if retweet is not None:
                position = await self._kit.committer.commit([TweetDeleted(without_text(retweet))])
                await self._kit.positions.settle(author_id, position)
        await self.check_seen(author_id, tweet)
        return await self.view(original, author_id)

    async def like(self, user_id: int, tweet_id: int) -> TweetView:
        """Like a tweet, once."""
        original = await self.original(user_id, tweet_id)
        async with self._kit.locks.hold("mark", user_id, original.tweet_id):
            marks = await self._kit.marks.of(user_id, [original.tweet_id])
            if rows.Mark.LIKED not in marks.get(original.tweet_id, {}):
                like = Like(user_id, original.tweet_id, original.author_id, self._kit.ids.next_id())
                self._kit.committer.check_there(original.tweet_id)
                position = await self._kit.committer.commit([TweetLiked(like)])
                await self._kit.positions.settle(user_id, position)
        return await self.view(original, user_id)

    async def unlike(self, user_id: int, tweet_id: int) -> TweetView:
        """Take a like back.

        Raises NotFound where the tweet may not be seen any more, too; the like is gone then all the same.
        """
        tweet, original = await self.marked(tweet_id)
        async with self._kit.locks.hold("mark", user_id, original.tweet_id):
            marks = await self._kit.marks.of(user_id, [original.tweet_id])
            like_id = marks.get(original.tweet_id, {}).get(rows.Mark.LIKED)
            if like_id is not None:
                like = Like(user_id, original.tweet_id, original.author_id, like_id)
                position = await self._kit.committer.commit([TweetUnliked(like)])
                await self._kit.positions.settle(user_id, position)
        await self.check_seen(user_id, tweet)
        return await self.view(original, user_id)

    async def likers(self, viewer_id: int, tweet_id: int, page: PageRequest) -> Page[UserView]:
        """Who liked a tweet, as far as the viewer may see what they do, newest like first."""
        tweet = await self.original(viewer_id, tweet_id)
        found = await scan_page(
            self._kit.store, tables.LIKES, (tweet.tweet_id,), page, lambda like: like.like_id
        )
        users = await self._seen_users(viewer_id, [like.user_id for like in found])
        return _users_page([like.like_id for like in found], users, page)

    async def retweeters(self, viewer_id: int, tweet_id: int, page: PageRequest) -> Page[UserView]:
        """Who retweeted a tweet for all to see, as far as the viewer may see what they do, newest first."""
        tweet = await self.original(viewer_id, tweet_id)
        found = await scan_page(
            self._kit.store, tables.RETWEETS, (tweet.tweet_id,), page, lambda row: row.tweet_id
        )
        users = await self._seen_users(viewer_id, [row.author_id for row in found])
        seen = [
            user if row.visibility < Visibility.FOLLOWERS else None
            for row, user in zip(found, users, strict=True)
        ]
        return _users_page([row.tweet_id for row in found], seen, page)

    async def likes(self, user_id: int, page: PageRequest) -> Page[TweetView]:
        """What a user liked, newest like first; what they may no longer see is left out."""
        found = await scan_page(
            self._kit.store, tables.LIKES_OF_USER, (user_id,), page, lambda like: like.like_id
        )
        views = await self.get_many(user_id, [like.tweet_id for like in found])
        if not found:
            return Page(())
        return Page(tuple(views), found[0].like_id, found[-1].like_id, len(found) == page.limit)

    async def visible(self, tweets: Sequence[Tweet], viewer_id: int) -> list[Tweet]:
        """Those of some tweets that a viewer may see, their originals included; in order."""
        kit = self._kit
        originals = {
            tweet.tweet_id: tweet
            for tweet in await kit.tweets.get_many([t.retweet_of_id for t in tweets if t.retweet_of_id])
            if tweet is not None
        }
        author_ids = [tweet.author_id for tweet in (*tweets, *originals.values())]
        users = {user.user_id: user for user in await kit.users.get_many(author_ids) if user is not None}
        relations = await relations_with(kit.store, viewer_id, author_ids, kit.clock.now_ms())

        def seen(tweet: Tweet | None) -> bool:
            author = users.get(tweet.author_id) if tweet is not None else None
            if tweet is None or author is None:
                return False
            return may_see(tweet, author, viewer_id, relations.get(author.user_id))

        return [
            tweet
            for tweet in tweets
            if seen(tweet) and (not tweet.retweet_of_id or seen(originals.get(tweet.retweet_of_id)))
        ]

    async def _delete_retweets(self, tweet_id: int) -> int:
        """Delete the retweets of a tweet that is gone with the first of them; answers the last change's log
        position, or 0.

        Nobody sees these since the tweet went; after a crash on the way `finish_deletions` goes on.
        """
        position = 0
        while events := await self._some_retweets(tweet_id):
            position = await self._kit.committer.commit(events)
        return position

    async def finish_deletions(self) -> None:
        """Go on with deletions of retweets that a crash cut short, as the end of the log tells of them."""
        log = self._kit.log
        after = max(log.first - 1, log.last - DELETIONS_LOOKED_BACK)
        wanted: dict[int, None] = {}
        while after < log.last:
            events = await log.read(after, LOG_READ_EVENTS_MAX)
            for event in events.events:
                if isinstance(event, TweetDeleted):
                    wanted[event.tweet.retweet_of_id or event.tweet.tweet_id] = None
            after = events.last
        for tweet_id in wanted:
            if await self._kit.tweets.get(tweet_id) is None:
                await self._delete_retweets(tweet_id)

    async def _some_retweets(self, tweet_id: int) -> list[Event]:
        """What deletes some of a tweet's retweets."""
        found = await self._kit.store.scan(tables.RETWEETS, (tweet_id,), limit=_RETWEETS_AT_ONCE)
        retweets = await self._kit.tweets.get_many([row.tweet_id for row in found])
        return [TweetDeleted(without_text(retweet)) for retweet in retweets if retweet is not None]

    async def _seen_users(self, viewer_id: int, user_ids: Sequence[int]) -> list[UserView | None]:
        """Some users, but None for whom the viewer may not see act: as it is with their public tweets."""
        kit = self._kit
        relations = await relations_with(kit.store, viewer_id, user_ids, kit.clock.now_ms())

        def acts_openly(user: User) -> bool:
            return may_see(Tweet(0, user.user_id), user, viewer_id, relations.get(user.user_id))

        views = await kit.hydration.users(user_ids)
        return [view if view is not None and acts_openly(view.user) else None for view in views]

    async def visible_one(self, viewer_id: int, tweet_id: int) -> Tweet:
        """A tweet that the viewer may see. Raises NotFound."""
        tweet = await self._kit.tweets.get(tweet_id)
        if tweet is None:
            raise NotFound("Record not found")
        await self.check_seen(viewer_id, tweet)
        return tweet

    async def original(self, viewer_id: int, tweet_id: int) -> Tweet:
        """A tweet that the viewer may see; of a retweet, what it shows."""
        tweet = await self.visible_one(viewer_id, tweet_id)
        if not tweet.retweet_of_id:
            return tweet
        return await self.visible_one(viewer_id, tweet.retweet_of_id)

    async def marked(self, tweet_id: int) -> tuple[Tweet, Tweet]:
        """A tweet, and what a mark on it is kept for: of a retweet, what it shows. Whoever may see them."""
        tweet = await self._kit.tweets.get(tweet_id)
        original = tweet
        if tweet is not None and tweet.retweet_of_id:
            original = await self._kit.tweets.get(tweet.retweet_of_id)
        if tweet is None or original is None:
            raise NotFound("Record not found")
        return tweet, original

    async def check_seen(self, viewer_id: int, tweet: Tweet) -> None:
        """Raises NotFound where a tweet may not be seen."""
        if not await self.visible([tweet], viewer_id):
            raise NotFound("Record not found")

    async def _widest_retweet(self, author: User, original: Tweet) -> Visibility:
        """The widest visibility that a retweet may have. Raises Forbidden where there is none."""
        own = original.author_id == author.user_id
        if original.visibility == Visibility.DIRECT:
            raise Forbidden("This action is not allowed")
        if original.visibility == Visibility.FOLLOWERS:
            if not own:
                raise Forbidden("This action is not allowed")
            return Visibility.FOLLOWERS
        if not own:
            other = await self._author(original.author_id)
            relation = await relation_between(
                self._kit.store, author.user_id, other.user_id, self._kit.clock.now_ms()
            )
            if other.protected or relation.is_barred:
                raise Forbidden("This action is not allowed")
        return Visibility.PUBLIC

    async def _author(self, user_id: int) -> User:
        user = await self._kit.users.get(user_id)
        if user is None:
            raise NotFound("Record not found")
        return user

    async def view(self, tweet: Tweet, viewer_id: int) -> TweetView:
        views = await self._kit.hydration.tweets([tweet], viewer_id)
        if not views:
            raise NotFound("Record not found")
        return views[0]


def _users_page(
    edge_ids: Sequence[int], users: Sequence[UserView | None], page: PageRequest
) -> Page[UserView]:
    if not edge_ids:
        return Page(())
    items = tuple(user for user in users if user is not None)
    return Page(items, edge_ids[0], edge_ids[-1], len(edge_ids) == page.limit)
