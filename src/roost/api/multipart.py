"""Forms of type multipart/form-data (RFC 7578), of a body that is in memory.

A body is cut at its boundary in one go, into no more parts than a request may have parameters; the head of a
part is short, or refused. Where there are many parts, others get their turn in between.
"""

import asyncio
import warnings
from email.message import Message
from email.parser import HeaderParser

from aiohttp import (
    BadContentDispositionHeader,
    BadContentDispositionParam,
    content_disposition_filename,
    parse_content_disposition,
)

from roost.api.parameters import Value
from roost.api.problems import not_supported
from roost.errors import Invalid
from roost.limits import MULTIPART_SLICE_PARTS, PARAMETERS_MAX, PART_HEAD_BYTES_MAX

_UNREADABLE = "The multipart form cannot be read"
_heads = HeaderParser()

# A client's mistakes are answered, not printed; the parser would warn of each anew.
warnings.simplefilter("ignore", BadContentDispositionHeader)
warnings.simplefilter("ignore", BadContentDispositionParam)


async def parse_multipart(body: bytes, content_type: str) -> list[tuple[str, Value]]:
    """The text fields of a form, in order. Raises Invalid, as it does for a file: nothing takes one yet."""
    pairs: list[tuple[str, Value]] = []
    for number, part in enumerate(_parts(body, content_type), 1):
        if number % MULTIPART_SLICE_PARTS == 0:
            await asyncio.sleep(0)
        try:
            name, value, is_file = _field(part)
            if not is_file:
                pairs.append((name, value.decode()))
        except ValueError as cause:
            raise Invalid(_UNREADABLE) from cause
        if is_file and value:  # a form's field for a file that was left empty is sent too
            raise not_supported(name)
    return pairs


def _parts(body: bytes, content_type: str) -> list[bytes]:
    """What stands between the delimiters; text before the first and after the last means nothing."""
    declared = Message()
    declared["Content-Type"] = content_type
    boundary = declared.get_boundary("")
    if not boundary:
        raise Invalid(_UNREADABLE)
    delimiter = b"\r\n--" + boundary.encode("utf-8", "surrogateescape")
    _, *pieces = (b"\r\n" + body).split(delimiter, PARAMETERS_MAX + 1)
    for number, piece in enumerate(pieces):
        if piece.startswith(b"--"):
            return pieces[:number]
    if len(pieces) > PARAMETERS_MAX:
        raise Invalid(f"More than {PARAMETERS_MAX} parameters were sent")
    raise Invalid(_UNREADABLE)


def _field(part: bytes) -> tuple[str, bytes, bool]:
    """Name, value, and whether it is a file. Raises ValueError."""
    padding, _, rest = part.partition(b"\r\n")
    head, blank, value = rest.partition(b"\r\n\r\n")
    whole = blank or head.endswith(b"\r\n")  # a part may end after its head (RFC 2046, 5.1.1)
    if padding.strip(b" \t") or not whole or len(head) > PART_HEAD_BYTES_MAX:
        raise ValueError("Not a part of a form")
    disposition = _heads.parsestr(head.decode())["Content-Disposition"]
    _, parameters = parse_content_disposition(disposition)
    name = content_disposition_filename(parameters, "name")
    if name is None:
        raise ValueError("A part without a name")
    return name, value, content_disposition_filename(parameters, "filename") is not None
