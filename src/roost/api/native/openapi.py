"""The OpenAPI document of every route, made from the routes themselves."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from roost import __version__
from roost.api.calls import Answer, Call, json_answer
from roost.api.problems import STATUS
from roost.api.router import Route
from roost.api.scopes import SCOPES
from roost.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Overloaded,
    RateLimited,
    RoostError,
    TooLarge,
    Unauthenticated,
)

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NAMES_SOMETHING = re.compile(r"(?:\w+_)?ids?|acct|list|resource|username")
"""Parameters that name something, which may not be there."""
_CURSORS = frozenset(("max_id", "min_id", "since_id", "last_event_id"))
_FOR_ALL: tuple[type[RoostError], ...] = (Invalid, TooLarge, Overloaded)
_REFUSED = {
    400: "What was wrong, as OAuth says it.",
    401: "The access token is missing or no longer valid.",
    403: "The caller may not do this.",
    404: "What is named is not there, or not for the caller to see.",
    409: "Somebody else has changed or taken it in the meantime.",
    413: "More was sent than is taken here.",
    416: "There is no such part of it.",
    422: "What was wrong with what was sent.",
    429: "Too much was asked for; Retry-After says when there may be more.",
    503: "The server cannot do this now.",
}
_REFERENCE = "#/components/schemas/{name}"


class FieldError(msgspec.Struct):
    error: str
    description: str


class Error(msgspec.Struct):
    """The shape of every error."""

    error: str
    details: dict[str, list[FieldError]] = {}
    error_description: str = ""
    """At the OAuth endpoints, where `error` is a code."""


def document(routes: Sequence[Route], public_url: str) -> dict[str, Any]:
    """OpenAPI 3.1."""
    kinds = [kind for route in routes for kind in (route.takes, *_answers(route)) if _is_type(kind)]
    schemas, components = msgspec.json.schema_components([*kinds, Error], ref_template=_REFERENCE)
    by_kind = {id(kind): schema for kind, schema in zip([*kinds, Error], schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, by_kind, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Roost", "version": __version__, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {
                    "type": "oauth2",
                    "flows": {
                        "authorizationCode": {
                            "authorizationUrl": f"{public_url}/oauth/authorize",
                            "tokenUrl": f"{public_url}/oauth/token",
                            "scopes": {scope: scope for scope in SCOPES},
                        }
                    },
                }
            },
        },
    }


def routes(all_routes: Sequence[Route]) -> list[Route]:
    """The document's own route, which the document has too."""
    found: list[Route] = []

    async def handle(call: Call) -> Answer:
        return json_answer(document([*all_routes, *found], call.around.public_url))

    found.append(
        Route(
            method="GET",
            path="/roost/v1/openapi.json",
            same_for_all=True,
            handler=handle,
            summary="This document.",
            answers=dict[str, Any],
            has_validator=True,
        )
    )
    return found


def _answers(route: Route) -> tuple[Any, ...]:
    return route.answers if isinstance(route.answers, tuple) else (route.answers,)


def _is_type(kind: Any) -> bool:
    return kind is not None and not isinstance(kind, str)


def _operation(route: Route, by_kind: dict[int, Any], components: dict[str, Any]) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PLACEHOLDER.findall(route.path)
    ]
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": f"{route.method.lower()}{re.sub('[^a-zA-Z0-9]+', '_', route.path)}",
        "responses": _responses(route, by_kind),
    }
    if route.takes is not None:
        schema = by_kind[id(route.takes)]
        fields = _fields(schema, components)
        if route.method == "GET":
            parameters += [{"name": name, "in": "query", "schema": field} for name, field in fields.items()]
        elif route.raw_body:
            operation["requestBody"] = {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}
        elif fields:
            operation["requestBody"] = {
                "content": {
                    kind: {"schema": schema}
                    for kind in (
                        "application/json",
                        "application/x-www-form-urlencoded",
                        "multipart/form-data",
                    )
                }
            }
    if parameters:
        operation["parameters"] = parameters
    if route.scope or route.needs_user:
        operation["security"] = [{"token": [route.scope] if route.scope else []}]
    return operation


def _fields(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    name = schema["$ref"].rpartition("/")[2]
    properties: dict[str, Any] = components[name]["properties"]
    return properties


def _responses(route: Route, by_kind: dict[int, Any]) -> dict[str, Any]:
    content: dict[str, Any]
    if isinstance(route.answers, str):
        content = {route.answers: {"schema": {"type": "string"}}}
    elif route.raw_body:
        content = {"application/x-ndjson": {"schema": {"type": "string"}}}
    else:
        found: list[Any] = [by_kind[id(kind)] for kind in _answers(route)]
        content = {"application/json": {"schema": found[0] if len(found) == 1 else {"anyOf": found}}}
    error: dict[str, Any] = {"application/json": {"schema": by_kind[id(Error)]}}
    if route.answers == "text/html":
        error |= content  # what is wrong with a page's parameters is said on a page
    described = {
        **{status: {"description": _REFUSED[status], "content": error} for status in _refusals(route)},
        **{
            status: {"description": route.summary, "content": content}
            for status in (route.status, *route.other_statuses)
        },
    }
    if route.has_validator:
        described[304] = {"description": "What the caller has is still what there is."}
    return {str(status): described[status] for status in sorted(described)}


def _refusals(route: Route) -> set[int]:
    """The statuses of all errors that the route can come to, our own mistakes aside."""
    kinds = set(_FOR_ALL)
    if not route.same_for_all:
        kinds |= {Unauthenticated, Forbidden}
    if route.is_page and route.method != "GET":
        kinds.add(Forbidden)
    if route.rate:
        kinds.add(RateLimited)
    if route.method != "GET":
        kinds.add(Conflict)
    named = msgspec.structs.fields(route.takes) if route.takes is not None else ()
    if "{" in route.path or any(
        _NAMES_SOMETHING.fullmatch(field.encode_name) and field.encode_name not in _CURSORS for field in named
    ):
        kinds.add(NotFound)
    return {STATUS[kind] for kind in kinds} | set(route.other_refusals)
