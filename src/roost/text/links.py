"""Links as twitter-text makes them.

Source of the markup: twitter/twitter-text, `autolink.rb` (Apache-2.0, commit 30e2430). One thing differs:
upstream leaves the text between the entities as it is, markup included, and this escapes it.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape
from types import MappingProxyType

import msgspec

from roost.text.characters import RIGHT_TO_LEFT
from roost.text.entities import Cashtag, Entities, Entity, Hashtag, ListReference, Mention, Url
from roost.text.extraction import extract
from roost.text.render import render_html
from roost.text.rules import RULES_V3

SITE = "https://twitter.com"

_RIGHT_TO_LEFT = re.compile(f"[{RIGHT_TO_LEFT}]")
_ELLIPSIS = "…"
_UNSEEN = '<span style="position:absolute;left:-9999px;">'


class ShownUrl(msgspec.Struct, frozen=True, gc=False):
    """How a shortened URL is shown: `expanded` is where it leads, `display` the part that is seen.

    `display` may start or end with an ellipsis; the rest of it is usually a part of `expanded`.
    """

    display: str
    expanded: str


NOTHING_SHOWN: Mapping[str, ShownUrl] = MappingProxyType({})


def autolink(
    text: str,
    entities: Entities | Iterable[Entity] | None = None,
    *,
    site: str = SITE,
    shown: Mapping[str, ShownUrl] = NOTHING_SHOWN,
) -> str:
    """`text` as HTML with a link for each entity.

    Args:
        text: plain text, not HTML.
        entities: the entities to link, in order; by default all of them but URLs without a protocol.
        site: where the links to users, lists and searches lead, without a slash at the end.
        shown: for a URL as written in the text, how it is shown.
    """
    if entities is None:
        entities = extract(text, RULES_V3, bare_urls=False)

    def link(entity: Entity, source: str) -> str:
        if isinstance(entity, Url):
            return _link_url(entity.url, shown.get(entity.url))
        if isinstance(entity, Hashtag | Cashtag):
            return _link_tag(entity, source, site)
        return _link_user(entity, source, site)

    return render_html(text, entities, link)


def _anchor(inner: str, href: str, title: str = "", classes: str = "") -> str:
    """An `<a>` element; `inner` is HTML, the rest is text."""
    named = (("href", href), ("title", title), ("class", classes))
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in named if value)
    return f"<a{attributes}>{inner}</a>"


def _link_tag(entity: Hashtag | Cashtag, source: str, site: str) -> str:
    if isinstance(entity, Cashtag):
        sign, name, classes = "$", entity.symbol, "tweet-url cashtag"
    else:
        sign, name, classes = "#", entity.tag, "tweet-url hashtag"
        if _RIGHT_TO_LEFT.search(name) is not None:
            classes += " rtl"
    href = f"{site}/search?q={'%24' if sign == '$' else '%23'}{name}"
    return _anchor(escape(source), href, sign + name, classes)


def _link_user(entity: Mention | ListReference, source: str, site: str) -> str:
    if isinstance(entity, ListReference):
        name, classes = f"{entity.username}/{entity.slug}", "tweet-url list-slug"
    else:
        name, classes = entity.username, "tweet-url username"
        if entity.host is not None:
            name += "@" + entity.host
    # The sign stays outside of the link.
    return escape(source[0]) + _anchor(escape(source[1:]), f"{site}/{name}", classes=classes)


def _link_url(url: str, shown: ShownUrl | None) -> str:
    if shown is None:
        return _anchor(escape(url), url)
    return _anchor(_shown_parts(shown), url, shown.expanded)


def _shown_parts(shown: ShownUrl) -> str:
    """The seen part of a URL between unseen ones, so that what is copied is the whole URL.

    The ellipses are seen but, by a handler on the page, not copied; the space in them keeps them apart
    from the URL where that handler does not run.
    """
    seen = shown.display.replace(_ELLIPSIS, "")
    before, found, after = shown.expanded.partition(seen) if seen else ("", "", "")
    if not found:
        return escape(shown.display)
    leading = _ELLIPSIS if shown.display.startswith(_ELLIPSIS) else ""
    trailing = _ELLIPSIS if shown.display.endswith(_ELLIPSIS) else ""
    space = f"{_UNSEEN}&nbsp;</span>"
    return (
        f'<span class="tco-ellipsis">{leading}{space}</span>'
        f"{_UNSEEN}{escape(before)}</span>"
        f'<span class="js-display-url">{escape(seen)}</span>'
        f"{_UNSEEN}{escape(after)}</span>"
        f'<span class="tco-ellipsis">{space}{trailing}</span>'
    )
