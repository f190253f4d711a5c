"""Forms with files, as they come in: a few at once, the files on disk."""

import asyncio
from pathlib import Path

from roost.api.calls import Call
from roost.api.multipart import FormReader
from roost.api.parameters import Value, nest
from roost.api.router import Route
from roost.errors import Invalid, Overloaded, TooLarge
from roost.limits import UPLOAD_READ_S, UPLOADS_AT_ONCE_MAX


class Uploads:
    """`folder` is where large files wait while they are worked on; they have no names there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._under_way = 0

    async def read(self, call: Call, route: Route, size_max: int) -> dict[str, Value]:
        """The form's text fields; its files are in `call.files`. Raises Invalid, TooLarge and Overloaded."""
        if self._under_way >= UPLOADS_AT_ONCE_MAX:
            raise Overloaded("Too many files are being received")
        self._under_way += 1
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        form = FormReader(call.request.headers["Content-Type"], route.files, self._folder)
        call.files = form.files
        size = 0
        try:
            async with asyncio.timeout(UPLOAD_READ_S):
                async for chunk in call.request.content.iter_any():
                    size += len(chunk)
                    if size > size_max:
                        raise TooLarge(f"A body may have {size_max} bytes here")
                    await form.feed(chunk)
        except TimeoutError as cause:
            raise Invalid(f"The body did not come within {UPLOAD_READ_S} s") from cause
        finally:
            self._under_way -= 1
        return nest(form.finish())
