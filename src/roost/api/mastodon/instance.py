"""What the server is: the first thing that every client asks."""

from typing import Any

import msgspec

from roost import __version__
from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.accounts_json import HEADER_PATH
from roost.api.mastodon.admin_json import rules_of
from roost.api.mastodon.common import Mastodon
from roost.api.mastodon.entities import Account
from roost.api.mastodon.text import VISIBILITY_NAMES
from roost.api.router import Route
from roost.errors import NotFound
from roost.limits import (
    DISPLAY_NAME_CHARACTERS_MAX,
    FEATURED_TAGS_MAX,
    FILM_BYTES_MAX,
    FILM_FRAME_RATE_MAX,
    FILM_PIXELS_MAX,
    IMAGE_BYTES_MAX,
    IMAGE_PIXELS_MAX,
    MEDIA_DESCRIPTION_CHARACTERS_MAX,
    MEDIA_PER_TWEET_MAX,
    NOTE_CHARACTERS_MAX,
    PINS_MAX,
    POLL_LASTS_S_MAX,
    POLL_LASTS_S_MIN,
    POLL_OPTION_CHARACTERS_MAX,
    POLL_OPTIONS_MAX,
    PROFILE_FIELD_CHARACTERS_MAX,
    PROFILE_FIELDS_MAX,
)
from roost.service import FORMATS
from roost.text import RULES_V3

VERSION = f"4.5.0 (compatible; Roost {__version__})"
"""Clients switch features on by the Mastodon version that comes first."""
_API_VERSION = 7
"""Mastodon's number for the API of 4.5."""


class InstanceV1(msgspec.Struct):
    uri: str
    title: str
    short_description: str
    description: str
    email: str
    version: str
    urls: dict[str, str]
    stats: dict[str, int]
    thumbnail: str | None
    languages: list[str]
    registrations: bool
    approval_required: bool
    invites_enabled: bool
    configuration: dict[str, Any]
    contact_account: Account | None
    rules: list[Any]
    max_toot_chars: int


class InstanceV2(msgspec.Struct):
    domain: str
    title: str
    version: str
    source_url: str
    description: str
    usage: dict[str, Any]
    thumbnail: dict[str, Any]
    icon: list[Any]
    languages: list[str]
    configuration: dict[str, Any]
    registrations: dict[str, Any]
    api_versions: dict[str, int]
    contact: dict[str, Any]
    rules: list[Any]


class Preferences(msgspec.Struct):
    visibility: str = msgspec.field(name="posting:default:visibility")
    sensitive: bool = msgspec.field(name="posting:default:sensitive")
    language: str | None = msgspec.field(name="posting:default:language")
    media: str = msgspec.field(name="reading:expand:media")
    spoilers: bool = msgspec.field(name="reading:expand:spoilers")


