"""What speaks HTTP. Knows the service's ports, and nothing behind them."""

from urllib.parse import urlsplit

from roost.api.browsers import CSRF_FIELD, Browsers, csrf_of
from roost.api.callers import Callers
from roost.api.calls import Answer, Call, Surroundings
from roost.api.dispatch import Dispatcher
from roost.api.front import NO_FRONT, Front
from roost.api.mastodon import SHORTCODE, compose, emoji_path, mastodon_routes
from roost.api.native import NDJSON, POSITION_HEADER, native_routes, openapi
from roost.api.oauth import OAuth
from roost.api.problems import status_of
from roost.api.rate_limits import RateLimits
from roost.api.router import Handler, Route, Router
from roost.api.scopes import INGEST, OPERATOR_SCOPES, SCOPES, parse_scopes
from roost.api.server import HttpServer
from roost.api.tls import operator_tls, server_tls
from roost.clock import Clock
from roost.config import Settings
from roost.service.ports import Service


def all_routes(public_url: str, service: Service | None = None) -> list[Route]:
    """Of a service, or to be looked at only."""
    routes = [*mastodon_routes(public_url, service), *OAuth().routes(), *native_routes()]
    return [*routes, *openapi.routes(routes)]


def make_server(
    service: Service, settings: Settings, public_url: str, clock: Clock, front: Front = NO_FRONT
) -> HttpServer:
    """The whole API over a service, and what a web app puts in front of it; not listening yet."""
    host = urlsplit(public_url).netloc.lower()
    around = Surroundings(
        service,
        settings,
        public_url,
        host,
        Browsers(public_url),
        Callers(settings.proxies()),
        front.stylesheet,
        clock.now_ms(),
    )
    router = Router([*all_routes(public_url, service), *front.routes])
    dispatcher = Dispatcher(router, around, RateLimits(clock), front.error_page)
    service.web_push.speak(compose)
    return HttpServer(dispatcher, service.streams.end_all)


__all__ = [
    "CSRF_FIELD",
    "INGEST",
    "NDJSON",
    "OPERATOR_SCOPES",
    "POSITION_HEADER",
    "SCOPES",
    "SHORTCODE",
    "Answer",
    "Browsers",
    "Call",
    "Front",
    "Handler",
    "HttpServer",
    "Route",
    "Surroundings",
    "all_routes",
    "csrf_of",
    "emoji_path",
    "make_server",
    "operator_tls",
    "parse_scopes",
    "server_tls",
    "status_of",
]
