"""Files as Mastodon's clients expect them: media attachments."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import msgspec

from roost.model import Media, MediaKind

KIND_NAMES = {
    MediaKind.IMAGE: "image",
    MediaKind.GIFV: "gifv",
    MediaKind.VIDEO: "video",
    MediaKind.AUDIO: "audio",
}
MEDIA_PATH = "/media"
_FRAME_RATE_DENOMINATOR_MAX = 1_001


class MediaAttachment(msgspec.Struct):
    id: str
    type: str
    url: str | None
    """Null while it is being processed."""
    preview_url: str | None
    remote_url: str | None
    preview_remote_url: str | None
    text_url: str | None
    meta: dict[str, Any]
    description: str | None
    blurhash: str | None


def media_url(public_url: str, name: str) -> str:
    """Where a blob is served."""
    return f"{public_url}{MEDIA_PATH}/{name}"


def attachment(media: Media, public_url: str, ready: bool = True) -> MediaAttachment:
    """A file. One that is not ready has no address yet."""
    preview = media.preview or (media.file if media.kind == MediaKind.IMAGE else "")
    return MediaAttachment(
        id=str(media.media_id),
        type=KIND_NAMES[media.kind],
        url=media_url(public_url, media.file) if ready and media.file else None,
        preview_url=media_url(public_url, preview) if ready and preview else None,
        remote_url=None,
        preview_remote_url=None,
        text_url=None,
        meta=_meta(media) if ready else _focus(media),
        description=media.description or None,
        blurhash=media.blurhash or None,
    )


def attachments(found: Sequence[Media], public_url: str) -> list[MediaAttachment]:
    """The files of a tweet, in order."""
    return [attachment(media, public_url) for media in found]


def _meta(media: Media) -> dict[str, Any]:
    seconds = media.duration_ms / 1000
    if media.kind == MediaKind.AUDIO:
        length = {"length": _length(media.duration_ms), "duration": seconds}
        meta: dict[str, Any] = {**length, "original": {"duration": seconds}}
        return meta | _small(media)
    size = _size(media.width, media.height)
    meta = {"original": dict(size), **_small(media)}
    meta |= _focus(media)
    if media.kind != MediaKind.IMAGE:
        rate = str(Fraction(media.frame_rate).limit_denominator(_FRAME_RATE_DENOMINATOR_MAX))
        rate = rate if "/" in rate else f"{rate}/1"
        meta["original"] |= {"frame_rate": rate, "duration": seconds}
        del meta["original"]["size"], meta["original"]["aspect"]
        meta |= {"length": _length(media.duration_ms), "duration": seconds, **size}
        meta["fps"] = round(media.frame_rate)
    return meta


def _focus(media: Media) -> dict[str, Any]:
    """What stays in sight; known before anything else of a file is."""
    return {} if media.kind == MediaKind.AUDIO else {"focus": {"x": media.focus_x, "y": media.focus_y}}


def _small(media: Media) -> dict[str, Any]:
    if not media.preview_width:
        return {}
    return {"small": _size(media.preview_width, media.preview_height)}


def _size(width: int, height: int) -> dict[str, Any]:
    aspect = width / height if height else 0.0
    return {"width": width, "height": height, "size": f"{width}x{height}", "aspect": aspect}


def _length(duration_ms: int) -> str:
    """As h:mm:ss.cc."""
    seconds, ms = divmod(duration_ms, 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms // 10:02d}"
