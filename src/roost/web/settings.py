"""Settings: the profile, and how things look."""

from roost.api import Answer, Call, Route
from roost.errors import Invalid
from roost.limits import PROFILE_PICTURE_BYTES_MAX
from roost.service import ProfileChange
from roost.web.compose import QUOTINGS, VISIBILITIES
from roost.web.forms import text_of
from roost.web.site import Site, redirect

_FIELD_ROWS = 4
_PICTURES = ("avatar", "header")


class SettingsPages:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/settings", self.profile, signed_in=True),
            route(
                "POST",
                "/settings",
                self.edit,
                signed_in=True,
                body_bytes_max=3 * PROFILE_PICTURE_BYTES_MAX,
                files=_PICTURES,
            ),
            route("GET", "/settings/appearance", self.appearance, signed_in=True),
        ]

    async def profile(self, call: Call) -> Answer:
        return await self._profile(call)

    async def edit(self, call: Call) -> Answer:
        pairs = [
            (text_of(call, f"name{row}").strip(), text_of(call, f"value{row}").strip())
            for row in range(_FIELD_ROWS)
        ]
        change = ProfileChange(
            display_name=text_of(call, "display_name"),
            note=text_of(call, "note"),
            protected=bool(text_of(call, "protected")),
            bot=bool(text_of(call, "bot")),
            discoverable=bool(text_of(call, "discoverable")),
            fields=tuple(pair for pair in pairs if any(pair)),
            avatar="" if text_of(call, "no_avatar") else None,
            header="" if text_of(call, "no_header") else None,
            default_visibility=VISIBILITIES.get(text_of(call, "visibility")),
            default_quote_policy=QUOTINGS.get(text_of(call, "quoting")),
        )
        try:
            pictures = {name: sent for name in _PICTURES if (sent := call.files.get(name)) and sent.size}
            await call.service.accounts.edit(call.user_id, change, pictures)
        except Invalid as error:
            return await self._profile(call, error.text, 422)
        return redirect("/settings?saved=1")

    async def appearance(self, call: Call) -> Answer:
        return await self._site.page(call, "settings/appearance.html")

    async def _profile(self, call: Call, problem: str = "", status: int = 200) -> Answer:
        user = (await call.service.accounts.by_id(call.user_id)).user
        fields = [(field.name, field.value) for field in user.fields]
        fields += [("", "")] * (_FIELD_ROWS - len(fields))
        saved = bool(text_of(call, "saved"))
        return await self._site.page(
            call, "settings/profile.html", status, user=user, fields=fields, problem=problem, saved=saved
        )
