"""The way of every request: route, token, scope, rate, parameters, handler, answer."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.web import BaseRequest

from roost import limits
from roost.api.browsers import CSRF_FIELD, CSRF_HEADER
from roost.api.callers import counted_as, is_loopback
from roost.api.calls import Answer, Call, Lasting, Surroundings
from roost.api.multipart import parse_multipart
from roost.api.parameters import Value, nest, parse_json
from roost.api.problems import answer_error, answer_unexpected
from roost.api.rate_limits import RateLimits
from roost.api.refusals import Refusals
from roost.api.router import Route, Router
from roost.api.scopes import covers
from roost.api.uploads import Uploads
from roost.api.validators import with_validator
from roost.errors import (
    Forbidden,
    Invalid,
    NotFound,
    Overloaded,
    RateLimited,
    RoostError,
    TooLarge,
    Unauthenticated,
)
from roost.service import NOBODY, OPERATOR, Session

_log = logging.getLogger("roost.api")

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, Idempotency-Key, "
        "Content-Range, ETag, Retry-After"
    ),
}
_PREFLIGHT = {
    **_CORS,
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Range, X-Requested-With"
    ),
    "Access-Control-Max-Age": "86400",
}
_ALWAYS = {
    "Server": "Roost",
    "Cache-Control": "private, no-store",
    "Vary": "Authorization, Origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_WITHOUT_BODY = frozenset(("GET", "HEAD", "OPTIONS"))

ErrorPage = Callable[[Surroundings, RoostError | None, int], Answer]
"""Makes a page of an error, for people; None stands for our own mistake."""


class Dispatcher:
    """Answers every request, whatever it is: nothing that a client sends comes to a 500."""

    def __init__(
        self, router: Router, around: Surroundings, rates: RateLimits, error_page: ErrorPage | None = None
    ) -> None:
        self._router = router
        self._error_page = error_page
        self._around = around
        self._rates = rates
        self._under_way = 0
        self._refusals = Refusals(time.monotonic)
        self._uploads = Uploads(Path(around.settings.data_folder) / "making")

    async def handle(self, request: BaseRequest) -> web.StreamResponse:
        """For aiohttp's server."""
        self._under_way += 1
        headers: dict[str, str] = {}
        try:
            answer: Answer | Lasting = await self._answer(request, headers)
        except RoostError as error:
            self._refusals.note(request.method, request.path, error)
            answer = self._shown(request, error, answer_error(error))
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception:
            _log.exception("%s %s failed", request.method, request.path)
            answer = self._shown(request, None, answer_unexpected())
        finally:
            self._under_way -= 1
        if isinstance(answer, Lasting):
            return await answer.send({**_ALWAYS, **headers})
        return web.Response(
            body=answer.body, status=answer.status, headers={**_ALWAYS, **headers, **answer.headers}
        )

    def _shown(self, request: BaseRequest, error: RoostError | None, answer: Answer) -> Answer:
        """An error as a page, for a browser that opens an address; in the API's own form for all others."""
        if self._error_page is None or "text/html" not in request.headers.get("Accept", ""):
            return answer
        page = self._error_page(self._around, error, answer.status)
        return Answer(answer.status, page.body, {**answer.headers, **page.headers})

    async def _answer(self, request: BaseRequest, headers: dict[str, str]) -> Answer | Lasting:
        if self._under_way > limits.REQUESTS_AT_ONCE_MAX:
            raise Overloaded("Too many requests are being answered")
        routes, path = self._router.find(request.path)
        if not routes:
            headers.update(_CORS)
            raise NotFound("There is nothing at this address")
        route = routes.get("GET" if request.method == "HEAD" else request.method)
        if route is None:
            return self._without_route(request, routes)
        if route.cross_origin and not route.is_page:
            headers.update(_CORS)
        session = await self._session(request, route)
        self._limit_rate(request, route, session, headers)
        if route.sees_with and not covers(session.scopes, route.sees_with):
            session = NOBODY
        call = Call(request, self._around, path, session)
        try:
            await self._read(call, route)
            if route.is_page and request.method not in _WITHOUT_BODY:
                self._check_form(call)
            answer = await route.handler(call)
            if route.has_validator and isinstance(answer, Answer):
                return with_validator(request, route, answer)
            return answer
        finally:
            for sent in call.files.values():
                sent.file.close()

    def _without_route(self, request: BaseRequest, routes: dict[str, Route]) -> Answer:
        if request.method == "OPTIONS":
            cross_origin = any(route.cross_origin and not route.is_page for route in routes.values())
            return Answer(204, b"", dict(_PREFLIGHT) if cross_origin else {})
        allowed = ", ".join(sorted({*routes, "OPTIONS", *({"HEAD"} if "GET" in routes else ())}))
        answer = answer_error(Invalid(f"{request.method[:20]} is not possible here; {allowed} are"))
        return Answer(405, answer.body, {**_CORS, **answer.headers, "Allow": allowed})

    async def _session(self, request: BaseRequest, route: Route) -> Session:
        """Who asks. Raises Unauthenticated, Forbidden or Invalid where the route needs more than that."""
        secret = "" if route.same_for_all else self._secret(request, route)
        try:
            session = await self._around.service.access.session(secret) if secret else NOBODY
        except Forbidden:  # whose account may not be used sees what everybody sees, and can sign in anew
            if not route.is_page:
                raise
            session = None
        if session is None and route.is_page:
            return NOBODY
        if route.is_stream and not secret:
            raise Unauthenticated("Missing access token")
        if session is None or (not secret and (route.scope or route.needs_user)):
            raise Unauthenticated("The access token is invalid")
        if secret and route.scope and not covers(session.scopes, route.scope):
            raise Forbidden("This action is outside the authorized scopes")
        if route.scope.startswith("admin:") and not _is_staff(session, route):
            raise Forbidden("This action is not allowed")
        if route.needs_user and session.user_id == 0:
            raise Invalid("This method requires an authenticated user")
        return session

    def _secret(self, request: BaseRequest, route: Route) -> str:
        """The access token that an app sent, or a browser's cookie, where that counts: see `browsers`."""
        browsers = self._around.browsers
        if route.is_page:
            return browsers.secret(request)
        token = _token_of(request)
        if not token and route.is_stream:
            token = request.headers.get("Sec-WebSocket-Protocol", "").partition(",")[0].strip()
        if not token and browsers.meant_it(request, request.headers.get(CSRF_HEADER, "")):
            return browsers.secret(request)
        return token

    def _check_form(self, call: Call) -> None:
        """Raises Forbidden where a form does not come from one of our pages."""
        token = call.request.headers.get(CSRF_HEADER) or call.parameters.get(CSRF_FIELD)
        if not isinstance(token, str) or not self._around.browsers.meant_it(call.request, token):
            raise Forbidden("The form is too old or from another site. Reload its page and try again")

    def _limit_rate(
        self, request: BaseRequest, route: Route, session: Session, headers: dict[str, str]
    ) -> None:
        settings = self._around.settings
        if not route.rate or not settings.rate_limits:
            return
        address = counted_as(self._around.callers.address_of(request))
        if not settings.rate_limits_on_loopback and is_loopback(address):
            return
        for rate_name, caller in _rates_of(route, session, address):
            allowance = self._rates.take(rate_name, caller)
            if rate_name != "users" or allowance.wait_s:  # an app is told of its own window
                headers.update(allowance.headers())
            if allowance.wait_s:
                raise RateLimited(allowance.wait_s)

    async def _read(self, call: Call, route: Route) -> None:
        """Read the body and take the parameters from it and the query."""
        request = call.request
        query = nest(request.query.items()) if request.query_string else {}
        asked_in_json = request.content_type == "application/json"  # as Mastodon.py sends lists with GET
        if not request.can_read_body or (request.method in _WITHOUT_BODY and not asked_in_json):
            call.parameters = query
            return
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Invalid("Bodies that are compressed are not taken")
        size_max = route.body_bytes_max or limits.BODY_BYTES_MAX
        if (request.content_length or 0) > size_max:
            raise TooLarge(f"A body may have {size_max} bytes here")
        if route.files and request.content_type == "multipart/form-data":
            call.parameters = query | await self._uploads.read(call, route, size_max)
            return
        try:
            async with asyncio.timeout(limits.BODY_READ_S):
                if route.raw_body:
                    call.body = await _read_body(request, size_max)
                    call.parameters = query
                else:
                    call.parameters = query | await _body_parameters(request, size_max)
        except TimeoutError as cause:
            raise Invalid(f"The body did not come within {limits.BODY_READ_S} s") from cause


