"""Users as accounts, encoded once and used in every status of theirs until something changes."""

from collections import OrderedDict
from typing import Any

import msgspec

from roost.api.mastodon.emojis_json import Emojis
from roost.api.mastodon.entities import Account, CredentialAccount, Field, Relationship, Source
from roost.api.mastodon.media_json import media_url
from roost.api.mastodon.quote_policies import QUOTE_POLICY_NAMES
from roost.api.mastodon.roles_json import role_json, shown_roles
from roost.api.mastodon.text import (
    VISIBILITY_NAMES,
    account_url,
    date,
    field_html,
    midnight,
    note_html,
    timestamp,
)
from roost.limits import FRAGMENT_CACHE_ENTRIES
from roost.model import Relation, User, UserCounts
from roost.service import UserView

AVATAR_PATH = "/avatars/original/missing.png"
HEADER_PATH = "/headers/original/missing.png"

_encode = msgspec.json.Encoder().encode


class AccountsJson:
    """Makes accounts for one server address."""

    def __init__(self, public_url: str, emojis: Emojis | None = None) -> None:
        self.public_url = public_url
        self._emojis = emojis or Emojis(public_url)
        self._kept: OrderedDict[int, tuple[UserView, bytes]] = OrderedDict()

    def forget(self) -> None:
        """Something that accounts are made of has changed."""
        self._kept.clear()

    def encoded(self, view: UserView) -> bytes:
        """0.5 us where neither the profile nor its counts have changed."""
        user_id = view.user.user_id
        kept = self._kept.get(user_id)
        if kept is not None and kept[0].user is view.user and kept[0].counts == view.counts:
            self._kept.move_to_end(user_id)
            return kept[1]
        body = _encode(self.account(view))
        self._kept[user_id] = (view, body)
        self._kept.move_to_end(user_id)
        if len(self._kept) > FRAGMENT_CACHE_ENTRIES:
            self._kept.popitem(last=False)
        return body

    def account(self, view: UserView) -> Account:
        if view.user.is_gone:
            return self._suspended(view)
        return Account(**self._facts(view))

    def _suspended(self, view: UserView) -> Account:
        """What is left to see of an account that moderators suspended: its name."""
        user = view.user
        bare = User(user.user_id, user.username, user.created_ms, protected=user.protected)
        return Account(**{**self._facts(UserView(bare, UserCounts())), "suspended": True})

    def credential_account(self, view: UserView, follow_requests: int) -> CredentialAccount:
        """One's own account, with what one edits."""
        user = view.user
        source = Source(
            privacy=VISIBILITY_NAMES[user.default_visibility],
            sensitive=user.default_sensitive,
            language=user.default_language or None,
            note=user.note,
            fields=[Field(field.name, field.value) for field in user.fields],
            follow_requests_count=follow_requests,
            hide_collections=user.hides_follows,
            discoverable=user.discoverable,
            indexable=user.discoverable,
            quote_policy=QUOTE_POLICY_NAMES[user.default_quote_policy],
            attribution_domains=list(user.attribution_domains),
        )
        return CredentialAccount(**self._facts(view), source=source, role=role_json(user.role))

    def _facts(self, view: UserView) -> dict[str, Any]:
        user, counts, base = view.user, view.counts, self.public_url
        avatar = media_url(base, user.avatar) if user.avatar else f"{base}{AVATAR_PATH}"
        header = media_url(base, user.header) if user.header else f"{base}{HEADER_PATH}"
        return {
            "id": str(user.user_id),
            "username": user.username,
            "acct": user.username,
            "display_name": user.display_name,
            "locked": user.is_locked,
            "bot": user.bot,
            "discoverable": user.discoverable,
            "indexable": user.discoverable,
            "group": False,
            "created_at": midnight(user.created_ms),
            "note": note_html(user.note, base),
            "url": account_url(base, user.username),
            "uri": f"{base}/users/{user.username}",
            "avatar": avatar,
            "avatar_static": avatar,
            "avatar_description": user.avatar_description,
            "header": header,
            "header_static": header,
            "header_description": user.header_description,
            "followers_count": counts.followers,
            "following_count": counts.following,
            "statuses_count": counts.tweets,
            "last_status_at": date(counts.last_tweet_ms),
            "hide_collections": user.hides_follows,
            "noindex": not user.discoverable,
            "emojis": self._emojis.of(user.display_name, user.note, *(f.value for f in user.fields)),
            "roles": shown_roles(user.role),
            "fields": _fields(user, base),
            **({"limited": True} if user.standing.silenced else {}),
        }


def relationship(relation: Relation) -> Relationship:
    held = relation.follow or relation.request
    mute = relation.mute
    return Relationship(
        id=str(relation.other_id),
        following=relation.follow is not None,
        showing_reblogs=held is not None and held.shows_retweets,
        notifying=held is not None and held.tells,
        languages=None,
        followed_by=relation.followed_by is not None,
        blocking=relation.block is not None,
        blocked_by=relation.blocked_by is not None,
        muting=mute is not None,
        muting_notifications=mute is not None and mute.hides_notifications,
        muting_expires_at=timestamp(mute.until_ms) if mute is not None and mute.until_ms else None,
        requested=relation.request is not None,
        requested_by=relation.requested_by is not None,
        domain_blocking=False,
        endorsed=relation.endorsed,
        note=relation.note,
    )


def _fields(user: User, public_url: str) -> list[Field]:
    return [Field(field.name, field_html(field.value, public_url)) for field in user.fields]
