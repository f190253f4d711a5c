"""Texts as HTML, with links inside the web app. All that people wrote is escaped."""

from html import escape
from urllib.parse import quote

from markupsafe import Markup

from roost.model import Tweet
from roost.text import (
    RULES_V3,
    Cashtag,
    Entities,
    Entity,
    Hashtag,
    ListReference,
    Mention,
    Url,
    extract,
    paragraphs,
    render_html,
)

_URL_SHOWN_CHARACTERS = 34


def tweet_html(tweet: Tweet) -> Markup:
    """A tweet's text."""
    found = tweet.entities
    entities = Entities(
        mentions=tuple(Mention(m.start, m.end, m.username) for m in found.mentions),
        hashtags=tuple(Hashtag(t.start, t.end, tweet.text[t.start + 1 : t.end]) for t in found.hashtags),
        urls=tuple(Url(u.start, u.end, tweet.text[u.start : u.end]) for u in found.urls),
    )
    return Markup(paragraphs(render_html(tweet.text, entities, _link)))  # noqa: S704 - escaped there


def note_html(text: str) -> Markup:
    """A profile's text."""
    found = extract(text, RULES_V3)
    entities = Entities(hashtags=found.hashtags, urls=found.urls)
    return Markup(paragraphs(render_html(text, entities, _link)))  # noqa: S704 - escaped there


def field_html(text: str) -> Markup:
    """A profile field's value: only addresses that begin with their protocol become links."""
    found = extract(text, RULES_V3, bare_urls=False)
    return Markup(render_html(text, Entities(urls=found.urls), _link))  # noqa: S704 - escaped there


def excerpt(text: str, characters: int) -> str:
    """One line of a text, for titles and descriptions."""
    line = " ".join(text.split())
    return line if len(line) <= characters else f"{line[: characters - 1].rstrip()}…"


def _link(entity: Entity, shown: str) -> str:
    match entity:
        case Mention(username=username):
            return f'<a href="/@{escape(username)}">@{escape(username)}</a>'
        case Hashtag(tag=tag):
            return f'<a href="/tags/{escape(quote(tag.lower(), safe=""))}" rel="tag">#{escape(tag)}</a>'
        case Url(url=url):
            target = url if "://" in url else f"http://{url}"
            text = url.partition("://")[2] or url
            text = text.removeprefix("www.")
            cut = text if len(text) <= _URL_SHOWN_CHARACTERS else f"{text[:_URL_SHOWN_CHARACTERS]}…"
            return (
                f'<a href="{escape(target)}" rel="nofollow noopener noreferrer ugc" target="_blank"'
                f' title="{escape(url)}">{escape(cut)}</a>'
            )
        case Cashtag() | ListReference():
            return escape(shown)
