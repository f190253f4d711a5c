"""Errors as answers. Every error that Roost answers with, on every path, has this one shape:

    {"error": "A sentence for people.", "details": {"field": [{"error": "ERR_CODE", "description": "..."}]}}

`details` is there where fields are to blame. OAuth's token endpoint answers as RFC 6749 says: its `error` is
a code, and `error_description` the sentence.
"""

from typing import Any

from roost.api.calls import Answer, json_answer
from roost.errors import (
    Conflict,
    FieldProblem,
    Forbidden,
    Invalid,
    NotFound,
    Overloaded,
    RateLimited,
    RoostError,
    TooLarge,
    Unauthenticated,
)

STATUS: dict[type[RoostError], int] = {
    Invalid: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    RateLimited: 429,
    Overloaded: 503,
}
"""An error's status is that of its nearest class here; 500 for one that has none."""


def status_of(error: RoostError) -> int:
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def not_supported(name: str) -> Invalid:
    """For a parameter that must not be passed over in silence, since nothing is done with it yet."""
    text = "is not supported by this server"
    return Invalid(f"Validation failed: {name} {text}", {name: (FieldProblem("ERR_UNSUPPORTED", text),)})


def answer_error(error: RoostError) -> Answer:
    """What a caller is told of an error: its text, which is made for them, and what is wrong with fields."""
    status = status_of(error)
    body: dict[str, Any] = {"error": error.text if status != 500 else "Something went wrong on our side"}
    if isinstance(error, Invalid) and error.fields:
        body["details"] = {
            name: [{"error": problem.code, "description": problem.text} for problem in problems]
            for name, problems in error.fields.items()
        }
    headers = {}
    if isinstance(error, RateLimited | Overloaded):
        headers["Retry-After"] = str(error.retry_after_s)
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="Roost"'
    return json_answer(body, status, headers)


def answer_unexpected() -> Answer:
    """What a caller is told when Roost made a mistake; the log has the rest."""
    return json_answer({"error": "Something went wrong on our side"}, 500)
