"""Announcements and custom emojis, for users."""

from typing import Any
from urllib.parse import unquote

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.emojis_json import EMOJI_PATH, EmojiJson
from roost.api.mastodon.text import note_html, timestamp
from roost.api.router import Handler, Route
from roost.ids import unix_ms_of
from roost.service import AnnouncementView


class Reaction(msgspec.Struct):
    name: str
    count: int
    me: bool
    url: str | msgspec.UnsetType = msgspec.UNSET
    """Of a custom emoji, its picture; so with `static_url`."""
    static_url: str | msgspec.UnsetType = msgspec.UNSET


class AnnouncementJson(msgspec.Struct):
    id: str
    content: str
    starts_at: str | None
    ends_at: str | None
    all_day: bool
    published_at: str
    updated_at: str
    read: bool
    mentions: list[Any]
    statuses: list[Any]
    tags: list[Any]
    emojis: list[EmojiJson]
    reactions: list[Reaction]


class AnnouncementsForm(msgspec.Struct):
    with_dismissed: bool = True


class Bulletin:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        one = "/api/v1/announcements/{id}"
        reaction = f"{one}/reactions/{{name}}"

        def change(method: str, path: str, handler: Handler, summary: str, scope: str) -> Route:
            return Route(
                method=method,
                path=path,
                handler=handler,
                summary=summary,
                scope=scope,
                needs_user=True,
                takes=NoParameters,
                answers=dict[str, Any],
            )

        return [
            Route(
                method="GET",
                path="/api/v1/announcements",
                handler=self.announcements,
                summary="What the server's staff announces now.",
                needs_user=True,
                takes=AnnouncementsForm,
                answers=list[AnnouncementJson],
            ),
            change("POST", f"{one}/dismiss", self.dismiss, "Mark an announcement as read.", "write:accounts"),
            change("PUT", reaction, self.react, "React to an announcement.", "write:favourites"),
            change("DELETE", reaction, self.unreact, "Take a reaction back.", "write:favourites"),
            Route(
                method="GET",
                path="/api/v1/custom_emojis",
                same_for_all=True,
                handler=self.emojis,
                summary="The server's own emojis.",
                answers=list[EmojiJson],
                has_validator=True,
            ),
            Route(
                method="GET",
                path=EMOJI_PATH,
                handler=self.picture,
                summary="The picture of a custom emoji.",
                answers="image/*",
                has_validator=True,
                rate="",
                same_for_all=True,
            ),
        ]

    async def announcements(self, call: Call) -> Answer:
        form = call.take(AnnouncementsForm)
        views = await call.service.bulletin.announcements(call.user_id, form.with_dismissed)
        return json_answer([self.announcement(view) for view in views])

    async def dismiss(self, call: Call) -> Answer:
        await call.service.bulletin.dismiss(call.user_id, path_id(call))
        return json_answer({})

    async def react(self, call: Call) -> Answer:
        await call.service.bulletin.react(call.user_id, path_id(call), _name(call))
        return json_answer({})

    async def unreact(self, call: Call) -> Answer:
        await call.service.bulletin.unreact(call.user_id, path_id(call), _name(call))
        return json_answer({})

    async def emojis(self, call: Call) -> Answer:
        known = call.service.bulletin.emojis()
        return json_answer([self._mastodon.emojis.json(known[name]) for name in sorted(known)])

    async def picture(self, call: Call) -> Answer:
        shortcode = call.path["name"].partition("-")[0]
        emoji = await call.service.bulletin.emoji_picture(shortcode)
        headers = {"Content-Type": emoji.content_type, "Cache-Control": "public, max-age=31536000, immutable"}
        return Answer(200, emoji.image, headers)

    def announcement(self, view: AnnouncementView) -> AnnouncementJson:
        """An announcement, as whoever the view was made for sees it."""
        announcement = view.announcement
        published_ms = announcement.starts_ms or unix_ms_of(announcement.announcement_id)
        return AnnouncementJson(
            id=str(announcement.announcement_id),
            content=note_html(announcement.text, self._mastodon.public_url),
            starts_at=timestamp(announcement.starts_ms) if announcement.starts_ms else None,
            ends_at=timestamp(announcement.ends_ms) if announcement.ends_ms else None,
            all_day=announcement.all_day,
            published_at=timestamp(published_ms),
            updated_at=timestamp(announcement.updated_ms),
            read=view.read,
            mentions=[],
            statuses=[],
            tags=[],
            emojis=self._mastodon.emojis.of(announcement.text),
            reactions=[self._reaction(*each) for each in view.reactions],
        )

    def _reaction(self, name: str, count: int, me: bool) -> Reaction:
        emoji = self._mastodon.emojis.known.get(name)
        if emoji is None:
            return Reaction(name, count, me)
        shown = self._mastodon.emojis.json(emoji)
        return Reaction(name, count, me, shown.url, shown.static_url)


def _name(call: Call) -> str:
    return unquote(call.path["name"])
