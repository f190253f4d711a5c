"""Answers held against a description of Mastodon's own API, where that is at hand.

The description is abraham/mastodon-openapi, made from Mastodon's documentation; it is looked for beside the
repository. Where it is wrong, or Roost differs, `DEVIATIONS` says why.
"""

import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.api.contract import Contract

SCHEMA = Path(__file__).parents[2].parent / "shared/data/mastodon-openapi/schema.json.gz"

DEVIATIONS: dict[tuple[str, str], tuple[tuple[str, ...], str]] = {
    ("DELETE", "/api/v1/statuses/{id}"): (
        (r": 'content' is a required property",),
        "a deleted status has its text instead of its HTML; the description does not know of it",
    ),
    ("GET", "/api/v1/filters"): (
        (r": \[.*",),
        "the description has one filter as the answer, where Mastodon's documentation shows a list",
    ),
}
"""Complaints that are expected of an operation, as regular expressions for the whole of each, and why."""
_NO_DETAILS = ": 'details' is a required property"
"""Mastodon too answers 422 without them where no field is to blame."""


class MastodonContract(Contract):
    """Remembers which operations were answered with success, and which deviations were met."""

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(document)
        self.answered: set[tuple[str, str]] = set()
        self.deviated: set[tuple[str, str, str]] = set()

    def check_answer(self, method: str, path: str, status: int, body: bytes) -> None:
        """An answer of JSON; passed over where the description has no such operation or no such status."""
        template = self.template_of(path)
        operation = self.document["paths"].get(template, {}).get(method.lower())
        if operation is None:
            return
        if status < 300:
            self.answered.add((method, template))
        described = operation["responses"].get(str(status), {})
        if "application/json" not in described.get("content", {}):
            return
        found = self.complaints(method, template, status, json.loads(body))
        if status == 422:
            found = [complaint for complaint in found if complaint != _NO_DETAILS]
        expected = DEVIATIONS.get((method, template), ((), ""))[0]
        for complaint in found:
            met = [pattern for pattern in expected if re.fullmatch(pattern, complaint)]
            assert met, f"not as Mastodon: {method} {path} ({status}): {complaint}\n{body[:2000]!r}"
            self.deviated.add((method, template, met[0]))


@cache
def mastodon_contract() -> MastodonContract | None:
    """The description, shared by all servers of a test run; None where it is not there."""
    if not SCHEMA.exists():
        return None
    return MastodonContract(_mended(json.loads(gzip.decompress(SCHEMA.read_bytes()))))


def _mended(document: dict[str, Any]) -> dict[str, Any]:
    """The description without mistakes that concern more than one answer.

    A quote is one of two entities that both allow any further fields, so that each quote is both; it lists
    the scopes, of which Roost has more; and it leaves out the older form of the notification policy, whose
    path would then be taken for a notification's.
    """
    document["paths"].setdefault("/api/v1/notifications/policy", {})
    for name in ("Status", "StatusEdit"):
        quote = document["components"]["schemas"][name]["properties"]["quote"]
        quote["anyOf"] = quote.pop("oneOf")
    for scopes in _enumerations(document):
        if "write:statuses" in scopes:
            scopes.append("ingest")
    return document


def _enumerations(value: Any) -> Iterator[list[str]]:
    """Every `enum` of a schema."""
    if isinstance(value, dict):
        if isinstance(value.get("enum"), list):
            yield value["enum"]
        for inner in value.values():
            yield from _enumerations(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _enumerations(inner)
