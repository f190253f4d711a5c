"""What the server's process and a worker say to each other."""

import enum

import msgspec

from roost.model import MediaKind


class Purpose(enum.Enum):
    PROBE = "probe"
    """Only look whether it can be taken, and what it is."""
    MEDIA = "media"
    THUMBNAIL = "thumbnail"
    """The preview of another file."""
    AVATAR = "avatar"
    HEADER = "header"


class Job(msgspec.Struct, frozen=True):
    """The file is the worker's standard input; what it makes goes to `folder`."""

    purpose: Purpose
    format: str
    folder: str = ""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a job. `file` and `preview` are names in its folder; empty for none."""

    refusal: str = ""
    """Why the file cannot be taken, as words for its sender; all else means nothing then."""
    kind: MediaKind = MediaKind.IMAGE
    file: str = ""
    preview: str = ""
    width: int = 0
    height: int = 0
    preview_width: int = 0
    preview_height: int = 0
    duration_ms: int = 0
    frame_rate: float = 0.0
    blurhash: str = ""


class Refusal(Exception):
    """A worker's file cannot be taken; the text is for its sender."""
