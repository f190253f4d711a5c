"""Users' files: sent, processed, held by tweets, removed.

A blob is written before the fact that names it, and noted before it is written: what no fact took in time is
removed, so that a crash leaves neither a fact without its blob nor a blob that stays for ever. A film that
was being processed when the process ended is processed again when somebody asks for it, or at the next
tidying.
"""

import asyncio
import logging
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from roost.blobs import BlobReader, new_blob_name
from roost.errors import Invalid, NotFound, RoostError
from roost.ingest import Draft
from roost.limits import (
    BLOB_CHUNK_BYTES,
    BLOB_TAKEN_S,
    BLOBS_REMOVED_AT_ONCE,
    DRAFTS_MAX,
    FILM_BYTES_MAX,
    IMAGE_BYTES_MAX,
    PROFILE_PICTURE_BYTES_MAX,
    SCHEDULED_MAX,
)
from roost.media import Made, Purpose, Refused, SentFile
from roost.model import Media, MediaKept, MediaKind, MediaRemoved, Upload, UploadState
from roost.service.local.kit import Kit
from roost.service.local.media_rules import check_change, check_together, not_attachable
from roost.service.views import MediaChange
from roost.store import Batch, idle_since_upload, rows, tables

_log = logging.getLogger("roost.media")


class LocalMedia:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def upload(
        self,
        owner_id: int,
        sent: SentFile,
        facts: MediaChange,
        thumbnail: SentFile | None = None,
        waits: bool = False,
    ) -> Upload:
        """Take a file in. A film, a sound and an animated picture may still be PROCESSING in the answer,
        unless the caller `waits`. Raises Invalid where the file cannot be taken, Overloaded.
        """
        check_change(facts)
        format_found = sent.format()
        size_max = IMAGE_BYTES_MAX if format_found.is_picture else FILM_BYTES_MAX
        if sent.size > size_max:
            raise Refused(f"File size must be less than {size_max >> 20} MB")
        kind = MediaKind.IMAGE
        if format_found.may_move or not format_found.is_picture:
            kind = (await self._kit.workshop.probe(sent)).kind
        media = _changed(Media(self._kit.ids.next_id(), owner_id, kind), facts)
        if thumbnail is not None:
            media = await self.with_thumbnail(media, thumbnail)
        if kind is MediaKind.IMAGE:
            return await self._keep_new(Upload(await self._made(media, sent)))
        source = new_blob_name("bin")
        await self._put(source, sent.file)
        upload = await self._keep_new(Upload(media, UploadState.PROCESSING, source))
        task = self._processing(media.media_id)
        if not waits:
            return upload
        await asyncio.shield(task)
        return await self.get(owner_id, media.media_id)

    async def get(self, owner_id: int, media_id: int) -> Upload:
        """One's own file. Raises NotFound, and Invalid for one that could not be processed."""
        upload = await self._own(owner_id, media_id)
        if upload.state is UploadState.FAILED:
            raise Refused(upload.problem)
        if upload.state is UploadState.PROCESSING:
            self._processing(media_id)
        return upload

    async def edit(
        self, owner_id: int, media_id: int, facts: MediaChange, thumbnail: SentFile | None = None
    ) -> Upload:
        """Change what is said of a file that no tweet has; a tweet's are changed by editing it."""
        check_change(facts)
        async with self._kit.locks.hold("media", media_id):
            upload = await self._own(owner_id, media_id)
            if await self._is_posted(media_id):
                raise NotFound
            media, batch = _changed(upload.media, facts), Batch()
            if thumbnail is not None:
                remove_later([media.preview], batch)
                media = await self.with_thumbnail(media, thumbnail)
            upload = msgspec.structs.replace(upload, media=media)
            await self._kit.committer.commit([MediaKept(upload)], batch)
        return upload

    async def delete(self, owner_id: int, media_id: int) -> None:
        """Remove one's file. Raises Invalid where a tweet has it."""
        async with self._kit.locks.hold("media", media_id):
            upload = await self._own(owner_id, media_id)
            if await self._is_posted(media_id):
                raise Invalid("Media attachment is currently used by a status")
            await self._kit.committer.commit([MediaRemoved(upload)])
        await self.remove_blobs()

    async def attachable(
        self, owner_id: int, media_ids: Sequence[int], tweet_id: int = 0
    ) -> tuple[Media, ...]:
        """The files that a tweet is to have, in order. `tweet_id`: they may be that tweet's already.

        Raises Invalid for too many, for those that do not go together, are not there, are somebody else's,
        are another tweet's, or are not ready. Hold "media" and the id of each until the tweet is durable.
        """
        found = await self._kit.store.get_many(tables.UPLOADS, [(media_id,) for media_id in media_ids])
        missing: list[int] = []
        uploads: list[Upload] = []
        for media_id, upload in zip(media_ids, found, strict=True):
            if (
                upload is None
                or upload.media.owner_id != owner_id
                or await self._is_posted(media_id, tweet_id)
            ):
                missing.append(media_id)
            else:
                uploads.append(upload)
        if missing:
            raise not_attachable(missing)
        check_together(uploads)
        return tuple(upload.media for upload in uploads)

    async def known(self, media_ids: Sequence[int]) -> tuple[Media, ...]:
        """Files as they are now, without those that are gone."""
        found = await self._kit.store.get_many(tables.UPLOADS, [(media_id,) for media_id in media_ids])
        return tuple(upload.media for upload in found if upload is not None)

    async def check_own(self, owner_id: int, media_ids: Sequence[int]) -> None:
        """Raises Invalid where one of some files is not there, or somebody else's."""
        own = {media.media_id for media in await self.known(media_ids) if media.owner_id == owner_id}
        missing = [media_id for media_id in media_ids if media_id not in own]
        if missing:
            raise not_attachable(missing)

    async def taken(self, owner_id: int, draft: Draft, held: AsyncExitStack, holder_id: int = 0) -> Draft:
        """A draft with its files, which `holder_id` may hold; `held` keeps them from others. Raises as
        `attachable` does."""
        for media_id in sorted(set(draft.media_ids)):
            await held.enter_async_context(self._kit.locks.hold("media", media_id))
        return msgspec.structs.replace(
            draft, media=await self.attachable(owner_id, draft.media_ids, holder_id)
        )

    async def removal(self, media: Sequence[Media]) -> list[MediaRemoved]:
        """The events that remove files together with the tweet that has them; then `remove_blobs`."""
        found = await self._kit.store.get_many(tables.UPLOADS, [(one.media_id,) for one in media])
        return [MediaRemoved(upload) for upload in found if upload is not None]

    async def blob(self, name: str) -> BlobReader:
        """What is served under a name. Raises NotFound."""
        reader = await self._kit.blobs.open(name)
        if reader is None:
            raise NotFound
        return reader

    async def profile_picture(self, sent: SentFile, name: str) -> str:
        """The blob of an `avatar` or `header`, which the caller's fact has to take. Raises Invalid."""
        if sent.size > PROFILE_PICTURE_BYTES_MAX:
            raise Refused(f"{name.capitalize()} must be smaller than {PROFILE_PICTURE_BYTES_MAX >> 20} MB")
        if not sent.format().is_picture:
            raise Refused("File is not a picture")
        async with self._kit.workshop.make(sent, Purpose(name)) as (made, folder):
            return await self._put_file(folder, made.file)

    async def remove_blobs(self) -> None:
        """Remove what is to go by now; what cannot be removed is tried again the next time."""
        now_ms = self._kit.clock.now_ms()
        found, _ = await self._kit.store.export(tables.BLOBS_TO_REMOVE, b"", 1_000)
        due = [row.name for row in found if row.after_ms <= now_ms]
        for start in range(0, len(due), BLOBS_REMOVED_AT_ONCE):
            names = due[start : start + BLOBS_REMOVED_AT_ONCE]
            ends = await asyncio.gather(*map(self._kit.blobs.delete, names), return_exceptions=True)
            batch = Batch()
            for name, end in zip(names, ends, strict=True):
                if end is None:
                    batch.delete(tables.BLOBS_TO_REMOVE, (name,))
                else:
                    _log.warning("File %s is not removed yet: %s", name, end)
            if len(batch):
                await self._kit.store.write(batch)

    def go_on(self, media_id: int) -> None:
        """Have a file processed, if that is not going on."""
        self._processing(media_id)

    async def stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _processing(self, media_id: int) -> asyncio.Task[None]:
        """The task that processes a file, started where it does not run."""
        task = self._tasks.get(media_id)
        if task is None:
            task = asyncio.create_task(self._process(media_id), name=f"roost-media-{media_id}")
            self._tasks[media_id] = task
            task.add_done_callback(lambda _: self._tasks.pop(media_id, None))
        return task

    async def _process(self, media_id: int) -> None:
        """Whatever goes wrong with the file ends in FAILED; what is wrong with us is tried again later."""
        try:
            upload = await self._kit.store.get(tables.UPLOADS, (media_id,))
            if upload is None or upload.state is not UploadState.PROCESSING:
                return
            try:
                made = await self._made_from_source(upload)
                outcome = Upload(made)
            except Refused as refusal:
                outcome = msgspec.structs.replace(
                    upload, state=UploadState.FAILED, source="", problem=refusal.reason
                )
            await self._finish(upload, outcome)
        except RoostError as error:
            _log.warning("File %d is not processed yet: %s", media_id, error.text)
        except OSError:
            _log.exception("File %d is not processed yet", media_id)

    async def _finish(self, before: Upload, outcome: Upload) -> None:
        """Keep what came of it, with what its owner said of the file meanwhile."""
        async with self._kit.locks.hold("media", before.media_id):
            now = await self._kit.store.get(tables.UPLOADS, (before.media_id,))
            if now is None:
                return
            said = {name: getattr(now.media, name) for name in ("description", "focus_x", "focus_y")}
            if now.media.preview:
                for name in ("preview", "preview_width", "preview_height", "blurhash"):
                    said[name] = getattr(now.media, name)
            media = msgspec.structs.replace(outcome.media, **said)
            batch = Batch()
            remove_later([before.source], batch)
            await self._kit.committer.commit(
                [MediaKept(msgspec.structs.replace(outcome, media=media))], batch
            )
        await self.remove_blobs()

    async def _made_from_source(self, upload: Upload) -> Media:
        reader = await self._kit.blobs.open(upload.source)
        if reader is None:
            raise Refused("File is lost")
        try:
            with tempfile.TemporaryFile() as file:
                for offset in range(0, reader.size, BLOB_CHUNK_BYTES):
                    file.write(await reader.read(offset, BLOB_CHUNK_BYTES))
                return await self._made(upload.media, SentFile(cast(BinaryIO, file), reader.size))
        finally:
            reader.close()

    async def _made(self, media: Media, sent: SentFile) -> Media:
        """What is shown, made of a file as it was sent."""
        async with self._kit.workshop.make(sent, Purpose.MEDIA) as (made, folder):
            file = await self._put_file(folder, made.file)
            facts = msgspec.structs.replace(
                media,
                kind=made.kind,
                file=file,
                width=made.width,
                height=made.height,
                duration_ms=made.duration_ms,
                frame_rate=made.frame_rate,
            )
            if made.preview and not media.preview:
                return _with_preview(facts, made, await self._put_file(folder, made.preview))
            return facts

    async def with_thumbnail(self, media: Media, thumbnail: SentFile) -> Media:
        """A file with another preview, whose blob the caller's fact has to take soon. Raises Refused."""
        if not thumbnail.format().is_picture:
            raise Refused("Thumbnail is not a picture")
        async with self._kit.workshop.make(thumbnail, Purpose.THUMBNAIL) as (made, folder):
            return _with_preview(media, made, await self._put_file(folder, made.preview))

    async def _put_file(self, folder: Path, file_name: str) -> str:
        name = new_blob_name(file_name.rpartition(".")[2])
        with (folder / file_name).open("rb") as file:
            await self._put(name, file)
        return name

    async def _put(self, name: str, file: BinaryIO) -> None:
        """Write a blob that a fact has to take before `BLOB_TAKEN_S` have gone by."""
        batch = Batch()
        after_ms = self._kit.clock.now_ms() + 1000 * BLOB_TAKEN_S
        batch.put(tables.BLOBS_TO_REMOVE, rows.BlobToRemoveRow(name, after_ms))
        await self._kit.store.write(batch)
        file.seek(0)
        await self._kit.blobs.put(name, file)

    async def _keep_new(self, upload: Upload) -> Upload:
        batch = Batch()
        idle_since_upload(upload, batch)
        position = await self._kit.committer.commit([MediaKept(upload)], batch)
        self._kit.positions.note(upload.media.owner_id, position)
        return upload

    async def _own(self, owner_id: int, media_id: int) -> Upload:
        upload = await self._kit.store.get(tables.UPLOADS, (media_id,))
        if upload is None or upload.media.owner_id != owner_id:
            raise NotFound
        return upload

    async def _is_posted(self, media_id: int, tweet_id: int = 0) -> bool:
        """Whether a tweet other than `tweet_id` has the file, or will."""
        most = DRAFTS_MAX + SCHEDULED_MAX + 1
        holders = await self._kit.store.scan(tables.MEDIA_HOLDERS, (media_id,), limit=most)
        return any(row.kind is not rows.Holder.DRAFT and row.holder_id != tweet_id for row in holders)


def remove_later(names: Sequence[str], batch: Batch) -> None:
    """Have blobs go that no fact names any more when `batch` is durable."""
    for name in names:
        if name:
            batch.put(tables.BLOBS_TO_REMOVE, rows.BlobToRemoveRow(name, 0))


def _changed(media: Media, facts: MediaChange) -> Media:
    given: dict[str, object] = {}
    if facts.description is not None:
        given["description"] = facts.description
    if facts.focus is not None:
        given["focus_x"], given["focus_y"] = facts.focus
    return msgspec.structs.replace(media, **given)


def _with_preview(media: Media, made: Made, name: str) -> Media:
    return msgspec.structs.replace(
        media,
        preview=name,
        preview_width=made.preview_width,
        preview_height=made.preview_height,
        blurhash=made.blurhash,
    )
