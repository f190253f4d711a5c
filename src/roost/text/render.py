"""From a text and its entities to HTML.

`render_html` escapes whatever is not an entity; the markup of the entities is what `link` returns, and
only that is trusted. So the output has no tag that `link` did not make.
"""

import re
from collections.abc import Callable, Iterable
from html import escape
from typing import TypeAlias

from roost.text.entities import Entities, Entity

# Given an entity and the text it covers, not escaped, returns HTML.
Link: TypeAlias = Callable[[Entity, str], str]

_BREAK = re.compile(r"\r\n?|\n")
_PARAGRAPH_BREAK = re.compile(r"\n{2,}")


def render_html(text: str, entities: Entities | Iterable[Entity], link: Link) -> str:
    """`text` as HTML, escaped, with each entity as `link` writes it.

    Args:
        text: the text that the entities' positions are offsets into.
        entities: some or all of its entities, in text order and without overlaps.
        link: what makes the markup of one entity; it must escape what it takes from the text.

    O(len(text)) and one call of `link` for each entity.
    """
    parts = []
    position = 0
    for entity in entities.in_order() if isinstance(entities, Entities) else entities:
        assert position <= entity.start < entity.end <= len(text), "entities must be of this text, in order"
        parts.append(escape(text[position : entity.start]))
        parts.append(link(entity, text[entity.start : entity.end]))
        position = entity.end
    parts.append(escape(text[position:]))
    return "".join(parts)


def paragraphs(html: str) -> str:
    """Line breaks as markup: each blank line starts a new `<p>`, any other line break is a `<br />`.

    `html` is the output of `render_html`. An empty or blank text gives an empty string.
    """
    lines = _BREAK.sub("\n", html).strip()
    if not lines:
        return ""
    blocks = _PARAGRAPH_BREAK.split(lines)
    return "".join(f"<p>{block.replace(chr(10), '<br />')}</p>" for block in blocks)
