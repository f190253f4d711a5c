"""Animated pictures, made into films without sound: a tenth of the size, and no player shows them worse."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from roost.limits import ANIMATION_FRAMES_MAX, ANIMATION_KEPT_PIXELS_MAX, ANIMATION_PIXELS_MAX
from roost.media.job import Made, Refusal
from roost.media.pictures import on_white, with_preview, within
from roost.model import MediaKind

_MS = Fraction(1, 1000)
_FRAME_MS_MIN = 20
_FRAME_MS_USUAL = 100
"""What browsers make of a frame that is shown for less than 20 ms."""
_ENCODER_OPTIONS = {"preset": "veryfast", "crf": "24", "threads": "1"}


def is_animated(image: Image.Image) -> bool:
    """Whether there is a second frame. Raises Refusal."""
    try:
        return bool(getattr(image, "is_animated", False))
    except (OSError, ValueError, SyntaxError, EOFError) as cause:
        raise Refusal("File is damaged or cut off") from cause


def make_film(image: Image.Image, folder: Path) -> Made:
    """An H.264 film of an animated picture, and its preview. Raises Refusal for too many frames."""
    first, total_ms, count = None, 0, 0
    with av.open(str(folder / "original.mp4"), "w", options={"movflags": "+faststart"}) as film:
        stream = film.add_stream("libx264", rate=50, options=dict(_ENCODER_OPTIONS))
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = _MS
        shown = None
        for shown, lasts_ms in _frames(image):
            if first is None:
                first = shown
                stream.width, stream.height = shown.size
            _encode(film, stream, shown, total_ms)
            total_ms += lasts_ms
            count += 1
        assert first is not None
        assert shown is not None
        _encode(film, stream, shown, total_ms - 1)  # the last frame lasts as long as it should
        film.mux(stream.encode(None))
    made = Made(
        kind=MediaKind.GIFV,
        file="original.mp4",
        width=first.width,
        height=first.height,
        duration_ms=total_ms,
        frame_rate=1000 * count / total_ms,
    )
    return with_preview(made, first, folder)


def _encode(
    film: "av.container.OutputContainer", stream: "av.VideoStream", shown: Image.Image, at_ms: int
) -> None:
    frame = av.VideoFrame.from_image(shown)  # type: ignore[no-untyped-call]
    frame.pts, frame.time_base = at_ms, _MS
    film.mux(stream.encode(frame))


def _frames(image: Image.Image) -> Iterator[tuple[Image.Image, int]]:
    """Each frame as RGB with even sides, and how long it is shown, in ms."""
    number = 0
    while True:
        if number >= ANIMATION_FRAMES_MAX or number * image.width * image.height > ANIMATION_PIXELS_MAX:
            raise Refusal("File has too many frames")
        try:
            image.seek(number)
            shown = within(on_white(image.convert("RGBA")), ANIMATION_KEPT_PIXELS_MAX)
        except EOFError:
            return
        except (OSError, ValueError, SyntaxError) as cause:
            raise Refusal("File is damaged or cut off") from cause
        lasts_ms = int(image.info.get("duration", 0))
        even = shown.width + shown.width % 2, shown.height + shown.height % 2
        if shown.size != even:
            shown = shown.resize(even)
        yield shown, lasts_ms if lasts_ms >= _FRAME_MS_MIN else _FRAME_MS_USUAL
        number += 1
