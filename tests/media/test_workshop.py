"""What becomes of files: each kind that is taken, and what is refused without harm."""

import asyncio
import io
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

import av
import pytest
from PIL import Image

from roost.media import Made, Purpose, Refused, SentFile, Workshop, format_of
from roost.model import MediaKind
from tests.media import samples


def make(tmp_path: Path, body: bytes, purpose: Purpose = Purpose.MEDIA) -> tuple[Made, dict[str, bytes]]:
    """What was made of a file, with its files by name."""

    async def run() -> tuple[Made, dict[str, bytes]]:
        with tempfile.TemporaryFile() as file:
            file.write(body)
            sent = SentFile(cast(BinaryIO, file), len(body))
            async with Workshop(tmp_path / "making").make(sent, purpose) as (made, folder):
                return made, {path.name: path.read_bytes() for path in folder.iterdir()}

    found = asyncio.run(run())
    assert list((tmp_path / "making").iterdir()) == []
    return found


PICTURES = {
    "jpeg": (samples.jpeg(), "original.jpg"),
    "turned": (samples.turned_jpeg(), "original.jpg"),
    "cmyk": (samples.encoded(samples.picture(mode="CMYK"), "JPEG"), "original.jpg"),
    "grey": (samples.encoded(samples.picture(mode="L"), "PNG"), "original.png"),
    "deep": (samples.encoded(samples.picture(mode="I;16"), "PNG"), "original.png"),
    "palette": (samples.encoded(samples.picture(mode="P"), "GIF"), "original.png"),
    "clear": (samples.png(), "original.png"),
    "webp": (samples.encoded(samples.picture(), "WEBP"), "original.webp"),
    "avif": (samples.encoded(samples.picture(), "AVIF"), "original.jpg"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(tmp_path: Path, name: str) -> None:
    body, file_name = PICTURES[name]
    made, files = make(tmp_path, body)
    assert (made.kind, made.file) == (MediaKind.IMAGE, file_name)
    shown = Image.open(io.BytesIO(files[made.file]))
    assert shown.size == (made.width, made.height) == ((40, 60) if name == "turned" else (60, 40))
    assert shown.getexif() == {}
    assert b"ecret" not in files[made.file]
    assert Image.open(io.BytesIO(files[made.preview])).size == (made.preview_width, made.preview_height)


def test_large_pictures_are_made_smaller(tmp_path: Path) -> None:
    made, _ = make(tmp_path, samples.jpeg(4_600, 3_000))
    assert made.width * made.height <= 8_294_400
    assert abs(made.width / made.height - 4_600 / 3_000) < 0.01


@pytest.mark.parametrize("format_name", ["GIF", "WEBP"])
def test_animations_become_films(tmp_path: Path, format_name: str) -> None:
    made, files = make(tmp_path, samples.animation(format_name, frames=7))
    assert (made.kind, made.duration_ms, made.frame_rate) == (MediaKind.GIFV, 700, 10.0)
    with av.open(io.BytesIO(files[made.file])) as film:
        assert film.streams.video[0].codec_context.name == "h264"
        assert (film.streams.video[0].width, film.streams.video[0].height) == (34, 20)
        assert len(list(film.decode(video=0))) == 8
        assert not film.streams.audio


@pytest.mark.parametrize(
    ("container", "codec", "sound", "file_name"),
    [
        ("mp4", "libx264", "", "original.mp4"),
        ("mp4", "libx264", "aac", "original.mp4"),
        ("mov", "libx264", "aac", "original.mp4"),
        ("webm", "libvpx-vp9", "libopus", "original.webm"),
        ("webm", "libvpx", "libopus", "original.mp4"),
        ("matroska", "libx264", "", "original.mp4"),
    ],
)
def test_films(tmp_path: Path, container: str, codec: str, sound: str, file_name: str) -> None:
    made, files = make(tmp_path, samples.film(container, codec, sound))
    assert (made.kind, made.file, made.frame_rate) == (MediaKind.VIDEO, file_name, 10.0)
    assert (made.width, made.height) == (made.preview_width, made.preview_height) == (64, 48)
    with av.open(io.BytesIO(files[made.file])) as film:
        assert len(film.streams) == 1 + bool(sound)
        assert not {"title", "location"} & film.metadata.keys()
        assert len(list(film.decode(video=0))) == 10


@pytest.mark.parametrize(
    ("container", "codec", "file_name"),
    [
        ("mp3", "libmp3lame", "original.mp3"),
        ("flac", "flac", "original.flac"),
        ("ogg", "libopus", "original.ogg"),
        ("wav", "pcm_s16le", "original.wav"),
        ("ipod", "aac", "original.m4a"),
        ("adts", "aac", "original.aac"),
    ],
)
def test_sounds(tmp_path: Path, container: str, codec: str, file_name: str) -> None:
    made, files = make(tmp_path, samples.sound(container, codec))
    assert (made.kind, made.file) == (MediaKind.AUDIO, file_name)
    assert 900 < made.duration_ms < 1_100
    assert b"secret" not in files[made.file]


REFUSED = {
    "png bomb": samples.png_bomb(),
    "text bomb": samples.png_text_bomb(),
    "gif bomb": samples.gif_bomb(),
    "webp bomb": samples.webp_bomb(),
    "endless gif": samples.endless_gif(),
    "cut jpeg": samples.jpeg(600, 400)[:2_000],
    "cut png": samples.png(600, 400)[:500],
    "cut film": samples.film()[:900],
    "codec": samples.film("mp4", "mpeg4"),
    "svg": samples.SVG,
    "html": samples.HTML,
    "playlist": samples.PLAYLIST,
    "zip": b"PK\x03\x04" + b"\x00" * 100,
    "empty": b"",
    "head alone": b"\x89PNG\r\n\x1a\n",
    "html behind a gif's head": b"GIF89a" + samples.HTML,
    "playlist behind an mp4's head": b"\x00\x00\x00\x18ftypisom" + samples.PLAYLIST,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused):
        make(tmp_path, REFUSED[name])


def test_what_hangs_on_to_a_picture_is_not_in_what_is_shown(tmp_path: Path) -> None:
    """A picture that is a page, or an archive, too."""
    for body in (samples.jpeg() + samples.HTML, samples.png() + b"PK\x03\x04secret"):
        made, files = make(tmp_path, body)
        assert b"script" not in files[made.file]
        assert b"secret" not in files[made.file]


@pytest.mark.parametrize(("purpose", "size"), [(Purpose.AVATAR, (400, 400)), (Purpose.HEADER, (1500, 500))])
def test_pictures_of_profiles(tmp_path: Path, purpose: Purpose, size: tuple[int, int]) -> None:
    made, files = make(tmp_path, samples.animation(), purpose)
    assert Image.open(io.BytesIO(files[made.file])).size == size
    with pytest.raises(Refused):
        make(tmp_path, samples.film(), purpose)


def test_a_file_is_what_its_first_bytes_say() -> None:
    named = {"jpeg": samples.jpeg(), "png": samples.png(), "mp4": samples.film(), "wav": b"RIFFxxxxWAVE"}
    for name, body in named.items():
        found = format_of(body[:64])
        assert found is not None
        assert found.name == name
    for body in (b"", b"\xff", b"RIFF", samples.SVG, b"%PDF-1.7", b"BM" + b"\x00" * 60):
        assert format_of(body[:64]) is None
