"""Custom emojis in what people wrote."""

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import jinja2
from markupsafe import Markup

from roost.api import SHORTCODE, emoji_path
from roost.model import CustomEmoji

_TAGS = re.compile(r"(<[^>]*>)")


def emojified(html: Markup, known: Mapping[str, CustomEmoji]) -> Markup:
    """The pictures of custom emojis, in the texts of some HTML that is safe: not in its tags, nor in links.

    Everything between `<` and `>` is a tag, as both are escaped elsewhere.
    """
    if not known or ":" not in html:
        return html
    parts = _TAGS.split(str(html))
    in_link = False
    for index, part in enumerate(parts):
        if index % 2:
            in_link = part.startswith("<a ") or (in_link and part != "</a>")
        elif not in_link and ":" in part:
            parts[index] = SHORTCODE.sub(lambda found: _picture(found, known), part)
    return Markup("".join(parts))  # noqa: S704 - only pictures of ours have been put in


def also(make: Callable[[Any], Markup]) -> Callable[[jinja2.runtime.Context, Any], Markup]:
    """A filter of templates, with emojis in what it makes."""

    @jinja2.pass_context
    def filtered(context: jinja2.runtime.Context, value: Any) -> Markup:
        return emojified(make(value), context["emojis"])

    return filtered


def _picture(found: re.Match[str], known: Mapping[str, CustomEmoji]) -> str:
    emoji = known.get(found[1])
    if emoji is None:
        return found[0]
    return (
        f'<img class="emoji" src="{escape(emoji_path(emoji))}" alt="{escape(found[0])}"'
        f' title="{escape(found[0])}" width="20" height="20" loading="lazy" decoding="async">'
    )
