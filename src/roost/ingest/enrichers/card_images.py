"""Pictures of cards: fetched like pages, made anew in a process of their own, and kept as blobs."""

import logging
from pathlib import Path

import msgspec

from roost.blobs import Blobs, new_blob_name
from roost.clock import Clock
from roost.errors import Overloaded
from roost.limits import BLOB_TAKEN_S
from roost.links import LinkReader, Unreadable
from roost.media import Made
from roost.model import Card, CardKind
from roost.store import Batch, Store, rows, tables

_log = logging.getLogger("roost.cards")


class CardImages:
    def __init__(self, links: LinkReader, blobs: Blobs, store: Store, clock: Clock) -> None:
        self._links = links
        self._blobs = blobs
        self._store = store
        self._clock = clock

    async def again(self, card: Card, earlier: Card) -> Card | None:
        """A card with the picture of an earlier one, whose lock is held; None where that goes or is gone."""
        goes = await self._store.get(tables.BLOBS_TO_REMOVE, (earlier.image,)) is not None
        if goes or not await self._is_there(earlier.image):
            return None
        return _with_image(card, earlier.image, earlier.width, earlier.height, earlier.blurhash)

    async def add(self, card: Card, url: str) -> Card:
        """A card with its picture; without where that cannot be had. It goes again unless a row takes it in
        time."""
        try:
            async with self._links.picture(url) as (made, folder):
                return await self._kept(card, made, folder)
        except (Unreadable, Overloaded, OSError) as cause:
            _log.info("No picture for the card of %s: %s", card.url, cause)
            return card

    async def _is_there(self, name: str) -> bool:
        reader = await self._blobs.open(name)
        if reader is None:
            return False
        reader.close()
        return True

    async def _kept(self, card: Card, made: Made, folder: Path) -> Card:
        name = new_blob_name(made.preview.rpartition(".")[2])
        batch = Batch()
        after_ms = self._clock.now_ms() + 1000 * BLOB_TAKEN_S
        batch.put(tables.BLOBS_TO_REMOVE, rows.BlobToRemoveRow(name, after_ms))
        await self._store.write(batch)
        with (folder / made.preview).open("rb") as file:
            await self._blobs.put(name, file)
        return _with_image(card, name, made.preview_width, made.preview_height, made.blurhash)


def _with_image(card: Card, name: str, width: int, height: int, blurhash: str) -> Card:
    """A player keeps its own size."""
    card = msgspec.structs.replace(card, image=name, blurhash=blurhash)
    return msgspec.structs.replace(card, width=width, height=height) if card.kind is CardKind.LINK else card
