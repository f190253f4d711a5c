"""Of Mastodon's API, each endpoint is there or its absence has a stated reason."""

import re

import pytest

from roost.api import all_routes
from roost.api.mastodon import ABSENT
from tests.api.mastodon_contract import SCHEMA, mastodon_contract

_PLACEHOLDER = re.compile(r"\{[^}]*\}")


def _operation(method: str, path: str) -> str:
    return f"{method.upper()} {_PLACEHOLDER.sub('{}', path)}"


def test_every_endpoint_is_there_or_accounted_for() -> None:
    contract = mastodon_contract()
    if contract is None:
        pytest.skip(f"the optional description of Mastodon's API is not at {SCHEMA}")
    theirs = {
        _operation(method, path)
        for path, methods in contract.document["paths"].items()
        for method in methods
        if method in ("get", "post", "put", "patch", "delete")
    }
    ours = {_operation(route.method, route.path) for route in all_routes("http://localhost")}
    absent = {_operation(*operation.split(" ", 1)) for operation in ABSENT}
    assert theirs - ours - absent == set()
    assert absent & ours == set(), "these are there after all"
    assert absent <= theirs
