"""Which formats are taken, told by a file's first bytes: what its sender says it is means nothing."""

import msgspec


class Format(msgspec.Struct, frozen=True):
    name: str
    is_picture: bool
    may_move: bool = False
    """Whether a picture of this format can be animated."""
    content_types: tuple[str, ...] = ()
    """What clients call it; told to them, and never believed."""


_PICTURES = (
    Format("jpeg", True, content_types=("image/jpeg",)),
    Format("png", True, content_types=("image/png",)),
    Format("gif", True, may_move=True, content_types=("image/gif",)),
    Format("webp", True, may_move=True, content_types=("image/webp",)),
    Format("avif", True, content_types=("image/avif",)),
)
_FILMS = (
    Format(
        "mp4",
        False,
        content_types=("video/mp4", "video/quicktime", "audio/mp4", "audio/x-m4a", "audio/m4a", "audio/3gpp"),
    ),
    Format("matroska", False, content_types=("video/webm", "audio/webm", "video/x-matroska")),
    Format("ogg", False, content_types=("video/ogg", "audio/ogg", "audio/vorbis", "audio/opus")),
    Format("mp3", False, content_types=("audio/mpeg", "audio/mp3")),
    Format("flac", False, content_types=("audio/flac",)),
    Format("wav", False, content_types=("audio/wav", "audio/wave", "audio/x-wav", "audio/x-pn-wave")),
    Format("aac", False, content_types=("audio/aac",)),
)
FORMATS = {found.name: found for found in (*_PICTURES, *_FILMS)}

CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "m4a": "audio/mp4",
    "weba": "audio/webm",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "aac": "audio/aac",
    "bin": "application/octet-stream",
}
"""By the ending of the names under which Roost keeps files."""

HEAD_BYTES = 64
"""As many first bytes as `format_of` looks at."""


def format_of(head: bytes) -> Format | None:
    """The format of a file that begins so; None for what is not taken (SVG and HTML among it)."""
    name = _container(head) or _audio(head)
    return FORMATS[name] if name else None


def _container(head: bytes) -> str:
    if head[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return "avif" if head[8:12] in (b"avif", b"avis") else "mp4"
    return "matroska" if head[:4] == b"\x1a\x45\xdf\xa3" else ""


def _audio(head: bytes) -> str:
    if head[:4] == b"OggS":
        return "ogg"
    if head[:4] == b"fLaC":
        return "flac"
    if head[:3] == b"ID3":
        return "mp3"
    if len(head) >= 2 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "aac"
    return "mp3" if len(head) >= 2 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4) else ""
