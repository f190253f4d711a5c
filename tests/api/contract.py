"""An answer held against an OpenAPI document."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator

_MALFORMED = b"The request is malformed"
"""What is no HTTP, or above its bounds, comes to no operation."""


class Contract:
    """Finds the operation of a request in a document, and the schema of its answer."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._validators: dict[tuple[str, str, str], Draft202012Validator | None] = {}
        self._templates = sorted(
            ((path.strip("/").split("/"), path) for path in document["paths"]),
            key=lambda entry: [segment.startswith("{") for segment in entry[0]],
        )

    def check(self, method: str, url: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Every answer of JSON has the form that the document says; every failure is JSON, and none a 5xx."""
        assert status < 500, f"{method} {url}: {status} {body[:500]!r}"
        if not headers.get("content-type", "").startswith("application/json"):
            assert status < 400 or urlsplit(url).path == "/oauth/authorize", f"{method} {url}: {body[:500]!r}"
            return
        if method == "HEAD" or (status == 400 and _MALFORMED in body):
            return
        template = self.template_of(urlsplit(url).path)
        found = self.complaints(method, template, status, json.loads(body))
        assert not found, f"{method} {url} ({status}): {found}\n{body[:2000]!r}"

    def complaints(self, method: str, template: str, status: int, value: Any) -> list[str]:
        """What is wrong with an answer of an operation."""
        validator = self._validator(method.lower(), template, str(status))
        if validator is None:
            return [f"{status} is not described for {method} {template}"]
        return [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
            for error in validator.iter_errors(value)
        ]

    def template_of(self, path: str) -> str:
        """The document's path for a path; empty where there is none."""
        segments = path.strip("/").split("/")
        for template, name in self._templates:
            if len(template) == len(segments) and all(
                part.startswith("{") or part == segment
                for part, segment in zip(template, segments, strict=True)
            ):
                return name
        return ""

    def _validator(self, method: str, template: str, status: str) -> Draft202012Validator | None:
        key = (method, template, status)
        if key not in self._validators:
            self._validators[key] = self._make(method, template, status)
        return self._validators[key]

    def _make(self, method: str, template: str, status: str) -> Draft202012Validator | None:
        schema: dict[str, Any] = {"$ref": "#/components/schemas/Error"}
        operation = self.document["paths"].get(template, {}).get(method)
        if operation is not None:
            responses = operation["responses"]
            described = responses.get(status)
            if described is None or "application/json" not in described.get("content", {}):
                return None
            schema = described["content"]["application/json"]["schema"]
        return Draft202012Validator({**schema, "components": self.document["components"]})
