"""The versions of a status."""

import msgspec

from roost.api.mastodon.common import Mastodon
from roost.api.mastodon.entities import StatusEdit
from roost.api.mastodon.media_json import attachments
from roost.api.mastodon.text import timestamp, tweet_html
from roost.ids import unix_ms_of
from roost.model import Tweet
from roost.service import History, QuoteState, TweetView


def edits_json(history: History, mastodon: Mastodon) -> list[StatusEdit]:
    """Oldest first; each with the time from which it stood."""
    account = msgspec.Raw(mastodon.accounts.encoded(history.view.author))
    quote = _quote(history.view)

    def version(tweet: Tweet) -> StatusEdit:
        return StatusEdit(
            content=tweet_html(tweet, mastodon.public_url),
            spoiler_text=tweet.spoiler,
            sensitive=tweet.sensitive,
            created_at=timestamp(tweet.edited_ms or unix_ms_of(tweet.tweet_id)),
            account=account,  # type: ignore[arg-type]
            poll=_options(tweet),
            media_attachments=list(attachments(tweet.media, mastodon.public_url)),
            emojis=mastodon.statuses.emojis_in(tweet.text),
            quote=quote,
        )

    return [version(tweet) for tweet in history.versions]


def _options(tweet: Tweet) -> dict[str, list[dict[str, str]]] | None:
    """The options of a version's poll; what they came to is no part of a version."""
    if tweet.poll is None:
        return None
    return {"options": [{"title": title} for title in tweet.poll.options]}


def _quote(view: TweetView) -> dict[str, str | None] | None:
    """What all versions quote."""
    if view.quote_state is QuoteState.NONE:
        return None
    seen = view.quote_state is QuoteState.ACCEPTED
    return {
        "state": view.quote_state.value,
        "quoted_status_id": str(view.tweet.quote_of_id) if seen else None,
    }
