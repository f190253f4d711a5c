"""All entities of a text together."""

import re

from roost.text.characters import AT_SIGNS, HASH_SIGNS
from roost.text.entities import NO_ENTITIES, Cashtag, Entities, Hashtag, ListReference, Mention, Url
from roost.text.hashtags import extract_cashtags, extract_hashtags
from roost.text.mentions import NO_HOSTS, find_mentions
from roost.text.rules import RULES_V3, TextRules
from roost.text.urls import extract_urls

# Every entity has one of these; most texts have none but the full stop.
_TRIGGER = re.compile(rf"[.${AT_SIGNS}{HASH_SIGNS}]")


def extract(
    text: str, rules: TextRules = RULES_V3, hosts: frozenset[str] = NO_HOSTS, *, bare_urls: bool = True
) -> Entities:
    """The entities of `text`; where two would overlap, the one that starts first counts.

    Args:
        text: any text; positions in the result are code point offsets into it as it is.
        rules: of these only `username_length_max` matters here.
        hosts: names of hosts in lower case, with `:port` where they have one. `@user@host` with one of
            them, in whatever case, is a mention with a host. When empty the result is that of twitter-text.
        bare_urls: whether `example.com` without a protocol is a URL.

    O(len(text)); see docs/text.md for figures.
    """
    if _TRIGGER.search(text) is None:
        return NO_ENTITIES
    return combine(text, extract_urls(text, bare=bare_urls), rules, hosts)


def combine(text: str, urls: tuple[Url, ...], rules: TextRules, hosts: frozenset[str]) -> Entities:
    """The entities of `text`, whose URLs are known. For callers that need the URLs by themselves, too."""
    mentions: list[Mention] = []
    lists: list[ListReference] = []
    ascii_only = text.isascii()
    if "@" in text or (not ascii_only and AT_SIGNS[1] in text):
        mentions, lists = find_mentions(text, rules, hosts)
    hashtags = extract_hashtags(text) if "#" in text or (not ascii_only and HASH_SIGNS[1] in text) else ()
    cashtags = extract_cashtags(text) if "$" in text else ()
    entities = Entities(tuple(mentions), hashtags, cashtags, urls, tuple(lists))
    # Only a URL can overlap with another kind.
    return _without_overlaps(entities) if urls and (mentions or hashtags or lists) else entities


def _without_overlaps(entities: Entities) -> Entities:
    ordered = entities.in_order()
    kept = []
    end = 0
    for entity in ordered:
        if entity.start >= end:
            kept.append(entity)
            end = entity.end
    if len(kept) == len(ordered):
        return entities
    return Entities(
        mentions=tuple(entity for entity in kept if type(entity) is Mention),
        hashtags=tuple(entity for entity in kept if type(entity) is Hashtag),
        cashtags=tuple(entity for entity in kept if type(entity) is Cashtag),
        urls=tuple(entity for entity in kept if type(entity) is Url),
        lists=tuple(entity for entity in kept if type(entity) is ListReference),
    )
