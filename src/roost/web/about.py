"""What this server is, and the few files that browsers ask for."""

import json

from roost.api import Answer, Call, Route
from roost.limits import WEB_THEME_LIFE_S
from roost.web.forms import text_of
from roost.web.site import THEMES, Site, back

_DAY = "public, max-age=86400"


class About:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/about", self.about),
            route("GET", "/menu", self.menu, signed_in=True),
            route("GET", "/offline", self.offline),
            route("POST", "/theme", self.theme),
            route("GET", "/manifest.webmanifest", self.manifest, same_for_all=True, has_validator=True),
            route("GET", "/worker.js", self.worker, same_for_all=True, has_validator=True),
            route("GET", "/robots.txt", self.robots, same_for_all=True, has_validator=True),
            route("GET", "/favicon.ico", self.icon, same_for_all=True, has_validator=True),
        ]

    async def about(self, call: Call) -> Answer:
        return await self._site.page(call, "about.html")

    async def menu(self, call: Call) -> Answer:
        """On a phone, what the bar has no room for."""
        return await self._site.page(call, "menu.html")

    async def offline(self, call: Call) -> Answer:
        """What the worker shows where the server cannot be reached."""
        return await self._site.page(call, "offline.html")

    async def theme(self, call: Call) -> Answer:
        theme = text_of(call, "theme")
        theme = theme if theme in THEMES else THEMES[0]
        cookie = self._site.browsers.cookie("theme", theme, WEB_THEME_LIFE_S)
        answer = back(call, otherwise="/")
        answer.headers["Set-Cookie"] = cookie
        return answer

    async def manifest(self, call: Call) -> Answer:
        title = call.around.settings.title
        icon = {"src": self._site.assets.url("mark.svg"), "type": "image/svg+xml", "sizes": "any"}
        found = {
            "name": title,
            "short_name": title,
            "start_url": "/home",
            "display": "standalone",
            "background_color": "#fbf8f3",
            "theme_color": "#fbf8f3",
            "icons": [icon],
        }
        headers = {"Content-Type": "application/manifest+json", "Cache-Control": _DAY}
        return Answer(200, json.dumps(found).encode(), headers)

    async def worker(self, call: Call) -> Answer:
        answer = self._site.assets.answer(call, "worker.js", "no-cache")
        answer.headers["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'"
        return answer

    async def robots(self, call: Call) -> Answer:
        del call
        text = b"User-agent: *\nDisallow: /home\nDisallow: /settings\nDisallow: /compose\nDisallow: /search\n"
        return Answer(200, text, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": _DAY})

    async def icon(self, call: Call) -> Answer:
        return self._site.assets.answer(call, "mark.svg", _DAY)
