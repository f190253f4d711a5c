"""What the server is: the first thing that every client asks."""

from typing import Any

import msgspec

from roost import __version__
from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.accounts_json import HEADER_PATH
from roost.api.mastodon.common import empty_list
from roost.api.mastodon.text import VISIBILITY_NAMES
from roost.api.router import Route
from roost.limits import (
    FILM_BYTES_MAX,
    FILM_FRAME_RATE_MAX,
    FILM_PIXELS_MAX,
    IMAGE_BYTES_MAX,
    IMAGE_PIXELS_MAX,
    MEDIA_DESCRIPTION_CHARACTERS_MAX,
    MEDIA_PER_TWEET_MAX,
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
    contact_account: None
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
    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path="/api/v1/instance",
                same_for_all=True,
                handler=self.v1,
                summary="The server, as older clients ask for it.",
                answers=InstanceV1,
            ),
            Route(
                method="GET",
                path="/api/v2/instance",
                same_for_all=True,
                handler=self.v2,
                summary="The server.",
                answers=InstanceV2,
            ),
            Route(
                method="GET",
                path="/api/v1/custom_emojis",
                same_for_all=True,
                handler=self.nothing,
                summary="The server's own emojis; it has none.",
                answers=list[Any],
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
            Route(
                method="GET",
                path="/.well-known/nodeinfo",
                same_for_all=True,
                handler=self.nodeinfo_links,
                summary="Where NodeInfo is.",
                answers=dict[str, Any],
            ),
            Route(
                method="GET",
                path="/nodeinfo/2.0",
                same_for_all=True,
                handler=self.nodeinfo,
                summary="The server in the NodeInfo format.",
                answers=dict[str, Any],
            ),
            Route(
                method="GET",
                path="/.well-known/host-meta",
                same_for_all=True,
                handler=self.host_meta,
                summary="The host's metadata (XML), from which some clients learn the web domain.",
                answers="application/xrd+xml",
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
                thumbnail=f"{around.public_url}{HEADER_PATH}",
                languages=["en"],
                registrations=settings.registration_open,
                approval_required=False,
                invites_enabled=False,
                configuration=_configuration(call),
                contact_account=None,
                rules=[],
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
                thumbnail={"url": f"{around.public_url}{HEADER_PATH}"},
                icon=[],
                languages=["en"],
                configuration=_configuration(call)
                | {
                    "urls": {"streaming": _streaming_url(call)},
                    "vapid": {"public_key": call.service.web_push.public_key},
                    "translation": {"enabled": False},
                },
                registrations={
                    "enabled": settings.registration_open,
                    "approval_required": False,
                    "message": None,
                    "url": None,
                    "min_age": None,
                    "reason_required": False,
                },
                api_versions={"mastodon": _API_VERSION},
                contact={"email": settings.contact_email, "account": None},
                rules=[],
            )
        )

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

    async def nothing(self, call: Call) -> Answer:
        del call
        return empty_list()

    async def nodeinfo_links(self, call: Call) -> Answer:
        schema = "http://nodeinfo.diaspora.software/ns/schema/2.0"
        return json_answer({"links": [{"rel": schema, "href": f"{call.around.public_url}/nodeinfo/2.0"}]})

    async def nodeinfo(self, call: Call) -> Answer:
        usage = await call.service.operations.usage()
        people = {"total": usage.users, "activeMonth": usage.active_month}
        return json_answer(
            {
                "version": "2.0",
                "software": {"name": "roost", "version": __version__},
                "protocols": [],
                "services": {"inbound": [], "outbound": []},
                "openRegistrations": call.around.settings.registration_open,
                "usage": {"users": people, "localPosts": usage.tweets},
                "metadata": {"nodeName": call.around.settings.title},
            }
        )

    async def host_meta(self, call: Call) -> Answer:
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">'
            f'<Link rel="lrdd" template="{call.around.public_url}/.well-known/webfinger?resource={{uri}}"/>'
            "</XRD>"
        )
        return Answer(200, body.encode(), {"Content-Type": "application/xrd+xml; charset=utf-8"})


def _streaming_url(call: Call) -> str:
    scheme, _, rest = call.around.public_url.partition("://")
    return f"{'wss' if scheme == 'https' else 'ws'}://{rest}"


def _configuration(call: Call) -> dict[str, Any]:
    return {
        "accounts": {
            "max_featured_tags": 0,
            "max_pinned_statuses": 0,
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
