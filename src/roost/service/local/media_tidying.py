"""Removes files that nothing holds, and goes on with those whose processing was cut short."""

from roost.limits import EXPORT_ROWS_MAX, MEDIA_IDLE_S
from roost.model import MediaRemoved, UploadState
from roost.service.local.kit import Kit
from roost.service.local.media import LocalMedia
from roost.store import Batch, rows, tables


class MediaTidying:
    """Run by housekeeping."""

    def __init__(self, kit: Kit, media: LocalMedia) -> None:
        self._kit = kit
        self._media = media

    async def tidy(self) -> None:
        idle = await self._kit.store.scan(tables.IDLE_MEDIA, (0,), limit=EXPORT_ROWS_MAX)
        for row in idle:
            async with self._kit.locks.hold("media", row.media_id):
                await self._look_at(row)
        await self._media.remove_blobs()

    async def _look_at(self, row: rows.IdleMediaRow) -> None:
        """Remove a file that nothing has held for long; note since when."""
        store, now_ms = self._kit.store, self._kit.clock.now_ms()
        upload = await store.get(tables.UPLOADS, (row.media_id,))
        holders = await store.scan(tables.MEDIA_HOLDERS, (row.media_id,), limit=1)
        batch = Batch()
        if upload is None or holders:
            batch.delete(tables.IDLE_MEDIA, (0, row.media_id))
        elif row.since_ms == 0:
            batch.put(tables.IDLE_MEDIA, rows.IdleMediaRow(0, row.media_id, row.owner_id, now_ms))
        elif row.since_ms <= now_ms - 1000 * MEDIA_IDLE_S:
            await self._kit.committer.commit([MediaRemoved(upload)])
        elif upload.state is UploadState.PROCESSING:
            self._media.go_on(row.media_id)
        if len(batch):
            await store.write(batch)
