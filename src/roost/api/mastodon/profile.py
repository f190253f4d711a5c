"""One's own profile: seen as it is edited, and edited, pictures included."""

from typing import Any

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import Mastodon, NoParameters
from roost.api.mastodon.entities import CredentialAccount, Field
from roost.api.mastodon.media_json import media_url
from roost.api.mastodon.quote_policies import quote_policy
from roost.api.mastodon.text import VISIBILITIES
from roost.api.router import Route
from roost.errors import FieldProblem, Invalid
from roost.limits import ACCOUNT_PAGE_MAX, PROFILE_BODY_BYTES_MAX
from roost.model import PageRequest
from roost.service import ProfileChange, UserView

_PICTURES = ("avatar", "header")


class ProfileForm(msgspec.Struct):
    """What to change; absent fields stay. A form may have the parts `avatar` and `header`: pictures."""

    display_name: str | None = None
    note: str | None = None
    locked: bool | None = None
    bot: bool | None = None
    discoverable: bool | None = None
    fields_attributes: list[dict[str, str]] | None = None
    source: dict[str, str | bool] | None = None
    avatar_description: str | None = None
    header_description: str | None = None
    hide_collections: bool | None = None
    """Whether others do not see whom one follows, nor who follows one."""
    show_media: bool | None = None
    show_media_replies: bool | None = None
    show_featured: bool | None = None
    attribution_domains: list[str] | None = None
    avatar: str = ""
    """Only for pictures that are not sent as files: these are refused. So with `header`."""
    header: str = ""


class Profile(msgspec.Struct):
    """What one edits, before it is made into HTML."""

    id: str
    display_name: str
    note: str
    fields: list[Field]
    avatar: str | None
    avatar_static: str | None
    avatar_description: str
    header: str | None
    header_static: str | None
    header_description: str
    locked: bool
    bot: bool
    hide_collections: bool
    discoverable: bool
    indexable: bool
    show_media: bool
    show_media_replies: bool
    show_featured: bool
    attribution_domains: list[str]


class Profiles:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        def edits(path: str, handler: Any, answers: Any) -> Route:
            return Route(
                method="PATCH",
                path=path,
                handler=handler,
                summary="Edit one's profile.",
                scope="write:accounts",
                needs_user=True,
                takes=ProfileForm,
                answers=answers,
                body_bytes_max=PROFILE_BODY_BYTES_MAX,
                files=_PICTURES,
            )

        return [
            edits("/api/v1/accounts/update_credentials", self.edit, CredentialAccount),
            edits("/api/v1/profile", self.edit_profile, Profile),
            Route(
                method="GET",
                path="/api/v1/profile",
                handler=self.profile,
                summary="One's profile as one edits it.",
                scope="profile",
                needs_user=True,
                takes=NoParameters,
                answers=Profile,
            ),
            *(self._removal(picture) for picture in _PICTURES),
        ]

    async def edit(self, call: Call) -> Answer:
        await _edit(call)
        return await own_account(self._mastodon, call)

    async def edit_profile(self, call: Call) -> Answer:
        return json_answer(self._shown(await _edit(call)))

    async def profile(self, call: Call) -> Answer:
        return json_answer(self._shown(await call.service.accounts.by_id(call.user_id)))

    def _removal(self, picture: str) -> Route:
        async def remove(call: Call) -> Answer:
            change = ProfileChange(avatar="") if picture == "avatar" else ProfileChange(header="")
            await call.service.accounts.edit(call.user_id, change)
            return await own_account(self._mastodon, call)

        return Route(
            method="DELETE",
            path=f"/api/v1/profile/{picture}",
            handler=remove,
            summary=f"Have no {picture} any more.",
            scope="write:accounts",
            needs_user=True,
            takes=NoParameters,
            answers=CredentialAccount,
        )

    def _shown(self, view: UserView) -> Profile:
        user, base = view.user, self._mastodon.public_url
        avatar = media_url(base, user.avatar) if user.avatar else None
        header = media_url(base, user.header) if user.header else None
        return Profile(
            id=str(user.user_id),
            display_name=user.display_name,
            note=user.note,
            fields=[Field(field.name, field.value) for field in user.fields],
            avatar=avatar,
            avatar_static=avatar,
            avatar_description=user.avatar_description,
            header=header,
            header_static=header,
            header_description=user.header_description,
            locked=user.is_locked,
            bot=user.bot,
            hide_collections=user.hides_follows,
            discoverable=user.discoverable,
            indexable=user.discoverable,
            show_media=user.shows_media,
            show_media_replies=user.shows_media_of_replies,
            show_featured=user.shows_featured,
            attribution_domains=list(user.attribution_domains),
        )


async def own_account(mastodon: Mastodon, call: Call) -> Answer:
    view = await call.service.accounts.by_id(call.user_id)
    requesters = await call.service.edges.requesters(call.user_id, PageRequest(ACCOUNT_PAGE_MAX))
    return json_answer(mastodon.accounts.credential_account(view, len(requesters.items)))


async def _edit(call: Call) -> UserView:
    form = call.take(ProfileForm)
    for picture in _PICTURES:
        if getattr(form, picture):
            problem = FieldProblem("ERR_INVALID", "must be sent as a file of a multipart form")
            fields = {picture: (problem,)}
            raise Invalid(f"Validation failed: {picture.capitalize()} {problem.text}", fields)
    return await call.service.accounts.edit(call.user_id, _profile_change(form), call.files)


def _profile_change(form: ProfileForm) -> ProfileChange:
    source = form.source or {}
    privacy = source.get("privacy")
    if privacy is not None and privacy not in VISIBILITIES:
        problem = (FieldProblem("ERR_INCLUSION", "is not included in the list"),)
        raise Invalid("Validation failed: Privacy is not included in the list", {"privacy": problem})
    sensitive = source.get("sensitive")
    language = source.get("language")
    fields = form.fields_attributes
    return ProfileChange(
        display_name=form.display_name,
        note=form.note,
        protected=form.locked,
        bot=form.bot,
        discoverable=form.discoverable,
        fields=None
        if fields is None
        else tuple((field.get("name", ""), field.get("value", "")) for field in fields if field.get("name")),
        default_visibility=VISIBILITIES[str(privacy)] if privacy is not None else None,
        default_sensitive=None if sensitive is None else sensitive in (True, "true", "1", "on"),
        default_language=None if language is None else str(language),
        avatar_description=form.avatar_description,
        header_description=form.header_description,
        hides_follows=form.hide_collections,
        shows_media=form.show_media,
        shows_media_of_replies=form.show_media_replies,
        shows_featured=form.show_featured,
        attribution_domains=None if form.attribution_domains is None else tuple(form.attribution_domains),
        default_quote_policy=quote_policy(str(source.get("quote_policy") or "")),
    )
