"""Removes pictures of cards that no tweet shows, and what was read of links long ago."""

from roost.limits import CARD_IMAGE_IDLE_S, CARD_KEPT_S, EXPORT_ROWS_MAX
from roost.service.local.kit import Kit
from roost.store import Batch, rows, tables


class CardTidying:
    """Run by housekeeping, before blobs are removed."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._after = b""
        """Where it goes on among what was read of links."""

    async def tidy(self) -> None:
        await self._forget_pictures()
        await self._forget_cards()

    async def _forget_pictures(self) -> None:
        """Each under its lock, lest a card take a picture up again in between."""
        store, now_ms = self._kit.store, self._kit.clock.now_ms()
        for row in await store.scan(tables.IDLE_CARD_IMAGES, (0,), limit=EXPORT_ROWS_MAX):
            async with self._kit.locks.hold("card image", row.image):
                batch = await self._judged(row.image, now_ms)
                if len(batch):
                    await store.write(batch)

    async def _judged(self, image: str, now_ms: int) -> Batch:
        store, batch = self._kit.store, Batch()
        row = await store.get(tables.IDLE_CARD_IMAGES, (0, image))
        if row is None:
            return batch
        if await store.scan(tables.CARD_IMAGES, (image,), limit=1):
            batch.delete(tables.IDLE_CARD_IMAGES, (0, image))
        elif row.since_ms == 0:
            batch.put(tables.IDLE_CARD_IMAGES, rows.IdleCardImageRow(0, image, now_ms))
        elif row.since_ms <= now_ms - 1000 * CARD_IMAGE_IDLE_S:
            batch.delete(tables.IDLE_CARD_IMAGES, (0, image))
            batch.put(tables.BLOBS_TO_REMOVE, rows.BlobToRemoveRow(image, 0))
        return batch

    async def _forget_cards(self) -> None:
        """A slice of them at a time."""
        store, now_ms = self._kit.store, self._kit.clock.now_ms()
        found, after = await store.export(tables.CARDS, self._after, EXPORT_ROWS_MAX)
        self._after = after or b""
        batch = Batch()
        for row in found:
            if row.read_ms <= now_ms - 1000 * CARD_KEPT_S:
                batch.delete(tables.CARDS, (row.link,))
        if len(batch):
            await store.write(batch)
