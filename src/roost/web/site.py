"""What all pages share: templates, headers, who looks at them, and how errors become pages."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import jinja2
import msgspec
from markupsafe import escape

from roost import __version__
from roost.api import Answer, Browsers, Call, Handler, Route, Surroundings, csrf_of, status_of
from roost.clock import Clock
from roost.errors import NotFound, RoostError, Unauthenticated
from roost.limits import (
    WEB_PACKED_ON_LOOP_BYTES_MAX,
    WEB_RENDER_SLICE_S,
    WEB_UNREAD_MAX,
    WEB_VISIT_LIFE_S,
)
from roost.model import CustomEmoji
from roost.service import NotificationFilter, UserView
from roost.text import RULES_V3
from roost.web import emojis, markup, words
from roost.web.assets import Assets, packed
from roost.web.filtering import context_of, verdict

THEMES = ("auto", "light", "dark")
FRAGMENT = "X-Fragment"
"""A header of our own scripts: they want the part of a page that it names."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-cache",
    "Vary": f"Cookie, Accept-Encoding, {FRAGMENT}",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
PROFILE_TABS = (("posts", "Posts"), ("replies", "Replies"), ("media", "Media"))
SETTINGS_TABS = (
    ("/settings", "Profile"),
    ("/settings/account", "Account"),
    ("/settings/appearance", "Appearance"),
    ("/settings/notifications", "Notifications"),
    ("/settings/filters", "Filters"),
    ("/settings/muted", "Muted"),
    ("/settings/blocked", "Blocked"),
)
VISIBILITY_NAMES = ("public", "unlisted", "followers", "direct")
"""By number, as forms say them."""
QUOTINGS = (
    ("anybody", "Anybody may quote"),
    ("followers", "Followers may quote"),
    ("nobody", "Nobody may quote"),
)
"""By number: how forms say it, and the words for it."""
_UNEXPECTED = "Something went wrong on our side. It has been written down; please try again."


Menu = tuple[tuple[str, str, str, int], ...]
"""Where the navigation leads: address, sign, words, and how many are new."""


class Visitor(msgspec.Struct, frozen=True):
    """Who looks at a page."""

    view: UserView | None
    csrf: str
    theme: str
    menu: Menu = ()
    visit: str = ""
    """A new visit cookie, where the browser has none."""

    @property
    def user_id(self) -> int:
        return self.view.user.user_id if self.view is not None else 0


class Site:
    def __init__(self, assets: Assets, browsers: Browsers, clock: Clock) -> None:
        self.assets = assets
        self.browsers = browsers
        self._clock = clock
        self._environment = _environment(assets, clock)

    def route(
        self,
        method: str,
        path: str,
        work: Callable[[Call], Awaitable[Answer]],
        *,
        signed_in: bool = False,
        rate: str = "",
        **options: Any,
    ) -> Route:
        """A page, or a form's target. `signed_in` sends whoever is not to the sign-in page."""
        return Route(
            method=method,
            path=path,
            handler=self._handler(work, signed_in),
            summary="A page.",
            rate=rate or "pages",
            cross_origin=False,
            is_page=True,
            **options,
        )

    async def page(self, call: Call, template: str, status: int = 200, **values: Any) -> Answer:
        """A page from its template; `values` are what it shows."""
        visitor = await self.visitor(call)
        found = self._environment.get_template(template)
        around = self._around(call.around, visitor, call.service.bulletin.emojis())
        shown = {**around, **_place(call.request.path), **values}
        body = await _rendered(found, shown)
        headers = dict(_HEADERS)
        if visitor.visit:
            cookie = self.browsers.cookie(self.browsers.visit_cookie, visitor.visit, WEB_VISIT_LIFE_S)
            headers["Set-Cookie"] = cookie
        answer = Answer(status, body, headers)
        if len(body) < WEB_PACKED_ON_LOOP_BYTES_MAX:
            return packed(call, answer)
        return await asyncio.to_thread(packed, call, answer)

    async def visitor(self, call: Call) -> Visitor:
        view = None
        if call.user_id:
            view = next(iter(await call.service.accounts.by_ids([call.user_id])), None)
        theme = call.request.cookies.get("theme", THEMES[0])
        theme = theme if theme in THEMES else THEMES[0]
        csrf = self.browsers.csrf(call.request)
        if csrf:
            return Visitor(view, csrf, theme, await self._menu(call))
        visit = secrets.token_urlsafe(16)
        return Visitor(view, csrf_of(visit), theme, visit=visit)

    async def _menu(self, call: Call) -> Menu:
        if not call.user_id or wants_fragment(call):
            return ()
        unread = await call.service.notifications.unread(call.user_id, NotificationFilter(), WEB_UNREAD_MAX)
        return (
            ("/notifications", "bell", "Notifications", unread),
            ("/lists", "list", "Lists", 0),
            ("/bookmarks", "bookmark", "Bookmarks", 0),
            ("/messages", "mail", "Messages", 0),
        )

    def error_page(self, around: Surroundings, error: RoostError | None, status: int) -> Answer:
        """For errors before, or beside, a page's own work; it does not say who is signed in."""
        text = error.text if error is not None else _UNEXPECTED
        values = self._around(around, Visitor(None, "", THEMES[0]))
        html = self._environment.get_template("error.html").render(
            **values, **_place(""), code=status, text=text
        )
        return Answer(status, html.encode(), dict(_HEADERS))

    def _handler(self, work: Callable[[Call], Awaitable[Answer]], signed_in: bool) -> Handler:
        async def handle(call: Call) -> Answer:
            if signed_in and not call.user_id:
                return self._to_sign_in(call)
            try:
                return await work(call)
            except RoostError as error:
                if not _wants_page(call) or status_of(error) >= 500:
                    raise
                text = "There is nothing here" if isinstance(error, NotFound) else error.text
                code = status_of(error)
                return await self.page(call, "error.html", code, code=code, text=text)

        return handle

    def _to_sign_in(self, call: Call) -> Answer:
        if wants_fragment(call):
            raise Unauthenticated("You are signed out. Sign in again to go on")
        here = call.request.path_qs if call.request.method == "GET" else "/home"
        return redirect(f"/sign-in?next={quote(here, safe='')}")

    def _around(
        self, around: Surroundings, visitor: Visitor, known: Mapping[str, CustomEmoji] | None = None
    ) -> dict[str, Any]:
        return {
            "visitor": visitor,
            "viewer": visitor.view,
            "csrf": visitor.csrf,
            "theme": visitor.theme,
            "site": around.settings,
            "public_url": around.public_url,
            "rules": [line.strip() for line in around.settings.rules.splitlines() if line.strip()],
            "menu": visitor.menu,
            "emojis": {} if known is None else known,
        }


