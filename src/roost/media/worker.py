"""The worker's side: one job, done within bounds that the process has set itself, and an answer."""

import os
import resource
import sys
from pathlib import Path

import msgspec
from PIL.Image import Image

from roost.limits import (
    MEDIA_FILE_BYTES_MAX,
    MEDIA_WORKER_BYTES_MAX,
    MEDIA_WORKER_CPU_S,
    PAGE_BYTES_MAX,
    PAGE_WORKER_BYTES_MAX,
    PAGE_WORKER_CPU_S,
)
from roost.media.formats import FORMATS
from roost.media.job import Job, Made, Page, Purpose, Refusal
from roost.model import MediaKind

_NICENESS = 10


def main() -> None:
    """Read a job from the first argument, the file from standard input; write what was made as JSON."""
    job = msgspec.json.decode(sys.argv[1], type=Job)
    is_page = job.purpose is Purpose.PAGE
    if is_page:
        _bound(PAGE_WORKER_BYTES_MAX, PAGE_WORKER_CPU_S)
    else:
        _bound(MEDIA_WORKER_BYTES_MAX, MEDIA_WORKER_CPU_S)
    made: Made | Page
    try:
        made = _read_page(job) if is_page else _make(job)
    except Refusal as refusal:
        made = Made(refusal=str(refusal))
    except MemoryError:
        made = Made(refusal="File needs too much memory")
    sys.stdout.buffer.write(msgspec.json.encode(made))


def _bound(memory_bytes: int, cpu_s: int) -> None:
    """Set before a single byte of the file is read."""
    os.nice(_NICENESS)
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, MEDIA_FILE_BYTES_MAX),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, resource.getrlimit(resource.RLIMIT_NPROC)[0]),
    ):
        resource.setrlimit(what, (most, most))


def _read_page(job: Job) -> Page:
    from roost.media import pages

    with open(0, "rb", closefd=False) as file:
        return pages.read_page(file.read(PAGE_BYTES_MAX), job.url, job.charset)


def _make(job: Job) -> Made:
    # The decoders are loaded here, within the bounds, and what a job does not need is not loaded.
    from roost.media import pictures

    folder = Path(job.folder)
    with open(0, "rb", closefd=False) as file:
        if not FORMATS[job.format].is_picture:
            from roost.media import films

            if job.purpose not in (Purpose.PROBE, Purpose.MEDIA):
                raise Refusal("File is not a picture")
            return films.make_film(file, job.format, None if job.purpose is Purpose.PROBE else folder)
        image = pictures.open_picture(file, job.format)
        if job.purpose in (Purpose.AVATAR, Purpose.HEADER):
            return pictures.make_profile_picture(image, job.purpose, folder)
        if job.purpose is Purpose.THUMBNAIL:
            return pictures.with_preview(Made(), pictures.decoded(image), folder, job.format)
        return _picture_or_film(job, image, folder)


def _picture_or_film(job: Job, image: Image, folder: Path) -> Made:
    from roost.media import animations, pictures

    moves = FORMATS[job.format].may_move and animations.is_animated(image)
    if job.purpose is Purpose.PROBE:
        return Made(kind=MediaKind.GIFV if moves else MediaKind.IMAGE)
    if moves:
        return animations.make_film(image, folder)
    return pictures.make_picture(image, job.format, folder)
