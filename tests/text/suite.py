"""The conformance suite of twitter-text as data, and how its HTML and its offsets are read."""

import functools
import html
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "conformance"
FILES = ("autolink", "extract", "hit_highlighting", "tlds", "validate")

Case = dict[str, Any]


@functools.cache
def sections(file: str) -> dict[str, list[Case]]:
    """The sections of one YAML file, each a list of cases."""
    return yaml.safe_load((FOLDER / f"{file}.yml").read_text(encoding="utf-8"))["tests"]


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


_LINK_TAG = re.compile(r"(</?(?:a|span)\b[^<>]*>)")


class _Tag(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.read: tuple[Any, ...] = ()
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read = (tag, *sorted(attrs))

    def handle_endtag(self, tag: str) -> None:
        self.read = ("/" + tag,)


def as_read(source: str) -> list[Any]:
    """The links in `source` with their attributes sorted, and between them text as a reader gets it."""
    pieces = _LINK_TAG.split(source)
    read = [_Tag(piece).read if index % 2 else html.unescape(piece) for index, piece in enumerate(pieces)]
    return [piece for piece in read if piece]
