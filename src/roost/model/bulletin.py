"""What a server's staff make for everybody: announcements and custom emojis."""

import msgspec


class Announcement(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A notice that every user is shown until they dismiss it. Its id is a snowflake."""

    announcement_id: int
    text: str
    starts_ms: int = 0
    ends_ms: int = 0
    """Both 0 where it has no end; else it is shown up to `ends_ms`."""
    all_day: bool = False
    updated_ms: int = 0


class AnnouncementReaction(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`name` is an emoji, or the shortcode of a custom one."""

    announcement_id: int
    name: str
    user_id: int


class AnnouncementDismissal(msgspec.Struct, frozen=True, array_like=True, gc=False):
    user_id: int
    announcement_id: int


class CustomEmoji(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A small picture that `:shortcode:` stands for."""

    shortcode: str
    content_type: str
    image: bytes
    category: str = ""
    visible: bool = True
    """Whether pickers offer it."""
    updated_ms: int = 0
