"""Times, ids, addresses and HTML as Mastodon's clients expect them."""

from datetime import UTC, datetime
from html import escape

from roost.ids import unix_ms_of
from roost.model import Tweet, User, Visibility
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

_URL_SHOWN_CHARACTERS = 30

VISIBILITY_NAMES = {
    Visibility.PUBLIC: "public",
    Visibility.UNLISTED: "unlisted",
    Visibility.FOLLOWERS: "private",
    Visibility.DIRECT: "direct",
}
VISIBILITIES = {name: visibility for visibility, name in VISIBILITY_NAMES.items()}


def timestamp(unix_ms: int) -> str:
    """Always with milliseconds: some clients parse no other form."""
    moment = datetime.fromtimestamp(unix_ms / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{unix_ms % 1000:03d}Z"


def midnight(unix_ms: int) -> str:
    return f"{datetime.fromtimestamp(unix_ms / 1000, UTC):%Y-%m-%d}T00:00:00.000Z"


def date(unix_ms: int) -> str | None:
    return f"{datetime.fromtimestamp(unix_ms / 1000, UTC):%Y-%m-%d}" if unix_ms else None


def created_at(tweet: Tweet) -> str:
    return timestamp(unix_ms_of(tweet.tweet_id))


def account_url(public_url: str, username: str) -> str:
    return f"{public_url}/@{username}"


def status_url(public_url: str, author: User, tweet_id: int) -> str:
    return f"{public_url}/@{author.username}/{tweet_id}"


def tag_url(public_url: str, tag: str) -> str:
    return f"{public_url}/tags/{tag.lower()}"


def tweet_html(tweet: Tweet, public_url: str) -> str:
    """A tweet's text with links, safe to show."""
    found = tweet.entities
    entities = Entities(
        mentions=tuple(Mention(m.start, m.end, m.username) for m in found.mentions),
        hashtags=tuple(Hashtag(t.start, t.end, tweet.text[t.start + 1 : t.end]) for t in found.hashtags),
        urls=tuple(Url(u.start, u.end, tweet.text[u.start : u.end]) for u in found.urls),
    )
    return paragraphs(
        render_html(tweet.text, entities, lambda entity, shown: _link(entity, shown, public_url))
    )


def note_html(text: str, public_url: str) -> str:
    """A profile's text with links to tags and addresses, safe to show."""
    if not text:
        return ""
    found = extract(text, RULES_V3)
    entities = Entities(hashtags=found.hashtags, urls=found.urls)
    return paragraphs(render_html(text, entities, lambda entity, shown: _link(entity, shown, public_url)))


def field_html(text: str, public_url: str) -> str:
    """A profile field's value: as `note_html`, without paragraphs."""
    found = extract(text, RULES_V3, bare_urls=False)
    entities = Entities(urls=found.urls)
    return render_html(text, entities, lambda entity, shown: _link(entity, shown, public_url))


def _link(entity: Entity, shown: str, public_url: str) -> str:
    match entity:
        case Mention(username=username):
            url = escape(account_url(public_url, username))
            shown = f"@<span>{escape(username)}</span>"
            return f'<span class="h-card"><a href="{url}" class="u-url mention">{shown}</a></span>'
        case Hashtag(tag=tag):
            url = escape(tag_url(public_url, tag))
            return f'<a href="{url}" class="mention hashtag" rel="tag">#<span>{escape(tag)}</span></a>'
        case Url(url=url):
            return _url_link(url)
        case Cashtag() | ListReference():
            return escape(shown)


def _url_link(url: str) -> str:
    """A link that shows an address without its protocol, and cut short; whole when it is copied."""
    target = url if "://" in url else f"http://{url}"
    protocol, separator, rest = url.partition("://")
    hidden = f"{protocol}{separator}" if separator else ""
    rest = rest if separator else url
    if rest.startswith("www."):
        hidden, rest = f"{hidden}www.", rest[4:]
    visible, beyond = rest[:_URL_SHOWN_CHARACTERS], rest[_URL_SHOWN_CHARACTERS:]
    ellipsis = ' class="ellipsis"' if beyond else ""
    return (
        f'<a href="{escape(target)}" target="_blank" rel="nofollow noopener noreferrer">'
        f'<span class="invisible">{escape(hidden)}</span><span{ellipsis}>{escape(visible)}</span>'
        f'<span class="invisible">{escape(beyond)}</span></a>'
    )
