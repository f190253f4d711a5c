"""What a page of HTML says of itself: by Open Graph, as a Twitter card, as JSON-LD, or plainly.

The order in which one is asked before the other is Mastodon's.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec
from selectolax.lexbor import LexborHTMLParser

from roost.limits import (
    CARD_DESCRIPTION_CHARACTERS_MAX,
    CARD_NAME_CHARACTERS_MAX,
    CARD_PLAYER_PIXELS_MAX,
    CARD_TITLE_CHARACTERS_MAX,
    PAGE_SCRIPTS_MAX,
    URI_CHARACTERS_MAX,
)
from roost.media.charsets import decoded
from roost.media.job import Page

_ARTICLES = frozenset(("NewsArticle", "Article", "BlogPosting", "WebPage"))
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*\Z")
_HIDDEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
"""What shows nothing, or turns what follows around."""
_IDLE_JOINERS = re.compile(
    r"(?<![^\x00-\x7f\s\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f\s\u200c\u200d])"
)
"""Joiners that join nothing; between letters of Persian, or emojis, they are spelling."""
_CDATA = re.compile(r"(/\*|//|<!--)?\s*(<!\[CDATA\[|\]\]>|-->)\s*(\*/)?")


def read_page(body: bytes, url: str, charset: str) -> Page:
    """Takes any bytes for a page; of what is no HTML there is nothing to be read."""
    tree = LexborHTMLParser(decoded(body, charset))
    said, article = _Said(_metas(tree)), _article(tree)
    author, publisher = _first(article.get("author")), _first(article.get("publisher"))
    title = tree.css_first("title")
    html = tree.css_first("html")
    player = _web_url(url, said.of("twitter:player"))
    return Page(
        title=_clean(
            (article.get("headline"), said.of("og:title", "twitter:title"), title.text() if title else ""),
            CARD_TITLE_CHARACTERS_MAX,
        ),
        description=_clean(
            (article.get("description"), said.of("og:description", "twitter:description", "description")),
            CARD_DESCRIPTION_CHARACTERS_MAX,
        ),
        language=_language(
            article.get("inLanguage"), said.of("og:locale"), html.attributes.get("lang") if html else ""
        ),
        provider_name=_clean((publisher.get("name"), said.of("og:site_name")), CARD_NAME_CHARACTERS_MAX),
        author_name=_clean(
            (author.get("name"), said.of("og:author", "og:author:username", "author")),
            CARD_NAME_CHARACTERS_MAX,
        ),
        author_url=_web_url(url, author.get("url")),
        image_url=_web_url(url, said.of("og:image", "og:image:url", "twitter:image") or article.get("image")),
        image_description=_clean(
            (said.of("og:image:alt", "twitter:image:alt"),), CARD_DESCRIPTION_CHARACTERS_MAX
        ),
        canonical_url=_at_the_same_host(url, _canonical(tree) or said.of("og:url")),
        player_url=player if player.startswith("https://") else "",
        player_width=_pixels(said.of("twitter:player:width")),
        player_height=_pixels(said.of("twitter:player:height")),
        stream_url=_web_url(url, said.of("twitter:player:stream")),
        published_ms=_time_ms(article.get("datePublished") or said.of("article:published_time")),
    )


class _Said:
    """The first content of each name."""

    def __init__(self, metas: Mapping[str, str]) -> None:
        self._metas = metas

    def of(self, *names: str) -> str:
        return next((found for name in names if (found := self._metas.get(name, "").strip())), "")


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        content = node.attributes.get("content") or ""
        for name in (node.attributes.get("property") or "", node.attributes.get("name") or ""):
            for word in name.lower().split():
                found.setdefault(word, content)
    return found


def _article(tree: LexborHTMLParser) -> Mapping[str, Any]:
    """The first description as JSON-LD of something to read; what is no JSON is passed over."""
    for node in tree.css('script[type="application/ld+json" i]')[:PAGE_SCRIPTS_MAX]:
        try:
            whole = msgspec.json.decode(_CDATA.sub("", node.text()))
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            continue
        for thing in _things(whole):
            kinds = thing.get("@type")
            if not _ARTICLES.isdisjoint(_texts(kinds if isinstance(kinds, list) else [kinds])):
                return thing
    return {}


def _things(whole: Any) -> list[Mapping[str, Any]]:
    listed = whole if isinstance(whole, list) else [whole]
    if isinstance(whole, dict) and isinstance(whole.get("@graph"), list):
        listed = whole["@graph"]
    return [thing for thing in listed if isinstance(thing, dict)]


def _first(value: Any) -> Mapping[str, Any]:
    """Somebody whom JSON-LD names, be it in a list, by name alone, or not at all."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return {"name": value}
    return value if isinstance(value, dict) else {}


def _texts(values: Iterable[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


def _clean(offered: Iterable[Any], characters_max: int) -> str:
    """The first that says something: on one line, without what cannot be seen, cut where it is long."""
    for text in _texts(offered):
        seen = _HIDDEN.sub("", unescape(text[: characters_max * 8]))
        shown = " ".join(_IDLE_JOINERS.sub("", seen).split())
        if shown:
            return shown if len(shown) <= characters_max else f"{shown[: characters_max - 1].rstrip()}…"
    return ""


def _language(*offered: Any) -> str:
    for value in offered:
        named = value[0] if isinstance(value, list) and value else value
        if isinstance(named, dict):
            named = named.get("alternateName") or named.get("name")
        found = _LANGUAGE.match(named.strip()) if isinstance(named, str) else None
        if found is not None:
            return found[1].lower()
    return ""


def _canonical(tree: LexborHTMLParser) -> str:
    node = tree.css_first('link[rel~="canonical" i][href]')
    return (node.attributes.get("href") or "") if node else ""


def _at_the_same_host(base: str, target: str) -> str:
    found = _web_url(base, target)
    return found if found and urlsplit(found).netloc == urlsplit(base).netloc else ""


def _web_url(base: str, target: Any) -> str:
    """A whole address of the web; empty for all else. JSON-LD has it in a list or under `url` too."""
    if isinstance(target, list):
        target = target[0] if target else ""
    if isinstance(target, dict):
        target = target.get("url")
    if not isinstance(target, str) or not target.strip() or len(target) > URI_CHARACTERS_MAX:
        return ""
    try:
        whole = urljoin(base, target.strip())
        parts = urlsplit(whole)
    except ValueError:
        return ""
    taken = parts.scheme in ("http", "https") and parts.hostname and whole.isprintable()
    return whole if taken and len(whole) <= URI_CHARACTERS_MAX and "@" not in parts.netloc else ""


def _pixels(text: str) -> int:
    digits = text.removesuffix("px")
    plain = digits.isascii() and digits.isdigit() and len(digits) < 6
    return min(int(digits), CARD_PLAYER_PIXELS_MAX) if plain else 0


def _time_ms(text: Any) -> int:
    """0 for what is no time of the last 500 years."""
    try:
        found = datetime.fromisoformat(text.strip()) if isinstance(text, str) else None
    except ValueError:
        return 0
    if found is None or not 1_600 < found.year < 9_000:
        return 0
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1_000)
