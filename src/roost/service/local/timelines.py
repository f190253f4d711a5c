"""Timelines: home, public, and a user's own."""

import asyncio
from collections.abc import Sequence

from roost.errors import NotFound
from roost.graph import relation_between
from roost.ids import ID_MAX, first_id_at
from roost.limits import PUBLIC_SCAN_ROWS_MAX, USER_SCAN_ROWS_MAX
from roost.model import Page, PageRequest, Tweet, Visibility, fold_tag
from roost.service.local.kit import Kit
from roost.service.local.public import public_to
from roost.service.local.tweets import LocalTweets
from roost.service.views import TweetView, UserTimelineFilter
from roost.store import rows, tables, tweets_above, tweets_below


class LocalTimelines:
    def __init__(self, kit: Kit, tweets: LocalTweets) -> None:
        self._kit = kit
        self._tweets = tweets

    async def home(self, viewer_id: int, page: PageRequest) -> Page[TweetView]:
        """A page of the viewer's home timeline, in strictly descending order of id, without holes."""
        kit = self._kit
        applied = await kit.positions.caught_up(viewer_id)
        found = await kit.assembly.page(viewer_id, page, applied)
        if page.max_id == ID_MAX and found.row >= 0:
            kit.writer.note_read(found.row, urgent=not found.had_ring)
        ids = found.ids
        if not ids:
            return Page(())
        views = await kit.hydration.tweets_by_id(ids, viewer_id)
        return Page(tuple(views), ids[0], ids[-1], len(ids) == page.limit)

    async def of_list(self, viewer_id: int, list_id: int, page: PageRequest) -> Page[TweetView]:
        """A page of one of the viewer's lists, in strictly descending order of id, without holes.

        Raises NotFound where they have no such list.
        """
        kit = self._kit
        userlist = await kit.store.get(tables.LISTS, (viewer_id, list_id))
        if userlist is None:
            raise NotFound
        applied = await kit.positions.caught_up(viewer_id)
        contents = await kit.choices.list_contents(list_id)
        ids = await kit.list_assembly.page(userlist, contents, page, applied)
        if not ids:
            return Page(())
        views = await kit.hydration.tweets_by_id(ids, viewer_id)
        return Page(tuple(views), ids[0], ids[-1], len(ids) == page.limit)

    async def public(self, viewer_id: int, page: PageRequest) -> Page[TweetView]:
        """A page of everybody's public tweets, without retweets and without replies to others.

        Looks at `PUBLIC_SCAN_ROWS_MAX` tweets at most; a page may be short for it, and then goes on from its
        cursor.
        """
        looked_at, found = await self._public_scan(viewer_id, page)
        views = await self._kit.hydration.tweets_by_id([tweet.tweet_id for tweet in found], viewer_id)
        full = len(found) == page.limit or len(looked_at) >= PUBLIC_SCAN_ROWS_MAX
        if not found and not full:
            return Page(())
        if not found:
            return Page((), max(looked_at), min(looked_at), full)
        oldest = found[-1].tweet_id if len(found) == page.limit else min(looked_at)
        return Page(tuple(views), found[0].tweet_id, oldest, full)

    async def user(
        self, viewer_id: int, user_id: int, page: PageRequest, leave_out: UserTimelineFilter
    ) -> Page[TweetView]:
        """A page of one user's tweets, as far as the viewer may see them.

        Looks at `USER_SCAN_ROWS_MAX` tweets or few more; a page may be short for it, and then goes on from
        its cursor.
        """
        author = await self._kit.users.get(user_id)
        relation = await relation_between(self._kit.store, viewer_id, user_id, self._kit.clock.now_ms())
        if author is None or author.is_gone or (relation.is_barred and viewer_id):
            return Page(())
        looked_at, wanted, ended = await self._user_scan(viewer_id, user_id, page, leave_out)
        views = await self._kit.hydration.tweets(wanted, viewer_id)
        if len(wanted) < page.limit and not ended:
            return Page(tuple(views), max(looked_at), min(looked_at), True)
        if not wanted:
            return Page(())
        return Page(tuple(views), wanted[0].tweet_id, wanted[-1].tweet_id, len(wanted) == page.limit)

    async def _user_scan(
        self, viewer_id: int, user_id: int, page: PageRequest, leave_out: UserTimelineFilter
    ) -> tuple[list[int], list[Tweet], bool]:
        """The ids looked at, the tweets that belong on the page, newest first; whether these are the last."""
        looked_at: list[int] = []
        wanted: list[Tweet] = []
        bound = page.low if page.ascending else page.max_id
        chunk_rows = max(2 * page.limit, 40)
        ended = False
        while len(wanted) < page.limit and len(looked_at) < USER_SCAN_ROWS_MAX and not ended:
            if looked_at:
                await asyncio.sleep(0)  # others get their turn
            found = await self._author_chunk(user_id, page, bound, chunk_rows)
            likely = [row for row in found if not _left_out(row, leave_out)]
            wanted.extend(await self._seen(likely, viewer_id, leave_out.tag))
            looked_at.extend(row.tweet_id for row in found)
            ended = len(found) < chunk_rows
            bound = found[-1].tweet_id if found else bound
        del wanted[page.limit :]
        wanted.sort(key=lambda tweet: tweet.tweet_id, reverse=True)
        return looked_at, wanted, ended

    async def _author_chunk(
        self, user_id: int, page: PageRequest, bound: int, limit: int
    ) -> list[rows.AuthorTweetRow]:
        """The next rows of the author index in the page's direction from `bound` (exclusive) on."""
        low, high = (bound, page.max_id) if page.ascending else (page.low, bound)
        return await self._kit.store.scan(
            tables.TWEETS_BY_AUTHOR,
            (user_id,),
            above=(low,) if low > 0 else None,
            below=(high,) if high < ID_MAX else None,
            reverse=not page.ascending,
            limit=limit,
        )

    async def _seen(self, index_rows: Sequence[rows.AuthorTweetRow], viewer_id: int, tag: str) -> list[Tweet]:
        found = await self._kit.tweets.get_many([row.tweet_id for row in index_rows])
        tweets = [tweet for tweet in found if tweet is not None]
        if tag:
            tweets = [tweet for tweet in tweets if fold_tag(tag) in tweet.hashtags()]
        return await self._tweets.visible(tweets, viewer_id)

    async def _public_scan(self, viewer_id: int, page: PageRequest) -> tuple[list[int], list[Tweet]]:
        """The ids looked at, in the page's direction, and the tweets that belong on it, newest first."""
        now_id = first_id_at(self._kit.clock.now_ms() + 1_000)
        store = self._kit.store
        chunk_rows = 3 * page.limit
        if page.ascending:
            chunks = tweets_above(store, page.low, chunk_rows)
        else:
            chunks = tweets_below(store, min(page.max_id, now_id), chunk_rows)
        looked_at: list[int] = []
        found: list[Tweet] = []
        async for chunk in chunks:
            inside = [tweet for tweet in chunk if page.low < tweet.tweet_id < page.max_id]
            likely = [tweet for tweet in inside if _is_public_original(tweet)]
            found.extend(await public_to(self._kit, viewer_id, likely))
            looked_at.extend(tweet.tweet_id for tweet in inside)
            if len(found) >= page.limit or len(looked_at) >= PUBLIC_SCAN_ROWS_MAX or len(inside) < len(chunk):
                break
        del found[page.limit :]
        found.sort(key=lambda tweet: tweet.tweet_id, reverse=True)
        return looked_at, found


def _is_public_original(tweet: Tweet) -> bool:
    if tweet.visibility != Visibility.PUBLIC or tweet.retweet_of_id:
        return False
    return not tweet.is_reply or tweet.reply_to_author_id == tweet.author_id


def _left_out(row: rows.AuthorTweetRow, leave_out: UserTimelineFilter) -> bool:
    if leave_out.without_media and not row.has_media:
        return True
    if leave_out.direct and row.visibility is Visibility.DIRECT:
        return True
    if leave_out.retweets and row.retweet_of_id:
        return True
    return leave_out.replies and row.reply_to_id != 0 and row.reply_to_author_id != row.author_id
