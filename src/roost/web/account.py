"""Settings of the account itself: where it is signed in, its password, and what it can take along."""

from roost.api import Answer, Call, Route
from roost.errors import Forbidden, Invalid, Unauthenticated
from roost.web.export import archive
from roost.web.forms import path_id, text_of
from roost.web.sign_in import CLIENT_ID
from roost.web.site import Site, redirect


class AccountPages:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/settings/account", self.show, signed_in=True),
            route("POST", "/settings/password", self.password, signed_in=True, rate="sign_ins"),
            route("POST", "/settings/sessions/{id}/end", self.end, signed_in=True),
            route("POST", "/settings/sessions/end", self.end_others, signed_in=True),
            route("POST", "/settings/export", self.export, signed_in=True, rate="exports"),
        ]

    async def show(self, call: Call) -> Answer:
        return await self._page(call)

    async def password(self, call: Call) -> Answer:
        """A new password; all other sessions end."""
        new = text_of(call, "new")
        if new != text_of(call, "again"):
            return await self._page(call, "The two new passwords are not the same.", 422)
        try:
            await call.service.accounts.change_password(
                call.user_id, text_of(call, "current"), new, call.session.token_hash
            )
        except (Invalid, Forbidden, Unauthenticated) as error:
            return await self._page(call, f"{error.text}.", 422)
        return redirect("/settings/account?changed=1")

    async def end(self, call: Call) -> Answer:
        await call.service.access.end_session(call.user_id, path_id(call))
        return redirect("/settings/account")

    async def end_others(self, call: Call) -> Answer:
        await call.service.access.end_sessions(call.user_id, call.session.token_hash)
        return redirect("/settings/account")

    async def export(self, call: Call) -> Answer:
        """Everything that the account said and chose, as a ZIP of JSON and CSV."""
        name = (await call.service.accounts.by_id(call.user_id)).user.username
        headers = {
            "Content-Type": "application/zip",
            "Content-Disposition": f'attachment; filename="{name}.zip"',
            "Cache-Control": "no-store",
        }
        return Answer(200, await archive(call.service, call.user_id), headers)

    async def _page(self, call: Call, problem: str = "", status: int = 200) -> Answer:
        sessions = await call.service.access.sessions(call.user_id)
        sessions.sort(key=lambda session: session.used_ms or session.created_ms, reverse=True)
        return await self._site.page(
            call,
            "settings/account.html",
            status,
            sessions=sessions,
            own=call.session.token_hash,
            own_client=CLIENT_ID,
            email=await call.service.accounts.email(call.user_id),
            problem=problem,
            changed=bool(text_of(call, "changed")),
        )
