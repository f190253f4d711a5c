"""The pictures of those who have none."""

import struct
import zlib
from collections.abc import Callable

from roost.api.calls import Answer, Call
from roost.api.mastodon.accounts_json import AVATAR_PATH, HEADER_PATH
from roost.api.router import Route

_GROUND = (203, 190, 173)
_FIGURE = (138, 120, 99)
Pixel = tuple[int, int, int]


def _png(width: int, height: int, pixel: Callable[[float, float], Pixel]) -> bytes:
    """A PNG (ISO/IEC 15948) whose colour at (x, y), both from 0 to 1, `pixel` says."""
    lines = b"".join(
        b"\x00" + b"".join(bytes(pixel(x / width, y / height)) for x in range(width)) for y in range(height)
    )

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(lines, 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _bust(x: float, y: float) -> Pixel:
    head = (x - 0.5) ** 2 + (y - 0.4) ** 2 < 0.17**2
    shoulders = ((x - 0.5) / 0.34) ** 2 + ((y - 1.0) / 0.36) ** 2 < 1
    return _FIGURE if head or shoulders else _GROUND


def _plain(x: float, y: float) -> Pixel:
    del x, y
    return _GROUND


_AVATAR = _png(120, 120, _bust)
_HEADER = _png(150, 50, _plain)


def routes() -> list[Route]:
    def picture(path: str, body: bytes, summary: str) -> Route:
        async def handle(call: Call) -> Answer:
            del call
            headers = {"Content-Type": "image/png", "Cache-Control": "public, max-age=604800"}
            return Answer(200, body, headers)

        return Route(
            method="GET",
            path=path,
            handler=handle,
            summary=summary,
            answers="image/png",
            has_validator=True,
            rate="",
            same_for_all=True,
        )

    return [
        picture(AVATAR_PATH, _AVATAR, "The picture of accounts that have none."),
        picture(HEADER_PATH, _HEADER, "The header picture of accounts that have none."),
    ]
