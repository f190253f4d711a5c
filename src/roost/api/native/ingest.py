"""Bulk ingest: NDJSON in, a result a line out."""

import msgspec

from roost.api.calls import Answer, Call
from roost.api.mastodon.common import NoParameters
from roost.api.router import Route
from roost.api.scopes import INGEST
from roost.errors import Invalid, TooLarge
from roost.limits import INGEST_BODY_BYTES_MAX, INGEST_LINES_MAX
from roost.service import LineResult

NDJSON = "application/x-ndjson"
POSITION_HEADER = "X-Roost-Position"
"""The log position of the last change of a bulk ingest."""

_encode_lines = msgspec.json.Encoder().encode_lines


async def ingest(call: Call) -> Answer:
    lines = [line for line in call.body.split(b"\n") if line.strip()]
    if not lines:
        raise Invalid("The body has no lines; send one JSON object a line")
    if len(lines) > INGEST_LINES_MAX:
        raise TooLarge(f"A body may have {INGEST_LINES_MAX} lines here")
    results, position = await call.service.bulk.ingest(lines)
    return Answer(200, _encode_lines(results), {"Content-Type": NDJSON, POSITION_HEADER: str(position)})


def routes() -> list[Route]:
    return [
        Route(
            method="POST",
            path="/roost/v1/ingest",
            handler=ingest,
            summary="Apply many changes, one JSON object a line; answers one result a line, in order.",
            scope=INGEST,
            takes=NoParameters,
            answers=LineResult,
            body_bytes_max=INGEST_BODY_BYTES_MAX,
            raw_body=True,
            rate="",
        )
    ]
