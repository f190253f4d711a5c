"""What can be found in a text: five kinds of entity, each a frozen record of where it stands.

All positions are code point offsets into the text that was searched, half-open, and they include the
sign (`@`, `#`, `$`) of the entity. The text parts (`username`, `tag`) are without the sign.
"""

import itertools
import operator
from typing import TypeAlias

import msgspec


class Mention(msgspec.Struct, frozen=True, gc=False):
    """`@username`, or `@username@host` where `host` was one of the hosts asked for (in lower case)."""

    start: int
    end: int
    username: str
    host: str | None = None


class ListReference(msgspec.Struct, frozen=True, gc=False):
    """`@username/slug`, the name of a list, which does not count as a mention of its owner."""

    start: int
    end: int
    username: str
    slug: str


class Hashtag(msgspec.Struct, frozen=True, gc=False):
    """`#tag`, as written: neither case nor width is folded."""

    start: int
    end: int
    tag: str


class Cashtag(msgspec.Struct, frozen=True, gc=False):
    """`$symbol`, as written."""

    start: int
    end: int
    symbol: str


class Url(msgspec.Struct, frozen=True, gc=False):
    """A web address as written; `url` has no protocol when the text had none."""

    start: int
    end: int
    url: str


Entity: TypeAlias = Mention | ListReference | Hashtag | Cashtag | Url

_start = operator.attrgetter("start")


class Entities(msgspec.Struct, frozen=True):
    """All entities of one text, each kind in text order; no two of them overlap."""

    mentions: tuple[Mention, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    cashtags: tuple[Cashtag, ...] = ()
    urls: tuple[Url, ...] = ()
    lists: tuple[ListReference, ...] = ()

    def in_order(self) -> list[Entity]:
        """Every entity of every kind, in text order. O(n log n) in the number of entities."""
        kinds = (self.mentions, self.hashtags, self.cashtags, self.urls, self.lists)
        return sorted(itertools.chain.from_iterable(kinds), key=_start)


NO_ENTITIES = Entities()
