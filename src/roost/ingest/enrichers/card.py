"""Enricher: a preview of the first page that a tweet links to.

What was read at a link is kept for a day, whoever posts it, so that no page is asked for twice a day. A
card's picture is a blob of our own making; it goes when no tweet shows it any more (`card_tidying`).
"""

import logging
from urllib.parse import urlsplit

import msgspec

from roost.blobs import Blobs
from roost.clock import Clock
from roost.config import Settings
from roost.errors import is_passing
from roost.ingest.enrichers.card_images import CardImages
from roost.ingest.enrichers.seam import Hold, LateEnricher
from roost.limits import CARD_BUDGET_S, CARD_FRESH_S
from roost.links import LinkReader, Resolved, Unreadable
from roost.model import Card, CardKind, Findings, Signal, Tweet
from roost.store import Batch, Store, rows, tables

_log = logging.getLogger("roost.cards")


class CardEnricher:
    """`hosts` are this server's own names: what is on its own pages needs no preview."""

    name = "card"
    budget_s: float = CARD_BUDGET_S

    def __init__(
        self,
        links: LinkReader,
        images: CardImages,
        store: Store,
        clock: Clock,
        hosts: frozenset[str],
        hold: Hold,
    ) -> None:
        self._links = links
        self._images = images
        self._store = store
        self._clock = clock
        self._hosts = hosts
        self._hold = hold

    def wants(self, tweet: Tweet) -> bool:
        """Spam gets no card. What only says the same again does: the page is known by then."""
        return tweet.card is None and not tweet.signals & Signal.SPAM and bool(self._link_of(tweet))

    async def find(self, tweet: Tweet) -> Findings | None:
        card = await self._card_at(self._link_of(tweet))
        return Findings(card=card) if card is not None else None

    def _link_of(self, tweet: Tweet) -> str:
        """The first link that does not lead to this server; empty for none."""
        for link in tweet.links():
            try:
                host = urlsplit(link).netloc
            except ValueError:
                continue
            if host not in self._hosts:
                return link
        return ""

    async def _card_at(self, link: str) -> Card | None:
        now_ms = self._clock.now_ms()
        known = await self._store.get(tables.CARDS, (link,))
        if known is not None and now_ms - known.read_ms < 1000 * CARD_FRESH_S:
            return known.card
        try:
            found = await self._links.resolve(link)
        except Unreadable as cause:
            _log.info("No card for %s: %s", link, cause)
            return None
        return await self._keep(found, known)

    async def _keep(self, found: Resolved, known: rows.CardRow | None) -> Card | None:
        """The card of what was found, with its picture, for everybody who posts the link."""
        card = _card_of(found)
        image_url = found.page.image_url if card is not None else ""
        if card is not None and image_url:
            earlier = known.card if known is not None and known.image_url == image_url else None
            if earlier is not None and earlier.image:
                async with self._hold("card image", earlier.image):
                    with_earlier = await self._images.again(card, earlier)
                    if with_earlier is not None:
                        await self._write(found, with_earlier, image_url)
                        return with_earlier
            card = await self._images.add(card, image_url)
        await self._write(found, card, image_url)
        return card

    async def _write(self, found: Resolved, card: Card | None, image_url: str) -> None:
        """As far as the store takes it: the tweet gets its card without that, too."""
        now_ms, batch = self._clock.now_ms(), Batch()
        if card is not None and card.image:
            batch.delete(tables.BLOBS_TO_REMOVE, (card.image,))
            batch.put(tables.IDLE_CARD_IMAGES, rows.IdleCardImageRow(0, card.image, now_ms))
        batch.put(tables.CARDS, rows.CardRow(found.link, now_ms, card, image_url))
        try:
            await self._store.write(batch)
        except Exception as cause:
            if not is_passing(cause):
                raise
            _log.warning("What was read at %s is not kept for others: %s", found.link, cause)


def late_enrichers(
    settings: Settings,
    links: LinkReader,
    blobs: Blobs,
    store: Store,
    clock: Clock,
    hosts: frozenset[str],
    hold: Hold,
) -> list[LateEnricher]:
    """Those that the settings want."""
    if not settings.link_previews:
        return []
    return [CardEnricher(links, CardImages(links, blobs, store, clock), store, clock, hosts, hold)]


def _card_of(found: Resolved) -> Card | None:
    """A page without a title has nothing to show."""
    page = found.page
    if not page.title:
        return None
    url = page.canonical_url or found.final_url
    parts = urlsplit(url)
    card = Card(
        url=url,
        title=page.title,
        description=page.description,
        kind=CardKind.VIDEO if page.player_url else CardKind.LINK,
        author_name=page.author_name,
        author_url=page.author_url,
        provider_name=page.provider_name or (parts.hostname or ""),
        provider_url=f"{parts.scheme}://{parts.netloc}/",
        image_description=page.image_description,
        language=page.language,
        published_ms=page.published_ms,
        link=found.link,
    )
    if not page.player_url:
        return card
    return msgspec.structs.replace(
        card,
        player_url=page.player_url,
        embed_url=page.stream_url,
        width=page.player_width,
        height=page.player_height,
    )
