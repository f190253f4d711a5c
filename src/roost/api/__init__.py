"""What speaks HTTP. Knows the service's ports, and nothing behind them."""

from urllib.parse import urlsplit

from roost.api.calls import Surroundings
from roost.api.dispatch import Dispatcher
from roost.api.mastodon import mastodon_routes
from roost.api.native import NDJSON, POSITION_HEADER, native_routes, openapi
from roost.api.oauth import OAuth
from roost.api.rate_limits import RateLimits
from roost.api.router import Route, Router
from roost.api.scopes import INGEST, OPERATOR_SCOPES, SCOPES, parse_scopes
from roost.api.server import HttpServer
from roost.api.tls import operator_tls, server_tls
from roost.clock import Clock
from roost.config import Settings
from roost.service.ports import Service


def all_routes(public_url: str) -> list[Route]:
    routes = [*mastodon_routes(public_url), *OAuth().routes(), *native_routes()]
    return [*routes, *openapi.routes(routes)]


def make_server(service: Service, settings: Settings, public_url: str, clock: Clock) -> HttpServer:
    """The whole API over a service; not listening yet."""
    around = Surroundings(service, settings, public_url, urlsplit(public_url).netloc.lower())
    return HttpServer(Dispatcher(Router(all_routes(public_url)), around, RateLimits(clock)))


__all__ = [
    "INGEST",
    "NDJSON",
    "OPERATOR_SCOPES",
    "POSITION_HEADER",
    "SCOPES",
    "HttpServer",
    "Route",
    "all_routes",
    "make_server",
    "operator_tls",
    "parse_scopes",
    "server_tls",
]
