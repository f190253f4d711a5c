"""The hashtags that users show on their profiles."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from roost.errors import FieldProblem, Invalid, NotFound
from roost.ids import ID_MAX, unix_ms_of
from roost.limits import FEATURED_TAG_ROWS_MAX, FEATURED_TAGS_MAX, TAG_CHUNK_ROWS, TAG_SUGGESTIONS_MAX
from roost.model import TAG_CHARACTERS_MAX, FeaturedTag, TagFeatured, TagUnfeatured, Visibility, fold_tag
from roost.service.discovery import FeaturedTagView
from roost.service.local.kit import Kit
from roost.store import tables
from roost.text import validate_hashtag


class LocalFeaturedTags:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def of(self, user_id: int) -> list[FeaturedTagView]:
        """In the order in which they were featured. Raises NotFound where there is no such user."""
        return [await self._view(featured) for featured in await self._held(user_id)]

    async def feature(self, user_id: int, name: str) -> FeaturedTagView:
        """Show a hashtag. Raises Invalid for what can be none, and at the limit."""
        word = name.strip().removeprefix("#")
        try:
            tag = checked_tag(word)
        except NotFound as cause:
            raise _invalid("ERR_INVALID", "is not a hashtag") from cause
        async with self._kit.locks.hold("featured tags", user_id):
            held = await self._held(user_id)
            for featured in held:
                if featured.tag == tag:
                    return await self._view(featured)
            if len(held) >= FEATURED_TAGS_MAX:
                raise _invalid("ERR_TOO_MANY", f"would be more than {FEATURED_TAGS_MAX} featured hashtags")
            made = FeaturedTag(user_id, tag, self._kit.ids.next_id(), word)
            position = await self._kit.committer.commit([TagFeatured(made)])
        self._kit.positions.note(user_id, position)
        return await self._view(made)

    async def unfeature(self, user_id: int, feature_id: int) -> None:
        """Raises NotFound where the user shows no hashtag under that id."""
        for featured in await self._held(user_id):
            if featured.feature_id == feature_id:
                await self._remove(featured)
                return
        raise NotFound("Record not found")

    async def unfeature_tag(self, user_id: int, tag: str) -> None:
        """Show a hashtag no more; nothing happens where it was not shown. Raises NotFound for no hashtag."""
        folded = checked_tag(tag)
        for featured in await self._held(user_id):
            if featured.tag == folded:
                await self._remove(featured)

    async def suggestions(self, user_id: int) -> list[str]:
        """The hashtags that a user has used most lately, and does not show."""
        shown = {featured.tag for featured in await self._held(user_id)}
        newest = await self._kit.store.scan(
            tables.TWEETS_BY_AUTHOR, (user_id,), reverse=True, limit=TAG_CHUNK_ROWS
        )
        open_ids = [row.tweet_id for row in newest if row.visibility <= Visibility.UNLISTED]
        tweets = await self._kit.tweets.get_many(open_ids)
        used = Counter(tag for tweet in tweets if tweet is not None for tag in tweet.hashtags())
        return [tag for tag, _ in used.most_common() if tag not in shown][:TAG_SUGGESTIONS_MAX]

    async def featuring(self, user_id: int, tags: Sequence[str]) -> set[str]:
        """Those of some folded hashtags that a user shows."""
        if not user_id:
            return set()
        found = await self._kit.store.get_many(tables.FEATURED_TAGS, [(user_id, tag) for tag in tags])
        return {row.tag for row in found if row is not None}

    async def _held(self, user_id: int) -> list[FeaturedTag]:
        user = await self._kit.users.get(user_id)
        if user is None or user.is_gone:
            raise NotFound("Record not found")
        found = await self._kit.store.scan(tables.FEATURED_TAGS, (user_id,), limit=10 * FEATURED_TAGS_MAX)
        return sorted(found, key=lambda featured: featured.feature_id)

    async def _remove(self, featured: FeaturedTag) -> None:
        position = await self._kit.committer.commit([TagUnfeatured(featured)])
        self._kit.positions.note(featured.user_id, position)

    async def _view(self, featured: FeaturedTag) -> FeaturedTagView:
        (owner,) = await self._kit.hydration.users([featured.user_id])
        if owner is None:
            raise NotFound("Record not found")
        tweets, last_id = await self._used(featured.user_id, fold_tag(featured.tag))
        return FeaturedTagView(featured, owner, tweets, unix_ms_of(last_id) if last_id else 0)

    async def _used(self, user_id: int, tag: str) -> tuple[int, int]:
        """How many open tweets of a user have a hashtag, `FEATURED_TAG_ROWS_MAX` at most; the last one."""
        count = last_id = looked_at = 0
        bound = ID_MAX
        while looked_at < FEATURED_TAG_ROWS_MAX:
            chunk = await self._kit.store.scan(
                tables.AUTHOR_TAGS, (user_id, tag), below=(bound,), reverse=True, limit=TAG_CHUNK_ROWS
            )
            seen = [row for row in chunk if row.visibility <= Visibility.UNLISTED]
            count += len(seen)
            last_id = last_id or (seen[0].tweet_id if seen else 0)
            looked_at += len(chunk)
            if len(chunk) < TAG_CHUNK_ROWS:
                break
            bound = chunk[-1].tweet_id
            await asyncio.sleep(0)  # others get their turn
        return count, last_id


def _invalid(code: str, text: str) -> Invalid:
    return Invalid(f"Validation failed: Name {text}", {"name": (FieldProblem(code, text),)})


def checked_tag(tag: str) -> str:
    """A hashtag without its sign, folded. Raises NotFound for what can be none."""
    word = tag.removeprefix("#")
    if len(word) > TAG_CHARACTERS_MAX or not validate_hashtag(f"#{word}"):
        raise NotFound("Record not found")
    return fold_tag(word)
