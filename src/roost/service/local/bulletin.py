"""Announcements, reactions to them, and custom emojis."""

import re
from collections import Counter
from collections.abc import Callable, Mapping

import msgspec

from roost import limits
from roost.errors import FieldProblem, Forbidden, Invalid, NotFound
from roost.ingest import clean_text
from roost.model import (
    Announcement,
    AnnouncementDismissal,
    AnnouncementDismissed,
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementReaction,
    AnnouncementRemoved,
    AnnouncementUnreacted,
    CustomEmoji,
    EmojiAdded,
    EmojiRemoved,
)
from roost.service.local.kit import Kit
from roost.service.views import AnnouncementView
from roost.store import tables
from roost.text import is_emoji

EmojisChanged = Callable[[Mapping[str, CustomEmoji]], None]
SHORTCODE = re.compile(r"[a-zA-Z0-9_]{2,40}\Z")
_SIGNATURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/gif": b"GIF8",
    "image/jpeg": b"\xff\xd8\xff",
    "image/webp": b"RIFF",
}


class LocalBulletin:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._emojis: dict[str, CustomEmoji] = {}
        """Without their pictures."""
        self._listeners: list[EmojisChanged] = []

    async def load(self) -> None:
        """Read the emojis; called once, before anybody asks."""
        found = await self._kit.store.scan(tables.EMOJIS, (0,), limit=limits.CUSTOM_EMOJIS_MAX)
        self._use({emoji.shortcode: _without_picture(emoji) for emoji in found})

    async def announcements(self, viewer_id: int, dismissed: bool = False) -> list[AnnouncementView]:
        """Those that are shown now, newest first; with `dismissed` those too that the viewer dismissed."""
        store, now_ms = self._kit.store, self._kit.clock.now_ms()
        found = await store.scan(tables.ANNOUNCEMENTS, (0,), reverse=True, limit=limits.ANNOUNCEMENTS_MAX)
        shown = [each for each in found if each.starts_ms <= now_ms and not 0 < each.ends_ms <= now_ms]
        keys = [(viewer_id, each.announcement_id) for each in shown]
        read = await store.get_many(tables.ANNOUNCEMENT_DISMISSALS, keys)
        return [
            AnnouncementView(each, row is not None, await self._reactions(viewer_id, each.announcement_id))
            for each, row in zip(shown, read, strict=True)
            if dismissed or row is None
        ]

    async def announce(self, announcement: Announcement) -> Announcement:
        """Publish an announcement; under the id 0 it is a new one. Raises Invalid."""
        text = clean_text(announcement.text)
        if not text.strip() or len(text) > limits.ANNOUNCEMENT_CHARACTERS_MAX:
            raise _invalid("text", f"must have 1 to {limits.ANNOUNCEMENT_CHARACTERS_MAX} characters")
        if announcement.ends_ms and announcement.ends_ms <= announcement.starts_ms:
            raise _invalid("ends_at", "must be after the start")
        published = msgspec.structs.replace(
            announcement,
            announcement_id=announcement.announcement_id or self._kit.ids.next_id(),
            text=text,
            updated_ms=self._kit.clock.now_ms(),
        )
        await self._kit.committer.commit([AnnouncementPublished(published)])
        return published

    async def withdraw(self, announcement_id: int) -> None:
        """Raises NotFound."""
        announcement = await self._announcement(announcement_id)
        await self._kit.committer.commit([AnnouncementRemoved(announcement)])

    async def dismiss(self, user_id: int, announcement_id: int) -> None:
        """Raises NotFound."""
        await self._announcement(announcement_id)
        dismissal = AnnouncementDismissal(user_id, announcement_id)
        await self._kit.committer.commit([AnnouncementDismissed(dismissal)])

    async def react(self, user_id: int, announcement_id: int, name: str) -> None:
        """With an emoji or a custom one's shortcode. Raises NotFound, and Invalid for what is neither."""
        async with self._kit.locks.hold("announcement", announcement_id):
            await self._announcement(announcement_id)
            if name not in self._emojis and not is_emoji(name):
                raise _invalid("name", "is not a recognized emoji")
            kinds = {each for each, _, _ in await self._reactions(user_id, announcement_id)}
            if name not in kinds and len(kinds) >= limits.ANNOUNCEMENT_REACTIONS_MAX:
                raise _invalid("base", "Limit of different reactions reached")
            reaction = AnnouncementReaction(announcement_id, name, user_id)
            await self._kit.committer.commit([AnnouncementReacted(reaction)])

    async def unreact(self, user_id: int, announcement_id: int, name: str) -> None:
        """Raises NotFound."""
        await self._announcement(announcement_id)
        reaction = AnnouncementReaction(announcement_id, name, user_id)
        if await self._kit.store.get(tables.ANNOUNCEMENT_REACTIONS, (announcement_id, name, user_id)) is None:
            raise NotFound
        await self._kit.committer.commit([AnnouncementUnreacted(reaction)])

    async def add_emoji(self, emoji: CustomEmoji) -> CustomEmoji:
        """Add a custom emoji, or change the one of that shortcode. Raises Invalid, Forbidden at the limit."""
        if not SHORTCODE.match(emoji.shortcode):
            raise _invalid("shortcode", "must have 2 to 40 letters, digits and underscores")
        kind = next((kind for kind, start in _SIGNATURES.items() if emoji.image.startswith(start)), "")
        if not kind or len(emoji.image) > limits.EMOJI_BYTES_MAX:
            raise _invalid(
                "image", f"must be a PNG, GIF, JPEG or WebP of {limits.EMOJI_BYTES_MAX} bytes at most"
            )
        if len(self._emojis) >= limits.CUSTOM_EMOJIS_MAX and emoji.shortcode not in self._emojis:
            raise Forbidden(f"There are {limits.CUSTOM_EMOJIS_MAX} custom emojis, which is the limit")
        added = msgspec.structs.replace(emoji, content_type=kind, updated_ms=self._kit.clock.now_ms())
        await self._kit.committer.commit([EmojiAdded(added)])
        self._use({**self._emojis, emoji.shortcode: _without_picture(added)})
        return added

    async def remove_emoji(self, shortcode: str) -> None:
        """Raises NotFound."""
        emoji = self._emojis.get(shortcode)
        if emoji is None:
            raise NotFound
        await self._kit.committer.commit([EmojiRemoved(emoji)])
        self._use({name: each for name, each in self._emojis.items() if name != shortcode})

    def listen(self, listener: EmojisChanged) -> None:
        """Tell `listener` the custom emojis now, and after each change."""
        self._listeners.append(listener)
        listener(self._emojis)

    def emojis(self) -> Mapping[str, CustomEmoji]:
        """All custom emojis by shortcode, without their pictures; another mapping after each change."""
        return self._emojis

    async def emoji_picture(self, shortcode: str) -> CustomEmoji:
        """A custom emoji with its picture. Raises NotFound."""
        found = (
            await self._kit.store.get(tables.EMOJIS, (0, shortcode)) if shortcode in self._emojis else None
        )
        if found is None:
            raise NotFound
        return found

    def _use(self, emojis: dict[str, CustomEmoji]) -> None:
        self._emojis = emojis
        for listener in self._listeners:
            listener(emojis)

    async def _announcement(self, announcement_id: int) -> Announcement:
        found = await self._kit.store.get(tables.ANNOUNCEMENTS, (0, announcement_id))
        if found is None:
            raise NotFound
        return found

    async def _reactions(self, viewer_id: int, announcement_id: int) -> tuple[tuple[str, int, bool], ...]:
        found = await self._kit.store.scan(
            tables.ANNOUNCEMENT_REACTIONS, (announcement_id,), limit=limits.ANNOUNCEMENT_REACTION_ROWS_MAX
        )
        counts = Counter(row.name for row in found)
        mine = {row.name for row in found if row.user_id == viewer_id}
        return tuple((name, count, name in mine) for name, count in counts.items())


def _without_picture(emoji: CustomEmoji) -> CustomEmoji:
    return msgspec.structs.replace(emoji, image=b"")


def _invalid(field: str, text: str) -> Invalid:
    said = text if field == "base" else f"{field.replace('_', ' ').capitalize()} {text}"
    return Invalid(f"Validation failed: {said}", {field: (FieldProblem("ERR_INVALID", text),)})
