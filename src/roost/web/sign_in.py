"""Signing up, in and out.

A session is an ordinary token of an app of Roost's own, made anew at every sign-in: a cookie that somebody
planted beforehand is worth nothing afterwards.
"""

from typing import Any

from roost.api import Answer, Call, Route
from roost.errors import Forbidden, Invalid
from roost.limits import WEB_SESSION_LIFE_S
from roost.service import Registration
from roost.web.devices import device_of
from roost.web.forms import text_of
from roost.web.site import Site, local_path, redirect

CLIENT_ID = "roost-web"
"""What the client ids of Roost's own apps begin with: there is one for each kind of browser, of which there
are few, so that sessions have a name."""
SCOPES = ("read", "write", "follow", "push", "profile")
_WRONG = "That name or address and that password do not belong together."
_CLOSED = "This server takes no new accounts at the moment."
_FIELDS = ("username", "email", "password", "agreement")


class SignIn:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/sign-in", self.show_sign_in),
            route("POST", "/sign-in", self.sign_in, rate="sign_ins"),
            route("GET", "/sign-up", self.show_sign_up),
            route("POST", "/sign-up", self.sign_up, rate="registrations"),
            route("POST", "/sign-out", self.sign_out),
        ]

    async def show_sign_in(self, call: Call) -> Answer:
        if call.user_id:
            return redirect(local_path(call.parameters.get("next")))
        return await self._sign_in_page(call)

    async def sign_in(self, call: Call) -> Answer:
        login, password = text_of(call, "login"), text_of(call, "password")
        try:
            user = await call.service.accounts.sign_in(login, password, call.address)
        except Forbidden as error:
            return await self._sign_in_page(call, error.text, 403)
        if user is None:
            return await self._sign_in_page(call, _WRONG, 401)
        return await self._enter(call, user.user_id)

    async def show_sign_up(self, call: Call) -> Answer:
        if call.user_id:
            return redirect("/home")
        return await self._sign_up_page(call)

    async def sign_up(self, call: Call) -> Answer:
        if not call.around.settings.registration_open:
            return await self._sign_up_page(call, {"": _CLOSED}, 403)
        if not text_of(call, "agreement"):
            return await self._sign_up_page(call, {"agreement": "Please read and accept the rules."}, 422)
        try:
            view = await call.service.accounts.register(
                Registration(
                    username=text_of(call, "username").strip(),
                    email=text_of(call, "email").strip(),
                    password=text_of(call, "password"),
                    display_name=text_of(call, "display_name").strip(),
                    reason=text_of(call, "reason").strip(),
                )
            )
        except Invalid as error:
            return await self._sign_up_page(call, _problems(error), 422)
        if view.user.standing.pending:
            return await self._site.page(call, "waiting.html")
        return await self._enter(call, view.user.user_id)

    async def sign_out(self, call: Call) -> Answer:
        browsers = self._site.browsers
        await call.service.access.revoke(call.session.client_id, browsers.secret(call.request))
        cookie = browsers.cookie(browsers.session_cookie, "", 0)
        return redirect("/", {"Set-Cookie": cookie, "Clear-Site-Data": '"cache", "storage"'})

    async def _enter(self, call: Call, user_id: int) -> Answer:
        """A new session; the one that the browser may have had ends."""
        browsers = self._site.browsers
        if call.session.client_id:
            await call.service.access.revoke(call.session.client_id, browsers.secret(call.request))
        client_id = await _app(call)
        secret = await call.service.access.make_token(client_id, user_id, SCOPES)
        cookie = browsers.cookie(browsers.session_cookie, secret, WEB_SESSION_LIFE_S)
        return redirect(local_path(call.parameters.get("next")), {"Set-Cookie": cookie})

    async def _sign_in_page(self, call: Call, problem: str = "", status: int = 200) -> Answer:
        return await self._site.page(
            call,
            "sign-in.html",
            status,
            problem=problem,
            login=text_of(call, "login"),
            next=local_path(call.parameters.get("next")),
        )

    async def _sign_up_page(
        self, call: Call, problems: dict[str, str] | None = None, status: int = 200
    ) -> Answer:
        given: dict[str, Any] = {name: text_of(call, name) for name in (*_FIELDS, "display_name", "reason")}
        return await self._site.page(
            call, "sign-up.html", status, problems=problems or {}, given=given, next="/home"
        )


async def _app(call: Call) -> str:
    """The client id of the app that stands for this kind of browser."""
    access, name = call.service.access, device_of(call.request.headers.get("User-Agent", ""))
    client_id = f"{CLIENT_ID}-{name.lower().replace(' ', '-')}"
    if await access.app(client_id) is None:
        website = call.around.public_url
        await access.register_app(name, (f"{website}/",), SCOPES, website, client_id=client_id)
    return client_id


def _problems(error: Invalid) -> dict[str, str]:
    """By field; what concerns no field that the page has stands at its head."""
    found: dict[str, str] = {}
    for name, problems in error.fields.items():
        text = ", and ".join(problem.text for problem in problems)
        if name in _FIELDS:
            found[name] = f"{'It ' if not text.startswith('It') else ''}{text}."
        else:
            found[""] = f"{name.replace('_', ' ').capitalize()} {text}."
    return found or {"": error.text}
