"""Previews of linked pages as Mastodon's clients expect them: preview cards."""

from html import escape
from typing import Any

import msgspec

from roost.api.mastodon.media_json import media_url
from roost.api.mastodon.text import timestamp
from roost.model import Card, CardKind

_KIND_NAMES = {
    CardKind.LINK: "link",
    CardKind.PHOTO: "photo",
    CardKind.VIDEO: "video",
    CardKind.RICH: "rich",
}
_FRAME = (
    '<iframe src="{src}" width="{width}" height="{height}" allowfullscreen="true" scrolling="no" '
    'frameborder="0" sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox '
    'allow-forms"></iframe>'
)


class PreviewCardAuthor(msgspec.Struct):
    name: str
    url: str
    account: None = None
    """Who this is here is not known: the page alone says it."""


class PreviewCard(msgspec.Struct, kw_only=True):
    url: str
    title: str
    description: str = ""
    language: str | None = None
    type: str = "link"
    author_name: str = ""
    author_url: str = ""
    authors: list[PreviewCardAuthor] = []
    provider_name: str = ""
    provider_url: str = ""
    html: str = ""
    width: int = 0
    height: int = 0
    image: str | None = None
    image_description: str = ""
    embed_url: str = ""
    blurhash: str | None = None
    published_at: str | None = None


def card_json(card: Card, public_url: str) -> PreviewCard:
    return PreviewCard(**card_fields(card, public_url))


def card_fields(card: Card, public_url: str) -> dict[str, Any]:
    """The fields of a preview card, which trends of links have among others."""
    named = card.author_name or card.author_url
    return {
        "url": card.url,
        "title": card.title,
        "description": card.description,
        "language": card.language or None,
        "type": _KIND_NAMES[card.kind],
        "author_name": card.author_name,
        "author_url": card.author_url,
        "authors": [PreviewCardAuthor(card.author_name, card.author_url)] if named else [],
        "provider_name": card.provider_name,
        "provider_url": card.provider_url,
        "html": _frame(card) if card.player_url else "",
        "width": card.width,
        "height": card.height,
        "image": media_url(public_url, card.image) if card.image else None,
        "image_description": card.image_description,
        "embed_url": card.embed_url,
        "blurhash": card.blurhash or None,
        "published_at": timestamp(card.published_ms) if card.published_ms else None,
    }


def _frame(card: Card) -> str:
    return _FRAME.format(src=escape(card.player_url), width=card.width, height=card.height)