async def _rendered(template: jinja2.Template, values: dict[str, Any]) -> bytes:
    """A page, piece by piece: a tweet is one or a few. Others get their turns in between."""
    pieces: list[str] = []
    began_s = time.perf_counter()
    for piece in template.generate(values):
        pieces.append(piece)
        if time.perf_counter() - began_s > WEB_RENDER_SLICE_S:
            await asyncio.sleep(0)
            began_s = time.perf_counter()
    return "".join(pieces).encode()


def _place(path: str) -> dict[str, Any]:
    """Where a template is shown."""
    return {"path": path, "filter_context": context_of(path)}


def _wants_page(call: Call) -> bool:
    """Whether a browser asks for a whole page: not a script for a part of one, nor a program."""
    return "text/html" in call.request.headers.get("Accept", "") and not wants_fragment(call)


def wants_fragment(call: Call) -> str:
    """The part of a page that a script of ours asks for; empty for a whole page."""
    return call.request.headers.get(FRAGMENT, "")


def redirect(path: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(303, b"", {"Location": path, "Cache-Control": "no-store", **(headers or {})})


def local_path(text: object, otherwise: str = "/home") -> str:
    """A place on this site that somebody asked to be sent to; whatever leads elsewhere is not followed."""
    if not isinstance(text, str) or not text.startswith("/") or text[1:2] in ("/", "\\"):
        return otherwise
    if not text.isprintable() or not text.isascii() or "\\" in text or " " in text:
        return otherwise
    return text


def back(call: Call, anchor: str = "", otherwise: str = "/home") -> Answer:
    """To the page whose form was sent."""
    came_from = urlsplit(call.request.headers.get("Referer", ""))
    path = otherwise
    if came_from.netloc.lower() in (call.request.host.lower(), call.around.host):
        path = f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    return redirect(local_path(path, otherwise) + (f"#{anchor}" if anchor else ""))


def _environment(assets: Assets, clock: Clock) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        tweet_html=emojis.also(markup.tweet_html),
        note_html=emojis.also(markup.note_html),
        field_html=emojis.also(markup.field_html),
        emojified=emojis.also(escape),
        excerpt=markup.excerpt,
        verdict=verdict,
        iso=words.iso,
        moment=words.moment,
        day=words.day,
        month=words.month,
        compact=words.compact,
        plural=words.plural,
        made_ms=words.made_ms,
        ago=lambda unix_ms: words.ago(unix_ms, clock.now_ms()),
        pathquote=lambda text: quote(text, safe=""),
        avatar_url=lambda user: f"/media/{user.avatar}" if user.avatar else "",
        header_url=lambda user: f"/media/{user.header}" if user.header else "",
    )
    environment.globals.update(
        asset=assets.url,
        scripts=[assets.url(name) for name in assets.scripts],
        version=__version__,
        url_length=RULES_V3.url_length,
        profile_tabs=PROFILE_TABS,
        settings_tabs=SETTINGS_TABS,
        quotings=QUOTINGS,
        quoting_names=[name for name, _ in QUOTINGS],
        visibility_names=VISIBILITY_NAMES,
    )
    return environment
