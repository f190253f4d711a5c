"""Answers that a caller may have already: told by their ETag, and then not sent again."""

import re
from hashlib import blake2b

from aiohttp.web import BaseRequest

from roost.api.calls import Answer
from roost.api.router import Route

_TAGS = re.compile(r"\s*,\s*")


def with_validator(request: BaseRequest, route: Route, answer: Answer) -> Answer:
    """The answer with an ETag, or 304 where the caller has just that. 1 us a kilobyte.

    An answer that has an ETag of its own has seen to it itself.
    """
    if answer.status != 200 or "ETag" in answer.headers or not isinstance(answer.body, bytes):
        return answer
    tag = f'"{blake2b(answer.body, digest_size=12).hexdigest()}"'
    kept = "no-cache" if route.same_for_all else "private, no-cache"
    headers = {"Cache-Control": kept, **answer.headers, "ETag": tag}
    if names(request.headers.get("If-None-Match", ""), tag):
        return Answer(304, b"", {name: text for name, text in headers.items() if name != "Content-Type"})
    return Answer(answer.status, answer.body, headers)


def names(wanted: str, tag: str) -> bool:
    """Whether an If-None-Match header (RFC 9110, 13.1.2) names the tag; weak ones count as well."""
    return wanted == "*" or any(each.removeprefix("W/") == tag for each in _TAGS.split(wanted))
