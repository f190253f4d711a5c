"""Every endpoint with values that nobody would send: an answer in the documented form, and never a 5xx."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.client import User, query_of
from tests.api.process import ServerProcess

EXAMPLES = 250
_LEAVE_ALONE = ("/roost/v1/snapshot", "/roost/v1/verify", "/api/v1/streaming/")
"""Operators' work that takes a while, and answers that have no end."""

_IDS = [
    "0",
    "1",
    "-1",
    "9" * 19,
    "9" * 20,
    "9" * 21,
    str(1 << 63),
    str((1 << 63) - 1),
    "1.0",
    "1e9",
    "x",
    "null",
]
_TEXTS = st.one_of(
    st.sampled_from(
        [
            *_IDS,
            "",
            " ",
            "\x00",
            "\ud800",
            "%00",
            "../..",
            "true",
            "[]",
            "{}",
            "public",
            "direct",
            "\u202e",
            "a" * 3_000,
        ]
    ),
    st.text(max_size=40),
)
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_TEXTS, inner, max_size=4)),
    max_leaves=8,
)


def _encodable(value: Any) -> Any:
    """Without what Python's own client cannot put on the wire."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


@pytest.fixture(scope="module")
def operations(server: ServerProcess) -> list[tuple[str, str, list[str]]]:
    """Each operation of the server's own description: method, path, the names of its parameters."""
    document = server.nobody.get("/roost/v1/openapi.json").ok()
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            names = [entry["name"] for entry in operation.get("parameters", ()) if entry["in"] == "query"]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                reference = content["schema"].get("$ref", "").rpartition("/")[2]
                names += document["components"]["schemas"].get(reference, {}).get("properties", {})
            if not path.startswith(_LEAVE_ALONE):
                found.append((method.upper(), path, sorted(set(names))))
    return sorted(found)


@pytest.fixture(scope="module")
def fay(server: ServerProcess) -> User:
    """Somebody who may do everything, operators' work included."""
    everything = "read write follow push profile admin:read admin:write ingest"
    user = server.user("fay", scopes=everything, email="fay@roost.example", password="a long password")
    user.status("Something to be found")
    return user


@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_no_value_is_our_mistake(
    data: st.DataObject, operations: list[tuple[str, str, list[str]]], fay: User
) -> None:
    method, path, names = data.draw(st.sampled_from(operations))
    given = data.draw(
        st.dictionaries(st.sampled_from([*names, "id", "limit", "max_id"]), _VALUES, max_size=5)
    )
    segment = quote(_encodable(data.draw(st.one_of(st.just(fay.id), _TEXTS))), safe="", errors="replace")
    target = path.replace("{id}", segment)
    flat = [
        (
            _encodable(name),
            [_encodable(item) for item in value] if isinstance(value, list) else _encodable(value),
        )
        for name, value in given.items()
    ]
    encoding = data.draw(st.sampled_from(["query", "json", "form", "multipart"]))
    if method == "GET" or encoding == "query":
        fay.call(method, f"{target}?{query_of(flat)}")
    elif encoding == "json":
        fay._send_json(method, target, given, None)
    else:
        send = fay.form if encoding == "form" else fay.multipart
        send(target, flat, method)
