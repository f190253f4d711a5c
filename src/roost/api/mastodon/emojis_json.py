"""Custom emojis, and which of them a text uses."""

import re
from collections.abc import Mapping

import msgspec

from roost.model import CustomEmoji

SHORTCODE = re.compile(r"(?<![A-Za-z0-9_:]):([A-Za-z0-9_]{2,40}):(?![A-Za-z0-9_:])")
_SUFFIXES = {"image/png": "png", "image/gif": "gif", "image/jpeg": "jpg", "image/webp": "webp"}
EMOJI_PATH = "/emojis/{name}"


def emoji_path(emoji: CustomEmoji) -> str:
    """Where its picture is, with the time of its last change, so that caches may keep it for good."""
    return f"/emojis/{emoji.shortcode}-{emoji.updated_ms}.{_SUFFIXES[emoji.content_type]}"


class EmojiJson(msgspec.Struct):
    shortcode: str
    url: str
    static_url: str
    visible_in_picker: bool
    category: str | None


class Emojis:
    """The custom emojis of the server, as far as they are known to this process."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._known: Mapping[str, CustomEmoji] = {}

    @property
    def known(self) -> Mapping[str, CustomEmoji]:
        """Another object after each change."""
        return self._known

    def use(self, known: Mapping[str, CustomEmoji]) -> None:
        self._known = known

    def of(self, *texts: str) -> list[EmojiJson]:
        """The emojis that some texts use, each once. 0.1 us where there are none, or no colons."""
        if not self._known:
            return []
        names = dict.fromkeys(name for text in texts if ":" in text for name in SHORTCODE.findall(text))
        return [self.json(self._known[name]) for name in names if name in self._known]

    def json(self, emoji: CustomEmoji) -> EmojiJson:
        url = self._public_url + emoji_path(emoji)
        return EmojiJson(emoji.shortcode, url, url, emoji.visible, emoji.category or None)
