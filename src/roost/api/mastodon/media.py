"""Media: sent, described, asked for, removed."""

import re

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.media_json import MediaAttachment, attachment
from roost.api.router import Route
from roost.errors import FieldProblem, Invalid
from roost.limits import MEDIA_BODY_BYTES_MAX
from roost.model import Upload, UploadState
from roost.service import MediaChange

_NUMBER = re.compile(r"\s*[+-]?(\d{1,10}(\.\d{0,20})?|\.\d{1,20})\s*\Z")


class UploadForm(msgspec.Struct):
    """A form with a part `file`, and perhaps a part `thumbnail`. `focus` is two numbers from -1 to 1."""

    description: str | None = None
    focus: str = ""


class MediaForm(msgspec.Struct):
    """What to change; absent fields stay. A form may have a part `thumbnail`."""

    description: str | None = None
    focus: str = ""


class MediaAttachments:
    def __init__(self, mastodon: Mastodon) -> None:
        self._public_url = mastodon.public_url

    def routes(self) -> list[Route]:
        one = "/api/v1/media/{id}"
        return [
            *(
                Route(
                    method="POST",
                    path=f"/api/{version}/media",
                    handler=handler,
                    summary=summary,
                    scope="write:media",
                    needs_user=True,
                    takes=UploadForm,
                    answers=MediaAttachment,
                    body_bytes_max=MEDIA_BODY_BYTES_MAX,
                    files=("file", "thumbnail"),
                    other_statuses=(202,),
                    rate="media",
                )
                for version, handler, summary in (
                    ("v2", self.upload, "Send a file; 202 while a film, sound or animation is processed."),
                    ("v1", self.upload_and_wait, "Send a file, and wait until it is processed."),
                )
            ),
            Route(
                method="GET",
                path=one,
                handler=self.one,
                summary="One's file; 206 while it is processed.",
                scope="write:media",
                needs_user=True,
                takes=NoParameters,
                answers=MediaAttachment,
                other_statuses=(206,),
            ),
            Route(
                method="PUT",
                path=one,
                handler=self.edit,
                summary="Describe a file that no status has yet.",
                scope="write:media",
                needs_user=True,
                takes=MediaForm,
                answers=MediaAttachment,
                body_bytes_max=MEDIA_BODY_BYTES_MAX,
                files=("thumbnail",),
                other_statuses=(206,),
            ),
            Route(
                method="DELETE",
                path=one,
                handler=self.delete,
                summary="Remove a file that no status has.",
                scope="write:media",
                needs_user=True,
                takes=NoParameters,
                answers=dict[str, str],
            ),
        ]

    async def upload(self, call: Call) -> Answer:
        return await self._take(call, waits=False)

    async def upload_and_wait(self, call: Call) -> Answer:
        return await self._take(call, waits=True)

    async def one(self, call: Call) -> Answer:
        return self._shown(await call.service.media.get(call.user_id, path_id(call)), 206)

    async def edit(self, call: Call) -> Answer:
        form = call.take(MediaForm)
        thumbnail = call.files.get("thumbnail")
        facts = MediaChange(description=form.description, focus=parse_focus(form.focus))
        return self._shown(await call.service.media.edit(call.user_id, path_id(call), facts, thumbnail), 206)

    async def delete(self, call: Call) -> Answer:
        await call.service.media.delete(call.user_id, path_id(call))
        return json_answer({})

    async def _take(self, call: Call, waits: bool) -> Answer:
        form = call.take(UploadForm)
        sent = call.files.get("file")
        if sent is None:
            problem = FieldProblem("ERR_BLANK", "can't be blank")
            raise Invalid("Validation failed: File can't be blank", {"file": (problem,)})
        facts = MediaChange(description=form.description, focus=parse_focus(form.focus))
        thumbnail = call.files.get("thumbnail")
        upload = await call.service.media.upload(call.user_id, sent, facts, thumbnail, waits)
        return self._shown(upload, 202)

    def _shown(self, upload: Upload, unready: int) -> Answer:
        """`unready`: the status of an answer about a file that is still processed."""
        ready = upload.state is UploadState.READY
        return json_answer(attachment(upload.media, self._public_url, ready), 200 if ready else unready)


def parse_focus(text: str) -> tuple[float, float] | None:
    """Two numbers with a comma between them. Raises Invalid; whether they are in bounds is not looked at."""
    if not text:
        return None
    across, comma, down = text.partition(",")
    if not comma or not _NUMBER.match(across) or not _NUMBER.match(down):
        problem = FieldProblem("ERR_INVALID", "must be two numbers from -1 to 1")
        raise Invalid(f"Validation failed: Focus {problem.text}", {"focus": (problem,)})
    return float(across), float(down)
