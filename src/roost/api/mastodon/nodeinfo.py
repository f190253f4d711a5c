"""What the server is, in the forms that software other than Mastodon's clients asks for."""

from typing import Any
from urllib.parse import quote

import msgspec

from roost import __version__
from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.text import account_url
from roost.api.router import Route
from roost.errors import Invalid, NotFound

_SCHEMAS = "http://nodeinfo.diaspora.software/ns/schema/"


class WebfingerForm(msgspec.Struct):
    resource: str = ""
    """acct:username@this-server, or the address of an account's page."""


class Link(msgspec.Struct, omit_defaults=True):
    rel: str
    type: str = ""
    href: str = ""
    template: str = ""


class Webfinger(msgspec.Struct):
    """RFC 7033."""

    subject: str
    aliases: list[str]
    links: list[Link]


def routes() -> list[Route]:
    def look(path: str, handler: Any, summary: str, answers: Any, takes: Any = None) -> Route:
        return Route(
            method="GET",
            path=path,
            same_for_all=True,
            handler=handler,
            summary=summary,
            takes=takes,
            answers=answers,
        )

    anything = dict[str, Any]
    return [
        look("/.well-known/nodeinfo", nodeinfo_links, "Where NodeInfo is.", anything),
        look("/nodeinfo/2.0", nodeinfo, "The server in the NodeInfo format.", anything),
        look("/nodeinfo/2.1", nodeinfo_newer, "The server in the NodeInfo format, version 2.1.", anything),
        look(
            "/.well-known/host-meta",
            host_meta,
            "The host's metadata (XML), from which some clients learn the web domain.",
            "application/xrd+xml",
        ),
        look("/.well-known/webfinger", webfinger, "Where an account is.", Webfinger, WebfingerForm),
        look("/health", health, "Whether the server answers, as Mastodon says it.", "text/plain"),
    ]


async def nodeinfo_links(call: Call) -> Answer:
    url = call.around.public_url
    links = [
        {"rel": f"{_SCHEMAS}{version}", "href": f"{url}/nodeinfo/{version}"} for version in ("2.0", "2.1")
    ]
    return json_answer({"links": links})


async def nodeinfo(call: Call) -> Answer:
    return json_answer(await _nodeinfo(call, "2.0", {}))


async def nodeinfo_newer(call: Call) -> Answer:
    url = call.around.public_url
    more = {"repository": call.around.settings.source_url or url, "homepage": url}
    return json_answer(await _nodeinfo(call, "2.1", more))


async def _nodeinfo(call: Call, version: str, software: dict[str, str]) -> dict[str, Any]:
    settings, usage = call.around.settings, await call.service.operations.usage()
    people = {"total": usage.users, "activeMonth": usage.active_month}
    return {
        "version": version,
        "software": {"name": "roost", "version": __version__, **software},
        "protocols": [],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": settings.registration_open,
        "usage": {"users": people, "localPosts": usage.tweets},
        "metadata": {"nodeName": settings.title, "nodeDescription": settings.description},
    }


async def host_meta(call: Call) -> Answer:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">'
        f'<Link rel="lrdd" template="{call.around.public_url}/.well-known/webfinger?resource={{uri}}"/>'
        "</XRD>"
    )
    return Answer(200, body.encode(), {"Content-Type": "application/xrd+xml; charset=utf-8"})


async def webfinger(call: Call) -> Answer:
    resource = call.take(WebfingerForm).resource
    url, host = call.around.public_url, call.around.host
    if not resource:
        raise Invalid("Validation failed: resource is missing")
    name, _, place = resource.removeprefix("acct:").removeprefix("@").partition("@")
    for prefix in (f"{url}/@", f"{url}/users/"):
        if resource.startswith(prefix):
            name, place = resource.removeprefix(prefix), host
    if place.lower() != host:
        raise NotFound
    view = await call.service.accounts.by_name(name)
    if view.user.is_gone:
        raise NotFound
    username = view.user.username
    page = account_url(url, username)
    found = Webfinger(
        subject=f"acct:{username}@{host}",
        aliases=[page, f"{url}/users/{quote(username)}"],
        links=[Link("http://webfinger.net/rel/profile-page", "text/html", page)],
    )
    body = msgspec.json.encode(found)
    return Answer(200, body, {"Content-Type": "application/jrd+json; charset=utf-8"})


async def health(call: Call) -> Answer:
    del call
    return Answer(200, b"OK", {"Content-Type": "text/plain; charset=utf-8"})