def _rates_of(route: Route, session: Session, address: str) -> list[tuple[str, str]]:
    """What counts a request, and for whom.

    A user's tokens have a window each, so that a busy app does not lock out another; and all of them one. An
    app that acts for nobody counts for its address: it can have as many tokens as it likes.
    """
    every = "pages" if route.is_page else "requests"
    caller = f"user {session.user_id}" if session.user_id else f"address {address}"
    token = f"token {session.token_hash.hex()}" if session.user_id else caller
    rates = [(every, token)]
    if session.user_id and not route.is_page:
        rates.append(("users", caller))
    if route.rate != "requests":
        rates.append((route.rate, caller))
    return rates


async def _body_parameters(request: BaseRequest, size_max: int) -> dict[str, Value]:
    """Parameters from JSON, a form, or a body whose client did not say what it is."""
    kind = request.content_type
    body = await _read_body(request, size_max)
    if not body.strip():
        return {}
    if kind == "multipart/form-data":
        return nest(await parse_multipart(body, request.headers["Content-Type"]))
    declared = "Content-Type" in request.headers
    if kind == "application/json" or kind.endswith("+json") or (not declared and body.lstrip()[:1] == b"{"):
        return parse_json(body)
    if kind == "application/x-www-form-urlencoded" or not declared or kind == "application/octet-stream":
        return nest(_form(body))
    raise Invalid(f"A body of type {kind[:100]} is not understood; JSON and forms are")


def _form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=limits.PARAMETERS_MAX)
    except ValueError as cause:
        raise Invalid("The form cannot be read") from cause


async def _read_body(request: BaseRequest, size_max: int) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > size_max:
            raise TooLarge(f"A body may have {size_max} bytes here")
    return bytes(body)


def _token_of(request: BaseRequest) -> str:
    """The access token: in its header, or where a client cannot set headers, in the query."""
    header = request.headers.get("Authorization", "")
    if header[:7].lower() == "bearer ":
        return header[7:].strip()
    if "access_token" in request.query_string:
        return str(request.query.get("access_token", ""))
    return ""


def _is_staff(session: Session, route: Route) -> bool:
    """Whether the scopes of a token are backed by its user's role, or by an operator who made it."""
    return session.client_id == OPERATOR or session.role >= route.role
