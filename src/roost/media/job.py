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
    PAGE = "page"
    """Read what a page of HTML says of itself; see `Page`."""


class Job(msgspec.Struct, frozen=True):
    """The file is the worker's standard input; what it makes goes to `folder`."""

    purpose: Purpose
    format: str
    folder: str = ""
    url: str = ""
    """Of a page: where it was found."""
    charset: str = ""
    """Of a page: how it is written, where its sender said so."""


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


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says of itself, within bounds. Empty and 0 for what it does not say; URLs are whole."""

    refusal: str = ""
    """Why it could not be read."""
    title: str = ""
    description: str = ""
    language: str = ""
    """An ISO 639 code."""
    provider_name: str = ""
    author_name: str = ""
    author_url: str = ""
    image_url: str = ""
    image_description: str = ""
    canonical_url: str = ""
    """Where the page wants to be known by; at the host where it was found."""
    player_url: str = ""
    """A page that plays its film or sound."""
    player_width: int = 0
    player_height: int = 0
    stream_url: str = ""
    published_ms: int = 0


class Refusal(Exception):
    """A worker's file cannot be taken; the text is for its sender."""
