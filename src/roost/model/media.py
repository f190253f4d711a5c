"""A picture, film or sound that a tweet shows."""

import enum

import msgspec


class MediaKind(enum.IntEnum):
    """Stored as its number."""

    IMAGE = 1
    GIFV = 2
    """A film without sound that is shown over and over, as animated pictures are."""
    VIDEO = 3
    AUDIO = 4


class Media(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of a file. A tweet holds it as it was when the tweet was posted or last edited.

    `file` and `preview` name blobs; empty where there is none, or not yet.
    """

    media_id: int
    owner_id: int
    kind: MediaKind
    content_type: str = ""
    file: str = ""
    preview: str = ""
    width: int = 0
    height: int = 0
    preview_width: int = 0
    preview_height: int = 0
    duration_ms: int = 0
    frame_rate: float = 0.0
    focus_x: float = 0.0
    focus_y: float = 0.0
    """The point that stays in sight when a preview is cropped: from -1 (left, bottom) to 1 (right, top)."""
    description: str = ""
    blurhash: str = ""
