"""Forms of type multipart/form-data (RFC 7578), read as they come.

A form has no more parts than a request may have parameters; the head of a part is short, or refused. Where
there are many parts, others get their turn in between. What a part's file holds goes to a file on disk when
it is more than a little; its name and declared type are passed over, since neither means anything.
"""

import asyncio
import warnings
from collections.abc import Collection
from email.message import Message
from email.parser import HeaderParser
from enum import Enum
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from aiohttp import (
    BadContentDispositionHeader,
    BadContentDispositionParam,
    content_disposition_filename,
    parse_content_disposition,
)

from roost.api.parameters import Value
from roost.api.problems import not_supported
from roost.errors import Invalid, TooLarge
from roost.limits import (
    BODY_BYTES_MAX,
    MULTIPART_SLICE_PARTS,
    PARAMETERS_MAX,
    PART_HEAD_BYTES_MAX,
    UPLOAD_MEMORY_BYTES_MAX,
)
from roost.service import SentFile

_UNREADABLE = "The multipart form cannot be read"
_heads = HeaderParser()

# A client's mistakes are answered, not printed; the parser would warn of each anew.
warnings.simplefilter("ignore", BadContentDispositionHeader)
warnings.simplefilter("ignore", BadContentDispositionParam)


async def parse_multipart(body: bytes, content_type: str) -> list[tuple[str, Value]]:
    """The text fields of a form, in order. Raises Invalid, as it does for a file."""
    form = FormReader(content_type)
    await form.feed(body)
    return form.finish()


class _State(Enum):
    BEFORE = "before the first part"
    PADDING = "after a delimiter"
    HEAD = "in a part's head"
    VALUE = "in a part's value"
    END = "after the last part"


class FormReader:
    """Is fed a body in pieces. `files` are those of the fields named so that hold files; `close` them.

    `folder` is where large files wait. Other fields that hold files are refused, unless they are empty, as a
    browser sends those that were left out.
    """

    def __init__(self, content_type: str, names: Collection[str] = (), folder: Path | None = None) -> None:
        declared = Message()
        declared["Content-Type"] = content_type
        boundary = declared.get_boundary("")
        if not boundary:
            raise Invalid(_UNREADABLE)
        self.files: dict[str, SentFile] = {}
        self._delimiter = b"\r\n--" + boundary.encode("utf-8", "surrogateescape")
        self._names = names
        self._folder = folder
        self._state = _State.BEFORE
        self._rest = b"\r\n"
        self._parts = 0
        self._text_bytes = 0
        self._pairs: list[tuple[str, Value]] = []
        self._name = ""
        self._pieces: list[bytes] = []
        self._is_file = False

    async def feed(self, data: bytes) -> None:
        """The next piece of the body. Raises Invalid and TooLarge."""
        self._rest += data
        parts = self._parts
        while self._step():
            if self._parts >= parts + MULTIPART_SLICE_PARTS:
                parts = self._parts
                await asyncio.sleep(0)

    def finish(self) -> list[tuple[str, Value]]:
        """The text fields, in order. Raises Invalid where the form has no end."""
        if self._state is not _State.END:
            raise Invalid(_UNREADABLE)
        return self._pairs

    def close(self) -> None:
        for sent in self.files.values():
            sent.file.close()

    def _step(self) -> bool:
        """Go on as far as one state allows; False where more has to come first."""
        match self._state:
            case _State.BEFORE | _State.VALUE:
                return self._to_delimiter()
            case _State.PADDING:
                return self._to_head()
            case _State.HEAD:
                return self._to_value()
        self._rest = b""
        return False

    def _to_delimiter(self) -> bool:
        found = self._rest.find(self._delimiter)
        end = found if found >= 0 else max(0, len(self._rest) - len(self._delimiter) + 1)
        if self._state is _State.VALUE and end:
            self._take(self._rest[:end])
        if found < 0:
            self._rest = self._rest[end:]
            return False
        if self._state is _State.VALUE:
            self._end_part()
        self._rest = self._rest[found + len(self._delimiter) :]
        self._state = _State.PADDING
        return True

    def _to_head(self) -> bool:
        if len(self._rest) < 2:
            return False
        if self._rest.startswith(b"--"):
            self._state = _State.END
            return True
        padding, line_end, rest = self._rest.partition(b"\r\n")
        if padding.strip(b" \t\r") or len(padding) > PART_HEAD_BYTES_MAX:
            raise Invalid(_UNREADABLE)
        if not line_end:
            return False
        self._parts += 1
        if self._parts > PARAMETERS_MAX:
            raise Invalid(f"More than {PARAMETERS_MAX} parameters were sent")
        self._rest, self._state = rest, _State.HEAD
        return True

    def _to_value(self) -> bool:
        """A part may end after its head (RFC 2046, 5.1.1): the blank line's end may begin a delimiter."""
        head, blank, _ = self._rest.partition(b"\r\n\r\n")
        if len(head) > PART_HEAD_BYTES_MAX or self._delimiter in self._rest[: len(head) + 2]:
            raise Invalid(_UNREADABLE)
        if not blank or len(self._rest) < len(head) + 2 + len(self._delimiter):
            return False
        try:
            self._name, self._is_file = _field(head)
        except ValueError as cause:
            raise Invalid(_UNREADABLE) from cause
        if self._name in self.files:
            raise Invalid(_UNREADABLE)
        self._rest = self._rest[len(head) + 2 :]
        if not self._rest.startswith(self._delimiter):
            self._rest = self._rest[2:]
        self._pieces, self._state = [], _State.VALUE
        return True

    def _take(self, data: bytes) -> None:
        if not self._is_file:
            self._text_bytes += len(data)
            if self._text_bytes > BODY_BYTES_MAX:
                raise TooLarge(f"The text of a form may have {BODY_BYTES_MAX} bytes")
            self._pieces.append(data)
            return
        if self._name not in self._names:
            raise not_supported(self._name)
        sent = self.files.get(self._name)
        if sent is None:
            folder = str(self._folder) if self._folder is not None else None
            spooled = SpooledTemporaryFile(max_size=UPLOAD_MEMORY_BYTES_MAX, dir=folder)  # noqa: SIM115
            sent = self.files[self._name] = SentFile(cast(BinaryIO, spooled), 0)
        sent.file.write(data)
        sent.size += len(data)

    def _end_part(self) -> None:
        if self._is_file:
            return
        try:
            self._pairs.append((self._name, b"".join(self._pieces).decode()))
        except ValueError as cause:
            raise Invalid(_UNREADABLE) from cause


def _field(head: bytes) -> tuple[str, bool]:
    """A part's name, and whether it is a file. Raises ValueError."""
    disposition = _heads.parsestr(head.decode())["Content-Disposition"]
    _, parameters = parse_content_disposition(disposition)
    name = content_disposition_filename(parameters, "name")
    if name is None:
        raise ValueError("A part without a name")
    return name, content_disposition_filename(parameters, "filename") is not None
