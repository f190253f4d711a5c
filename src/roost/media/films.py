"""Films and sounds: looked into, and packed anew without what else was in the file.

What is inside is not encoded anew: a browser can play it as it is, or it is refused. A container is opened as
what its first bytes say and as nothing else, so that no file can name another one to be read.
"""

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
from PIL import Image

from roost.limits import FILM_ENCODED_PIXELS_MAX, FILM_FRAME_RATE_MAX, FILM_PIXELS_MAX
from roost.media.encoding import encode_film
from roost.media.formats import HEAD_BYTES, format_of
from roost.media.job import Made, Refusal
from roost.media.pictures import check_size, decoded, open_picture, with_preview
from roost.model import MediaKind

_PICTURE_CODECS = {"mp4": ("h264", "av1", "vp9"), "webm": ("vp8", "vp9", "av1")}
_SOUND_CODECS = {"mp4": ("aac", "mp3", "opus", "flac"), "webm": ("opus", "vorbis")}
_SOUND_FILES = {
    "mp3": ("mp3", "mp3", ("mp3",)),
    "flac": ("flac", "flac", ("flac",)),
    "ogg": ("ogg", "ogg", ("vorbis", "opus", "flac")),
    "wav": ("wav", "wav", ("pcm_s16le", "pcm_u8", "pcm_s24le", "pcm_s32le", "pcm_f32le")),
    "aac": ("adts", "aac", ("aac",)),
    "mp4": ("ipod", "m4a", ("aac", "alac", "mp3")),
    "matroska": ("webm", "weba", ("opus", "vorbis")),
}
"""By format: the container to write, the ending of its name, and what it may hold."""

_Input = av.container.InputContainer
_REORDERED_MAX = 32
"""Packets of a stream that may come before the first whose time of decoding is known."""


class _Parts:
    """The streams of a file that are shown."""

    def __init__(self, container: _Input) -> None:
        streams = container.streams
        covers = [stream for stream in streams.video if _is_cover(stream)]
        films = [stream for stream in streams.video if not _is_cover(stream)]
        self.film = films[0] if films else None
        self.sound = streams.audio[0] if streams.audio else None
        self.cover = covers[0] if covers else None


def make_film(file: BinaryIO, format_name: str, folder: Path | None) -> Made:
    """The file packed anew, and its preview. Without a folder, only what it is. Raises Refusal."""
    try:
        with av.open(file, "r", format=format_name, metadata_errors="ignore") as container:
            parts = _Parts(container)
            made, container_name, file_name = _plan(container, parts, format_name)
            if folder is None:
                return made
            preview = _first_picture(container, parts)
        if preview is not None:
            made = with_preview(made, preview, folder)
        if parts.film is not None and preview is not None and preview.width != made.width:
            made = _turned(made)
        file.seek(0)
        with av.open(file, "r", format=format_name, metadata_errors="ignore") as container:
            parts = _Parts(container)
            if parts.film is not None and container_name == "mp4" and _is_encoded_anew(container, parts.film):
                encode_film(container, parts.film, parts.sound, folder / file_name)
            else:
                _pack(container, parts, container_name, folder / file_name)
    except (av.FFmpegError, ValueError, OSError, MemoryError, OverflowError, IndexError) as cause:
        raise Refusal("File is damaged or not a film or sound that can be shown") from cause
    return made


