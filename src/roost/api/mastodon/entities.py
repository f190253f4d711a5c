"""Mastodon's entities as they go over the wire. Every field is always there: clients break on absent ones.

Here, and in this package alone, Mastodon's words are used: a status is a tweet, an account a user, a reblog a
retweet, a favourite a like.
"""

from typing import Any

import msgspec

from roost.api.mastodon.cards_json import PreviewCard
from roost.api.mastodon.media_json import MediaAttachment
from roost.api.mastodon.polls_json import Poll


class Field(msgspec.Struct):
    name: str
    value: str
    verified_at: str | None = None


class Account(msgspec.Struct):
    id: str
    username: str
    acct: str
    display_name: str
    locked: bool
    bot: bool
    discoverable: bool
    indexable: bool
    group: bool
    created_at: str
    note: str
    url: str
    uri: str
    avatar: str
    avatar_static: str
    avatar_description: str
    header: str
    header_static: str
    header_description: str
    followers_count: int
    following_count: int
    statuses_count: int
    last_status_at: str | None
    hide_collections: bool
    noindex: bool
    emojis: list[Any]
    roles: list["ShownRole"]
    fields: list[Field]
    suspended: bool | msgspec.UnsetType = msgspec.UNSET
    """There, and true, where moderators suspended the account: nothing else of it is shown then."""
    limited: bool | msgspec.UnsetType = msgspec.UNSET
    """There, and true, where moderators silenced the account."""


class Source(msgspec.Struct):
    """What a user edits, before it is made into HTML."""

    privacy: str
    sensitive: bool
    language: str | None
    note: str
    fields: list[Field]
    follow_requests_count: int
    hide_collections: bool
    discoverable: bool
    indexable: bool
    quote_policy: str
    attribution_domains: list[str]


class ShownRole(msgspec.Struct):
    """A role as everybody sees it, of the server's staff."""

    id: str
    name: str
    color: str


class Role(msgspec.Struct):
    id: str
    name: str
    permissions: str
    color: str
    highlighted: bool


class CredentialAccount(Account, kw_only=True):
    source: Source
    role: Role


class Mention(msgspec.Struct):
    id: str
    username: str
    url: str
    acct: str


class StatusTag(msgspec.Struct):
    name: str
    url: str


class StatusApplication(msgspec.Struct):
    name: str
    website: str | None


class FilterHeading(msgspec.Struct):
    id: str
    title: str
    context: list[str]
    expires_at: str | None
    filter_action: str


class FilterKeywordEntity(msgspec.Struct):
    id: str
    keyword: str
    whole_word: bool


class FilterStatusEntity(msgspec.Struct):
    id: str
    status_id: str


class FilterEntity(FilterHeading):
    keywords: list[FilterKeywordEntity]
    statuses: list[FilterStatusEntity]


class FilterResult(msgspec.Struct):
    """What of a status one of its reader's filters matches."""

    filter: FilterHeading
    keyword_matches: list[str] | None
    status_matches: list[str] | None


class FilterV1Entity(msgspec.Struct):
    id: str
    phrase: str
    context: list[str]
    whole_word: bool
    expires_at: str | None
    irreversible: bool


class Status(msgspec.Struct):
    """For the documentation: statuses are put together from parts; see `statuses_json`."""

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
    account: Account
    media_attachments: list[MediaAttachment]
    mentions: list[Mention]
    tags: list[StatusTag]
    emojis: list[Any]
    card: PreviewCard | None
    poll: Poll | None
    edited_at: str | None
    reblog: "Status | None"
    quote: Any
    quote_approval: Any
    application: StatusApplication | None
    replies_count: int
    reblogs_count: int
    favourites_count: int
    quotes_count: int
    favourited: bool
    reblogged: bool
    muted: bool
    bookmarked: bool
    pinned: bool
    filtered: list[FilterResult]


class StatusEdit(msgspec.Struct):
    """A version of a status."""

    content: str
    spoiler_text: str
    sensitive: bool
    created_at: str
    account: Account
    poll: Any
    media_attachments: list[Any]
    emojis: list[Any]
    quote: Any


class StatusSource(msgspec.Struct):
    id: str
    text: str
    spoiler_text: str


class Context(msgspec.Struct):
    ancestors: list[Status]
    descendants: list[Status]


class Relationship(msgspec.Struct):
    id: str
    following: bool
    showing_reblogs: bool
    notifying: bool
    languages: list[str] | None
    followed_by: bool
    blocking: bool
    blocked_by: bool
    muting: bool
    muting_notifications: bool
    muting_expires_at: str | None
    requested: bool
    requested_by: bool
    domain_blocking: bool
    endorsed: bool
    note: str


class HistoryDay(msgspec.Struct):
    """Numbers are text here, and the day is its beginning in Unix seconds."""

    day: str
    uses: str
    accounts: str


class Tag(msgspec.Struct):
    id: str
    name: str
    url: str
    history: list[HistoryDay]
    following: bool
    featuring: bool


class FeaturedTag(msgspec.Struct):
    id: str
    name: str
    url: str
    statuses_count: str
    last_status_at: str | None


class FamiliarFollowers(msgspec.Struct):
    id: str
    accounts: list[Account]


class Suggestion(msgspec.Struct):
    source: str
    sources: list[str]
    account: Account


class TrendsLink(PreviewCard, kw_only=True):
    history: list[HistoryDay]


class SearchResults(msgspec.Struct):
    accounts: list[Account]
    statuses: list[Status]
    hashtags: list[Tag]
