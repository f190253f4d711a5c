"""Editing tweets, and what they said before."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

import msgspec

from roost.errors import NotFound
from roost.ingest import Revision, ask
from roost.limits import TWEET_EDITS_MAX
from roost.media import SentFile
from roost.model import ComposedPoll, Edit, Event, Media, MediaKept, Poll, QuotePolicySet, Tweet, TweetEdited
from roost.service.local.kit import Kit
from roost.service.local.media import LocalMedia, remove_later
from roost.service.local.media_rules import check_change
from roost.service.local.tweets import LocalTweets
from roost.service.views import History, MediaChange, TweetChange, TweetView
from roost.store import Batch, tables


class LocalTweetEdits:
    def __init__(self, kit: Kit, tweets: LocalTweets, files: LocalMedia) -> None:
        self._kit = kit
        self._tweets = tweets
        self._files = files

    async def edit(self, author_id: int, tweet_id: int, change: TweetChange) -> TweetView:
        """Have one's tweet say something else; its id, its place and whom it answers or quotes stay.

        An edit that changes nothing makes no version. Raises NotFound, and Invalid as for a new tweet.
        """
        for said in change.media_changes.values():
            check_change(said)
        async with AsyncExitStack() as held:
            await held.enter_async_context(self._kit.locks.hold("tweet", tweet_id))
            for media_id in sorted(set(change.media_ids)):
                await held.enter_async_context(self._kit.locks.hold("media", media_id))
            before = await self._kit.tweets.get(tweet_id)
            if before is None or before.author_id != author_id or before.is_retweet:
                raise NotFound("Record not found")
            tweet = await self._revised(before, change)
            events: list[Event] = []
            if tweet is not before:
                events += await self._redescribed(tweet.media)
                events.append(TweetEdited(Edit(tweet, before)))
            if change.quote_policy not in (None, tweet.quote_policy):
                tweet = msgspec.structs.replace(tweet, quote_policy=change.quote_policy)
                events.append(QuotePolicySet(tweet))
            if events:
                batch = Batch()
                remove_later(_previews_gone(before, tweet), batch)
                position = await self._kit.committer.commit(events, batch)
                await self._kit.positions.settle(author_id, position)
        return await self._tweets.view(tweet, author_id)

    async def history(self, viewer_id: int, tweet_id: int) -> History:
        """A tweet's versions. Files that it has no more are shown in none of them. Raises NotFound."""
        tweet = await self._tweets.original(viewer_id, tweet_id)
        view = await self._tweets.view(tweet, viewer_id)
        found = await self._kit.store.scan(tables.TWEET_VERSIONS, (tweet.tweet_id,), limit=TWEET_EDITS_MAX)
        earlier = [msgspec.structs.replace(row.tweet, media=_still_there(row.tweet, tweet)) for row in found]
        return History(view, (*earlier, tweet))

    async def _redescribed(self, media: Sequence[Media]) -> list[MediaKept]:
        """The events that have files say of themselves what the tweet says of them."""
        found = await self._kit.store.get_many(tables.UPLOADS, [(one.media_id,) for one in media])
        return [
            MediaKept(msgspec.structs.replace(upload, media=one))
            for upload, one in zip(found, media, strict=True)
            if upload is not None and upload.media != one
        ]

    async def _revised(self, before: Tweet, change: TweetChange) -> Tweet:
        media = await self._files.attachable(before.author_id, change.media_ids, before.tweet_id)
        media = _described(media, before.media, change.media_changes)
        media = tuple([await self._previewed(one, change.thumbnails) for one in media])
        revision = Revision(
            text=change.text,
            spoiler=change.spoiler,
            sensitive=change.sensitive,
            language=change.language or before.language,
            media=media,
            poll=_asked(before, change.poll, self._kit.clock.now_ms()),
        )
        return await self._kit.pipeline.revise(before, revision)

    async def _previewed(self, media: Media, thumbnails: Mapping[int, SentFile]) -> Media:
        thumbnail = thumbnails.get(media.media_id)
        return media if thumbnail is None else await self._files.with_thumbnail(media, thumbnail)


def _previews_gone(before: Tweet, tweet: Tweet) -> list[str]:
    """The previews that files which a tweet keeps have no more."""
    now = {media.media_id: media.preview for media in tweet.media}
    kept = [media for media in before.media if media.media_id in now]
    return [media.preview for media in kept if now[media.media_id] != media.preview]


def _still_there(version: Tweet, tweet: Tweet) -> tuple[Media, ...]:
    """The files of a version that its tweet still has, as they were described, with the previews of now."""
    now = {media.media_id: media for media in tweet.media}
    return tuple(
        msgspec.structs.replace(
            now[media.media_id],
            description=media.description,
            focus_x=media.focus_x,
            focus_y=media.focus_y,
        )
        for media in version.media
        if media.media_id in now
    )


def _described(
    media: Sequence[Media], before: Sequence[Media], changes: Mapping[int, MediaChange]
) -> tuple[Media, ...]:
    """Files as a tweet has had them until now, or as they are; with what is said of them from now on."""
    held = {one.media_id: one for one in before}
    return tuple(_changed(held.get(one.media_id, one), changes.get(one.media_id)) for one in media)


def _changed(media: Media, change: MediaChange | None) -> Media:
    if change is None:
        return media
    check_change(change)
    focus_x, focus_y = change.focus or (media.focus_x, media.focus_y)
    description = media.description if change.description is None else change.description
    return msgspec.structs.replace(media, description=description, focus_x=focus_x, focus_y=focus_y)


def _asked(before: Tweet, composed: ComposedPoll | None, now_ms: int) -> Poll | None:
    """A tweet's poll after an edit. Another question is another edition, which nobody has voted in."""
    if composed is None:
        return None
    poll, asked = before.poll, ask(composed, now_ms, before.edits + 1)
    if poll is None or (poll.options, poll.multiple) != (asked.options, asked.multiple):
        return asked
    if poll.hides_totals == asked.hides_totals:
        return poll
    return msgspec.structs.replace(poll, hides_totals=asked.hides_totals)