class Instance:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path="/api/v1/instance",
                same_for_all=True,
                handler=self.v1,
                summary="The server, as older clients ask for it.",
                answers=InstanceV1,
                has_validator=True,
            ),
            Route(
                method="GET",
                path="/api/v2/instance",
                same_for_all=True,
                handler=self.v2,
                summary="The server.",
                answers=InstanceV2,
                has_validator=True,
            ),
            Route(
                method="GET",
                path="/api/v1/preferences",
                handler=self.preferences,
                summary="What a user set for posting.",
                scope="read:accounts",
                needs_user=True,
                answers=Preferences,
            ),
        ]

    async def v1(self, call: Call) -> Answer:
        around, settings = call.around, call.around.settings
        usage = await call.service.operations.usage()
        return json_answer(
            InstanceV1(
                uri=around.host,
                title=settings.title,
                short_description=settings.description,
                description=settings.description,
                email=settings.contact_email,
                version=VERSION,
                urls={"streaming_api": _streaming_url(call)},
                stats={
                    "user_count": usage.users,
                    "status_count": usage.tweets,
                    "domain_count": 1,
                },
                thumbnail=settings.thumbnail_url or f"{around.public_url}{HEADER_PATH}",
                languages=["en"],
                registrations=settings.registration_open,
                approval_required=settings.registration_approval,
                invites_enabled=False,
                configuration=_configuration(call),
                contact_account=await self._contact(call),
                rules=rules_of(call),
                max_toot_chars=settings.tweet_length_max,
            )
        )

    async def v2(self, call: Call) -> Answer:
        around, settings = call.around, call.around.settings
        usage = await call.service.operations.usage()
        return json_answer(
            InstanceV2(
                domain=around.host,
                title=settings.title,
                version=VERSION,
                source_url=settings.source_url or around.public_url,
                description=settings.description,
                usage={"users": {"active_month": usage.active_month}},
                thumbnail={
                    "url": settings.thumbnail_url or f"{around.public_url}{HEADER_PATH}",
                    "description": "",
                },
                icon=[],
                languages=["en"],
                configuration=_configuration(call)
                | {
                    "urls": _urls(call),
                    "vapid": {"public_key": call.service.web_push.public_key},
                    "translation": {"enabled": False},
                },
                registrations={
                    "enabled": settings.registration_open,
                    "approval_required": settings.registration_approval,
                    "message": None,
                    "url": None,
                    "min_age": None,
                    "reason_required": False,
                },
                api_versions={"mastodon": _API_VERSION},
                contact={"email": settings.contact_email, "account": await self._contact(call)},
                rules=rules_of(call),
            )
        )

    async def _contact(self, call: Call) -> Account | None:
        """The account to turn to, if the settings name one that exists."""
        name = call.around.settings.contact_username
        try:
            return (
                self._mastodon.accounts.account(await call.service.accounts.by_name(name)) if name else None
            )
        except NotFound:
            return None

    async def preferences(self, call: Call) -> Answer:
        user = (await call.service.accounts.by_id(call.user_id)).user
        return json_answer(
            Preferences(
                VISIBILITY_NAMES[user.default_visibility],
                user.default_sensitive,
                user.default_language or None,
                "default",
                False,
            )
        )


def _streaming_url(call: Call) -> str:
    scheme, _, rest = call.around.public_url.partition("://")
    return f"{'wss' if scheme == 'https' else 'ws'}://{rest}"


def _urls(call: Call) -> dict[str, str | None]:
    url, settings = call.around.public_url, call.around.settings
    return {
        "streaming": _streaming_url(call),
        "status": None,
        "about": f"{url}/api/v1/instance/extended_description",
        "privacy_policy": f"{url}/api/v1/instance/privacy_policy" if settings.privacy_policy else None,
        "terms_of_service": f"{url}/api/v1/instance/terms_of_service" if settings.terms_of_service else None,
    }


def _configuration(call: Call) -> dict[str, Any]:
    return {
        "accounts": {
            "max_display_name_length": DISPLAY_NAME_CHARACTERS_MAX,
            "max_note_length": NOTE_CHARACTERS_MAX,
            "max_featured_tags": FEATURED_TAGS_MAX,
            "max_pinned_statuses": PINS_MAX,
            "max_profile_fields": PROFILE_FIELDS_MAX,
            "profile_field_name_limit": PROFILE_FIELD_CHARACTERS_MAX,
            "profile_field_value_limit": PROFILE_FIELD_CHARACTERS_MAX,
        },
        "statuses": {
            "max_characters": call.around.settings.tweet_length_max,
            "max_media_attachments": MEDIA_PER_TWEET_MAX,
            "characters_reserved_per_url": RULES_V3.url_length,
        },
        "media_attachments": {
            "supported_mime_types": [kind for found in FORMATS.values() for kind in found.content_types],
            "description_limit": MEDIA_DESCRIPTION_CHARACTERS_MAX,
            "image_size_limit": IMAGE_BYTES_MAX,
            "image_matrix_limit": IMAGE_PIXELS_MAX,
            "video_size_limit": FILM_BYTES_MAX,
            "video_frame_rate_limit": FILM_FRAME_RATE_MAX,
            "video_matrix_limit": FILM_PIXELS_MAX,
        },
        "polls": {
            "max_options": POLL_OPTIONS_MAX,
            "max_characters_per_option": POLL_OPTION_CHARACTERS_MAX,
            "min_expiration": POLL_LASTS_S_MIN,
            "max_expiration": POLL_LASTS_S_MAX,
        },
        "limited_federation": False,
    }
