"""Files of every kind that is taken, and some that nobody should send; made on the spot, small."""

import io
import struct
import zlib
from fractions import Fraction
from typing import Any

import av
import numpy as np
from PIL import Image


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """A gradient, so that left and right, top and bottom differ."""
    across, down = np.linspace(0, 255, width), np.linspace(0, 255, height)
    red, green = np.meshgrid(across, down)
    pixels = np.stack([red, green, np.full_like(red, 90)], axis=-1).astype(np.uint8)
    image = Image.fromarray(pixels)
    if mode == "RGBA":
        image.putalpha(Image.fromarray(red.astype(np.uint8)))
    return image if mode in ("RGB", "RGBA") else image.convert(mode)


def encoded(image: Image.Image, format_name: str, **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, format_name, **options)
    return written.getvalue()


def jpeg(width: int = 60, height: int = 40, **options: Any) -> bytes:
    return encoded(picture(width, height), "JPEG", **options)


def turned_jpeg() -> bytes:
    """60 by 40 as stored, to be shown turned by a quarter; with a place and a comment in it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    return jpeg(exif=exif, comment="secret comment")


def png(width: int = 60, height: int = 40, mode: str = "RGBA") -> bytes:
    return encoded(picture(width, height, mode), "PNG")


def animation(format_name: str = "GIF", frames: int = 5, width: int = 33, height: int = 20) -> bytes:
    """With odd sides: films have even ones."""
    pictures = [picture(width, height).rotate(10 * number) for number in range(frames)]
    return encoded(pictures[0], format_name, save_all=True, append_images=pictures[1:], duration=100, loop=0)


def film(
    container: str = "mp4", codec: str = "libx264", sound: str = "", frames: int = 10, rate: int = 10
) -> bytes:
    """A film of 64 by 48, perhaps with a tone; it says where it was made."""
    written = io.BytesIO()
    with av.open(written, "w", format=container) as output:
        output.metadata["location"] = "+48.2+16.4/"
        output.metadata["title"] = "secret title"
        shown = output.add_stream(codec, rate=rate)
        shown.width, shown.height, shown.pix_fmt = 64, 48, "yuv420p"
        heard = output.add_stream(sound, rate=48_000, layout="stereo") if sound else None
        for number in range(frames):
            frame = av.VideoFrame.from_image(picture(64, 48).rotate(number))
            frame.pts, frame.time_base = number, Fraction(1, rate)
            output.mux(shown.encode(frame))
        output.mux(shown.encode(None))
        if heard is not None:
            output.mux(heard.encode(tone(48_000)))
            output.mux(heard.encode(None))
    return written.getvalue()


def sound(container: str = "mp3", codec: str = "libmp3lame") -> bytes:
    """A second of a tone."""
    written = io.BytesIO()
    with av.open(written, "w", format=container) as output:
        output.metadata["title"] = "secret title"
        heard = output.add_stream(codec, rate=48_000, layout="stereo")
        output.mux(heard.encode(tone(48_000)))
        output.mux(heard.encode(None))
    return written.getvalue()


def tone(samples: int) -> av.AudioFrame:
    wave = (np.sin(np.arange(samples) / 20) * 8_000).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2).reshape(1, -1), format="s16", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
    return frame


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(side: int = 50_000) -> bytes:
    """A few kB that are gigabytes of pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    lines = zlib.compress(b"\x00" * (4 << 20), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", lines) + _chunk(b"IEND", b"")


def png_text_bomb() -> bytes:
    """A small picture with a text that unpacks to 200 MB."""
    text = b"Comment\x00\x00" + zlib.compress(b"\x00" * (200 << 20), 9)
    plain = png(4, 4, "RGB")
    return plain[:33] + _chunk(b"zTXt", text) + plain[33:]


def gif_bomb(side: int = 65_535) -> bytes:
    """The largest canvas that a GIF can name."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\x02\x02\x44\x01\x00"
    head = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    return head + frame * 2 + b"\x3b"


def webp_bomb(side: int = 16_383) -> bytes:
    """The largest canvas that a WebP can name, in an animation's head."""
    size = (side - 1).to_bytes(3, "little")
    extended = b"VP8X" + struct.pack("<I", 10) + b"\x02\x00\x00\x00" + size + size
    animated = b"ANIM" + struct.pack("<I", 6) + b"\x00" * 6
    body = b"WEBP" + extended + animated
    return b"RIFF" + struct.pack("<I", len(body)) + body


def endless_gif(frames: int = 100_000) -> bytes:
    """Few bytes a frame, and no end of them."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    head = b"GIF89a" + struct.pack("<HHBBB", 4, 4, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    return head + frame * frames + b"\x3b"


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
