"""Tweets as statuses, put together from parts.

A status has a part that never changes (all that its tweet says), its account, its counts, and a part that
differs by reader (what the reader did to it). All but the last are the same for everybody: they are kept
joined, and joined anew when the account or the counts have changed. So a page of 20 takes about 10 us, where
encoding it anew takes 400 us.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

import msgspec

from roost.api.mastodon.accounts_json import AccountsJson
from roost.api.mastodon.cards_json import PreviewCard, card_json
from roost.api.mastodon.entities import Mention, StatusApplication, StatusTag
from roost.api.mastodon.filters_json import filtered_json
from roost.api.mastodon.media_json import MediaAttachment, attachments
from roost.api.mastodon.polls_json import poll_json
from roost.api.mastodon.text import (
    VISIBILITY_NAMES,
    account_url,
    created_at,
    status_url,
    tag_url,
    timestamp,
    tweet_html,
)
from roost.limits import FRAGMENT_CACHE_ENTRIES
from roost.model import QuotePolicy, Tweet, TweetCounts, User, Visibility
from roost.service import QuoteState, TweetView, UserView

_encode = msgspec.json.Encoder().encode
_PLAIN_END = (
    b',"poll":null,"reblog":null,"quote":null,"application":null'
    b',"quote_approval":{"automatic":["public"],"manual":[],"current_user":"automatic"}'
)
_NO_FILTERS = b',"filtered":[]}'
_BOOL = (b"false", b"true")
_MARKS = {
    marks: b',"favourited":%s,"reblogged":%s,"bookmarked":%s,"pinned":%s,"muted":%s'
    % tuple(_BOOL[mark] for mark in marks)
    for marks in product((False, True), repeat=5)
}
"""By (liked, retweeted, bookmarked, pinned, muted)."""
_PLAIN_ENDS = {marks: _PLAIN_END + text + _NO_FILTERS for marks, text in _MARKS.items()}
"""How most statuses end."""
_POLICIES = {QuotePolicy.PUBLIC: b'"public"', QuotePolicy.FOLLOWERS: b'"followers"', QuotePolicy.NOBODY: b""}


class _Kept(msgspec.Struct, frozen=True, gc=False):
    """A status as everybody sees it, and what it was made of."""

    tweet: Tweet
    shown: Tweet
    """The original of a retweet, else the tweet itself."""
    author: UserView
    visibility: Visibility
    counts: TweetCounts
    constant_bytes: int
    """How many bytes of `body` come before the account."""
    body: bytes
    is_plain: bool
    """Whether it ends as most do for all but its author, where no filter matches."""

    def is_of(self, tweet: Tweet, shown: Tweet, author: User, visibility: Visibility) -> bool:
        """Whether all is the same but for counts."""
        return (
            self.tweet is tweet
            and self.shown is shown
            and self.author.user is author
            and self.visibility is visibility
        )


class _Constant(msgspec.Struct):
    """What never changes while the author keeps their name, and whether they are protected."""

    id: str
    created_at: str
    in_reply_to_id: str | None
    in_reply_to_account_id: str | None
    sensitive: bool
    spoiler_text: str
    visibility: str
    language: str | None
    uri: str
    url: str
    content: str
    media_attachments: list[MediaAttachment]
    mentions: list[Mention]
    tags: list[StatusTag]
    emojis: list[Any]
    card: PreviewCard | None
    edited_at: str | None


Emojis = Callable[[str], list[Any]]
"""The custom emoji that stand in a text, as JSON."""


def _no_emojis(text: str) -> list[Any]:
    del text
    return []


class StatusesJson:
    """Makes statuses for one server address."""

    def __init__(self, public_url: str, accounts: AccountsJson) -> None:
        self._public_url = public_url
        self._accounts = accounts
        self._emojis: Emojis = _no_emojis
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    def use_emojis(self, emojis: Emojis) -> None:
        """From now on statuses have these custom emoji; to be called whenever these change."""
        self._emojis = emojis
        self._kept.clear()

    def emojis_in(self, text: str) -> list[Any]:
        """The custom emoji in a text, as JSON."""
        return self._emojis(text) if ":" in text else []

    def page(self, views: Iterable[TweetView], viewer_id: int) -> bytes:
        """A JSON array of statuses. 0.7 us for one whose part that is the same for everybody is kept."""
        parts: list[bytes] = []
        for view in views:
            parts.append(b",")
            parts.extend(self._parts(view, viewer_id))
        parts[:1] = [b"["]
        parts.append(b"]")
        return b"".join(parts)

    def encoded(self, view: TweetView, viewer_id: int) -> bytes:
        """One status."""
        return b"".join(self._parts(view, viewer_id))

    def _parts(self, view: TweetView, viewer_id: int) -> Sequence[bytes]:
        """What a status is joined from; a page is joined once."""
        kept = self._shared(view)
        marks = view.liked, view.retweeted, view.bookmarked, view.pinned, view.muted
        tweet = view.tweet
        if kept.is_plain and tweet.author_id != viewer_id and not view.filtered:
            return kept.body, _PLAIN_ENDS[marks]
        return (
            kept.body,
            b',"poll":',
            b"null" if view.poll is None else _encode(poll_json(view.poll, viewer_id)),
            b',"reblog":',
            b"null" if view.retweet_of is None else self.encoded(view.retweet_of, viewer_id),
            b',"quote":',
            self._quote(view, viewer_id),
            b',"application":',
            _application(tweet, viewer_id),
            b',"quote_approval":',
            _quote_approval(view, viewer_id),
            _MARKS[marks],
            b',"filtered":%s}' % filtered_json(view.filtered) if view.filtered else _NO_FILTERS,
        )

    def deleted(self, view: TweetView, viewer_id: int) -> bytes:
        """A status that was deleted: with its text, to be edited and posted anew, and without its HTML."""
        whole = msgspec.json.decode(self.encoded(view, viewer_id))
        del whole["content"]
        whole["text"] = view.tweet.text
        return _encode(whole)

    def _shared(self, view: TweetView) -> _Kept:
        """What everybody sees of a status: an object that is still open at its end."""
        tweet, author = view.tweet, view.author
        original = view.retweet_of or view
        shown, counts = original.tweet, original.counts
        kept = self._kept.get(tweet.tweet_id)
        if kept is not None and kept.is_of(tweet, shown, author.user, view.visibility):
            if kept.author is author and kept.counts is counts:
                self._kept.move_to_end(tweet.tweet_id)
                return kept
            constant = kept.body[: kept.constant_bytes]
        else:
            constant = _encode(self._make_constant(view))[:-1]
        body = _joined(constant, self._accounts.encoded(author), counts)
        plain = _is_plain(tweet, view.visibility)
        kept = _Kept(tweet, shown, author, view.visibility, counts, len(constant), body, plain)
        self._keep(kept)
        return kept

    def _keep(self, kept: _Kept) -> None:
        self._kept[kept.tweet.tweet_id] = kept
        self._kept.move_to_end(kept.tweet.tweet_id)
        if len(self._kept) > FRAGMENT_CACHE_ENTRIES:
            self._kept.popitem(last=False)

    def _make_constant(self, view: TweetView) -> _Constant:
        tweet, author, base = view.tweet, view.author.user, self._public_url
        shown = view.retweet_of.tweet if view.retweet_of is not None else tweet
        uri = f"{base}/users/{author.username}/statuses/{tweet.tweet_id}"
        return _Constant(
            id=str(tweet.tweet_id),
            created_at=created_at(tweet),
            in_reply_to_id=str(tweet.reply_to_id) if tweet.reply_to_id else None,
            in_reply_to_account_id=str(tweet.reply_to_author_id) if tweet.reply_to_author_id else None,
            sensitive=shown.sensitive or _is_marked(view.retweet_of or view),
            spoiler_text=shown.spoiler,
            visibility=VISIBILITY_NAMES[view.visibility],
            language=shown.language or None,
            uri=f"{uri}/activity" if tweet.is_retweet else uri,
            url=status_url(base, author, tweet.tweet_id),
            content=tweet_html(shown, base),
            media_attachments=attachments(shown.media, base),
            mentions=_mentions(shown, base),
            tags=_tags(shown, base),
            emojis=self.emojis_in(f"{shown.spoiler} {shown.text}"),
            card=card_json(shown.card, base) if shown.card is not None else None,
            edited_at=timestamp(shown.edited_ms) if shown.edited_ms else None,
        )

    def _quote(self, view: TweetView, viewer_id: int) -> bytes:
        """What is quoted; of a quote within a quote its id alone."""
        if view.quote_state is QuoteState.NONE:
            return b"null"
        state = view.quote_state.value.encode()
        if view.quote_of is not None:
            return b'{"state":"%s","quoted_status":%s}' % (state, self.encoded(view.quote_of, viewer_id))
        if view.quote_state is QuoteState.ACCEPTED:
            return b'{"state":"%s","quoted_status_id":"%d"}' % (state, view.tweet.quote_of_id)
        return b'{"state":"%s","quoted_status":null}' % state


def _is_plain(tweet: Tweet, visibility: Visibility) -> bool:
    return (
        not tweet.retweet_of_id
        and not tweet.quote_of_id
        and tweet.poll is None
        and not tweet.quote_policy
        and visibility < Visibility.FOLLOWERS
    )


def _joined(constant: bytes, account: bytes, counts: TweetCounts) -> bytes:
    numbers = b'"replies_count":%d,"reblogs_count":%d,"favourites_count":%d,"quotes_count":%d' % (
        counts.replies,
        counts.retweets,
        counts.likes,
        counts.quotes,
    )
    return b'%s,"account":%s,%s' % (constant, account, numbers)


def _quote_approval(view: TweetView, viewer_id: int) -> bytes:
    """Who may quote a tweet: its author in any case, others where it is not for followers only."""
    policy = view.tweet.quote_policy if view.visibility < Visibility.FOLLOWERS else QuotePolicy.NOBODY
    may = (
        policy is QuotePolicy.PUBLIC
        or (policy is QuotePolicy.FOLLOWERS and view.may_quote)
        or view.tweet.author_id == viewer_id
    )
    current = b"automatic" if may else b"denied"
    return b'{"automatic":[%s],"manual":[],"current_user":"%s"}' % (_POLICIES[policy], current)


def _application(tweet: Tweet, viewer_id: int) -> bytes:
    """The app that a tweet was posted with, shown to its author only."""
    if tweet.author_id != viewer_id or not tweet.app_name:
        return b"null"
    return _encode(StatusApplication(tweet.app_name, tweet.app_website or None))


def _is_marked(view: TweetView) -> bool:
    """Whether moderators marked all media of the author as sensitive, and there are some."""
    return bool(view.tweet.media) and view.author.user.standing.sensitive


def _mentions(tweet: Tweet, public_url: str) -> list[Mention]:
    named = {span.user_id: span.username for span in tweet.entities.mentions}
    return [
        Mention(str(user_id), name, account_url(public_url, name), name) for user_id, name in named.items()
    ]


def _tags(tweet: Tweet, public_url: str) -> list[StatusTag]:
    return [StatusTag(name, tag_url(public_url, name)) for name in tweet.hashtags()]
