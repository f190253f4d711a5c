"""Films of the codec VP8, encoded anew as H.264: some browsers do not play them as they are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av

_OPTIONS = {"preset": "veryfast", "crf": "23", "threads": "1"}
_SOUND_RATE = 48_000


def encode_film(container: Any, film: Any, sound: Any, target: Path) -> None:
    """An MP4 with H.264 and AAC of a film and its sound, if it has one. About 50 million pixels a second."""
    film.thread_count = 1
    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as written:
        shown: Any = written.add_stream("libx264", rate=film.average_rate or 25, options=dict(_OPTIONS))
        shown.width, shown.height = (side + side % 2 for side in (film.width, film.height))
        shown.pix_fmt, shown.codec_context.time_base = "yuv420p", film.time_base
        heard: Any = written.add_stream("aac", rate=_SOUND_RATE) if sound is not None else None
        for packet in container.demux([stream for stream in (film, sound) if stream is not None]):
            for frame in packet.decode():
                if packet.stream.index == film.index:
                    written.mux(list(_encoded(shown, frame)))
                else:
                    written.mux(heard.encode(frame))
        for stream in (shown, heard):
            if stream is not None:
                written.mux(stream.encode(None))


def _encoded(shown: Any, frame: Any) -> Iterator[Any]:
    """A frame's packets; what has no time is left out."""
    if frame.pts is None:
        return
    even = frame.reformat(width=shown.width, height=shown.height, format="yuv420p")
    even.pts, even.time_base = frame.pts, frame.time_base
    yield from shown.encode(even)
