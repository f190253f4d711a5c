"""Pictures, films and sounds as they are served: for ever the same under a name that nobody can guess.

Whatever is in a file, a browser shows it and does nothing else with it: its type is told by Roost and not to
be sniffed, and a page made of it could run no script, load nothing and act for nobody.
"""

import re

from roost.api.blob_bodies import BlobBody
from roost.api.calls import Answer, Call
from roost.api.problems import answer_error
from roost.api.router import Route
from roost.api.validators import names
from roost.errors import Invalid, NotFound
from roost.service import CONTENT_TYPES, BlobReader

_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})\Z")
_ALWAYS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Accept-Ranges": "bytes",
    "Vary": "Origin",
}


async def _serve(call: Call) -> Answer:
    name = call.path["name"]
    content_type = CONTENT_TYPES.get(name.rpartition(".")[2])
    if content_type is None or name.endswith(".bin"):
        raise NotFound
    reader = await call.service.media.blob(name)
    answer = _answer(call, name, reader, content_type)
    if call.request.method == "HEAD" or not isinstance(answer.body, BlobBody):
        reader.close()
    return answer


def _answer(call: Call, name: str, reader: BlobReader, content_type: str) -> Answer:
    size = reader.size
    tag = f'"{name.partition(".")[0]}"'
    headers = {**_ALWAYS, "ETag": tag, "Content-Type": content_type}
    wanted = call.request.headers
    if names(wanted.get("If-None-Match", ""), tag):
        return Answer(304, b"", headers)
    first, last = 0, size - 1
    asked = wanted.get("Range", "")
    if asked and wanted.get("If-Range", tag) == tag:
        found = _span(asked, size)
        if found is not None:
            first, last = found
            if first > last:
                problem = answer_error(Invalid("The file has no such range"))
                return Answer(416, problem.body, {**problem.headers, "Content-Range": f"bytes */{size}"})
            headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    body = BlobBody(reader, first, last - first + 1, content_type)
    return Answer(206 if "Content-Range" in headers else 200, body, headers)


def _span(asked: str, size: int) -> tuple[int, int] | None:
    """The first and last byte of a range (RFC 9110, 14.1.2); the first above the last for what is not there.

    None for what is passed over: more than one range, and what makes no sense.
    """
    found = _RANGE.match(asked)
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size - 1
    first, last = int(found[1]), int(found[2]) if found[2] else size - 1
    if last < first:
        return None if found[2] else (first, -1)
    return (first, min(last, size - 1)) if first < size else (first, -1)


def routes() -> list[Route]:
    return [
        Route(
            method="GET",
            path="/media/{name}",
            handler=_serve,
            summary="A picture, film or sound; byte ranges are answered.",
            answers="*/*",
            rate="",
            same_for_all=True,
            other_statuses=(206,),
            other_refusals=(416,),
            has_validator=True,
        )
    ]