def _plan(container: _Input, parts: _Parts, format_name: str) -> tuple[Made, str, str]:
    """What the file is, the container to write and the name to write it to."""
    duration_ms = max(0, int((container.duration or 0) // 1000))
    if parts.film is None:
        if parts.sound is None:
            raise Refusal("File has neither pictures nor sound")
        container_name, ending, codecs = _SOUND_FILES[format_name]
        _check_codec(parts.sound.codec_context.name, codecs)
        name = f"original.{ending}"
        return Made(kind=MediaKind.AUDIO, file=name, duration_ms=duration_ms), container_name, name
    context = parts.film.codec_context
    check_size(context.width, context.height, FILM_PIXELS_MAX)
    sound = parts.sound.codec_context.name if parts.sound is not None else ""
    anew = _is_encoded_anew(container, parts.film)
    container_name = "mp4" if anew else _film_container(context.name, sound, format_name)
    rate = float(parts.film.average_rate or parts.film.guessed_rate or Fraction(0))
    if rate > FILM_FRAME_RATE_MAX:
        raise Refusal(f"File has {rate:.0f} frames a second; at most {FILM_FRAME_RATE_MAX} are taken")
    name = f"original.{container_name}"
    made = Made(
        kind=MediaKind.VIDEO,
        file=name,
        width=context.width,
        height=context.height,
        duration_ms=duration_ms,
        frame_rate=rate,
    )
    return made, container_name, name


def _is_encoded_anew(container: _Input, film: "av.VideoStream") -> bool:
    """Whether it is a film that some browsers do not play, and not more work than can be done."""
    context = film.codec_context
    frames = float(film.average_rate or FILM_FRAME_RATE_MAX) * (container.duration or 0) / 1_000_000
    pixels = frames * context.width * context.height
    return context.name == "vp8" and 0 < pixels <= FILM_ENCODED_PIXELS_MAX


def _film_container(pictures: str, sound: str, format_name: str) -> str:
    order = ("webm", "mp4") if format_name == "matroska" else ("mp4", "webm")
    for name in order:
        if pictures in _PICTURE_CODECS[name] and (not sound or sound in _SOUND_CODECS[name]):
            return name
    raise Refusal(f"File holds {pictures} {sound}".rstrip() + ", which browsers do not play")


def _check_codec(codec: str, allowed: tuple[str, ...]) -> None:
    if codec.removesuffix("float") not in allowed:
        raise Refusal(f"File holds {codec}, which browsers do not play")


def _first_picture(container: _Input, parts: _Parts) -> Image.Image | None:
    """The first frame, upright; of a sound, its cover."""
    if parts.film is None:
        return _cover(container, parts)
    parts.film.thread_count = 1
    for frame in container.decode(parts.film):
        check_size(frame.width, frame.height, FILM_PIXELS_MAX)
        image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
        return image.rotate(frame.rotation, expand=True) if frame.rotation else image
    raise Refusal("File has no frames")


def _cover(container: _Input, parts: _Parts) -> Image.Image | None:
    """A picture that comes with a sound; one that cannot be shown is passed over."""
    if parts.cover is None:
        return None
    packet = next(iter(container.demux(parts.cover)), None)
    body = bytes(packet) if packet is not None else b""
    found = format_of(body[:HEAD_BYTES])
    if found is None or not found.is_picture:
        return None
    try:
        return decoded(open_picture(io.BytesIO(body), found.name))
    except Refusal:
        return None


def _turned(made: Made) -> Made:
    """The preview is upright: so are the sides that are told of the film."""
    upright = (made.preview_width > made.preview_height) == (made.width > made.height)
    if upright:
        return made
    fields = {field: getattr(made, field) for field in made.__struct_fields__}
    return Made(**(fields | {"width": made.height, "height": made.width}))


def _pack(container: _Input, parts: _Parts, container_name: str, target: Path) -> None:
    options = {"movflags": "+faststart"} if container_name in ("mp4", "ipod") else {}
    wanted = [stream for stream in (parts.film, parts.sound) if stream is not None]
    with av.open(str(target), "w", format=container_name, options=options) as packed:
        targets = {stream.index: packed.add_stream_from_template(stream) for stream in wanted}
        for stream in targets.values():
            stream.metadata.clear()
        for packet in _timed(container.demux(wanted)):
            packet.stream = targets[packet.stream.index]
            packed.mux(packet)


def _timed(packets: Iterable["av.Packet[Any]"]) -> Iterator["av.Packet[Any]"]:
    """The packets that hold something, each with its time of decoding.

    Matroska does not keep that time: the first packets come without it, as many as frames are reordered. They
    take the times before the first that is known.
    """
    waiting: dict[int, list[av.Packet[Any]]] = {}
    for packet in packets:
        if not packet.size:
            continue
        early = waiting.setdefault(packet.stream.index, [])
        if packet.dts is None:
            early.append(packet)
            if len(early) > _REORDERED_MAX:
                raise Refusal("File does not say when its frames are to be shown")
            continue
        yield from _before(early, packet.dts)
        early.clear()
        yield packet
    for early in waiting.values():
        yield from _before(early, min((packet.pts or 0 for packet in early), default=0))


def _before(packets: list["av.Packet[Any]"], dts: int) -> list["av.Packet[Any]"]:
    """The packets, each a frame's time earlier than the next, the last one before `dts`."""
    for place, packet in enumerate(reversed(packets), 1):
        packet.dts = dts - place * max(1, packet.duration or 0)
    return packets


def _is_cover(stream: "av.VideoStream") -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)
