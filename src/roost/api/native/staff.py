"""What the staff do that Mastodon's API has no endpoint for: announcements, emojis, acting by name."""

import base64
import binascii
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, json_answer
from roost.api.router import Handler, Route
from roost.errors import FieldProblem, Invalid, NotFound
from roost.ids import ID_MAX
from roost.limits import EMOJI_BYTES_MAX
from roost.model import Announcement, CustomEmoji, ModerationAction, Role

ActionName = Literal[
    "warn",
    "mark_sensitive",
    "unmark_sensitive",
    "silence",
    "unsilence",
    "disable",
    "enable",
    "suspend",
    "unsuspend",
    "approve",
    "delete",
]
Milliseconds = Annotated[int, Meta(ge=0, le=1 << 50, description="Since the Unix epoch; 0 for no bound.")]


class ModerateForm(msgspec.Struct):
    username: str
    action: ActionName
    reason: str = ""
    """What the account's owner is told."""


class Moderated(msgspec.Struct):
    username: str
    action: str


class AnnounceForm(msgspec.Struct):
    text: str
    id: Annotated[int, Meta(ge=0, le=ID_MAX, description="Of one to change; 0 for a new one.")] = 0
    starts_ms: Milliseconds = 0
    ends_ms: Milliseconds = 0
    all_day: bool = False


class AnnouncementAnswer(msgspec.Struct):
    id: str
    text: str


class EmojiForm(msgspec.Struct):
    shortcode: str
    image: Annotated[str, Meta(description="The picture (PNG, GIF, JPEG or WebP) in base64.")]
    category: str = ""
    visible: bool = True


class EmojiAnswer(msgspec.Struct):
    shortcode: str


def routes() -> list[Route]:
    def route(
        method: str,
        name: str,
        handler: Handler,
        summary: str,
        takes: type[msgspec.Struct] | None,
        answers: Any,
        role: Role = Role.ADMIN,
    ) -> Route:
        return Route(
            method=method,
            path=f"/roost/v1/admin/{name}",
            handler=handler,
            summary=summary,
            scope="admin:read" if method == "GET" else "admin:write",
            role=role,
            takes=takes,
            answers=answers,
            body_bytes_max=2 * EMOJI_BYTES_MAX if name == "emojis" else 0,
        )

    nothing, announced = dict[str, Any], AnnouncementAnswer
    return [
        route("POST", "moderate", moderate, "Act on an account.", ModerateForm, Moderated, Role.MODERATOR),
        route("GET", "announcements", announcements, "Announcements.", None, list[announced]),  # type: ignore[valid-type]
        route("POST", "announcements", announce, "Make or change one.", AnnounceForm, announced),
        route("DELETE", "announcements/{id}", withdraw, "Take an announcement back.", None, nothing),
        route("POST", "emojis", add_emoji, "Add or replace a custom emoji.", EmojiForm, EmojiAnswer),
        route("DELETE", "emojis/{shortcode}", remove_emoji, "Remove a custom emoji.", None, nothing),
    ]


async def moderate(call: Call) -> Answer:
    form = call.take(ModerateForm)
    action = ModerationAction[form.action.upper()]
    user_id = await call.service.moderation.id_of(form.username)
    await call.service.moderation.act(call.user_id, user_id, action, form.reason)
    return json_answer(Moderated(form.username, form.action))


async def announcements(call: Call) -> Answer:
    found = await call.service.bulletin.announcements(0, dismissed=True)
    return json_answer(
        [AnnouncementAnswer(str(each.announcement.announcement_id), each.announcement.text) for each in found]
    )


async def announce(call: Call) -> Answer:
    form = call.take(AnnounceForm)
    made = await call.service.bulletin.announce(
        Announcement(form.id, form.text, form.starts_ms, form.ends_ms, form.all_day)
    )
    return json_answer(AnnouncementAnswer(str(made.announcement_id), made.text))


async def withdraw(call: Call) -> Answer:
    text = call.path["id"]
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        raise NotFound
    await call.service.bulletin.withdraw(int(text))
    return json_answer({})


async def add_emoji(call: Call) -> Answer:
    form = call.take(EmojiForm)
    try:
        image = base64.b64decode(form.image, validate=True)
    except (binascii.Error, ValueError) as cause:
        problem = FieldProblem("ERR_INVALID", "is not base64")
        raise Invalid(f"Validation failed: Image {problem.text}", {"image": (problem,)}) from cause
    emoji = CustomEmoji(form.shortcode, "", image, form.category[:100], form.visible)
    return json_answer(EmojiAnswer((await call.service.bulletin.add_emoji(emoji)).shortcode))


async def remove_emoji(call: Call) -> Answer:
    await call.service.bulletin.remove_emoji(call.path["shortcode"])
    return json_answer({})
