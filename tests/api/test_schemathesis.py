"""Every operation of Roost's OpenAPI document, asked in every way that the document allows and some that it
forbids: no answer is our mistake, and none is one that the document does not describe."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.process import ServerProcess

_SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
_LEFT_OUT = {
    "/roost/v1/ingest": "its body is lines of JSON, for which there is no serializer",
    "/api/v1/statuses/{id}/translate": "answers 503 by design: there is no translation service",
    "/roost/v1/snapshot": "writes the whole state to disk at each call",
    **{
        f"/api/v1/streaming{stream}": "does not end: each answer would be waited for in vain"
        for stream in (
            *("/user", "/user/notification", "/direct", "/list", "/public", "/public/local"),
            *("/public/remote", "/hashtag", "/hashtag/local"),
        )
    },
}
_SCOPES = "read write follow push profile"
_FOR_STAFF = "^(/roost/|/api/v[12]/admin/)"
_TIMEOUT_S = 600
_SETTINGS = """
[generation]
max-examples = 5
database = "none"

[phases.coverage]
unexpected-methods = []
"""
"""A method that a path does not have is answered 405, of which no operation can tell: `test_http` has it."""


@pytest.fixture(scope="module")
def server(start_server: Callable[..., ServerProcess]) -> ServerProcess:
    """A server of its own: what is sent here is posted, and muddles the timelines of others."""
    return start_server()


@pytest.mark.server
@pytest.mark.parametrize("caller", ["user", "operator"])
def test_nothing_comes_to_a_500_or_is_not_described(
    server: ServerProcess, caller: str, tmp_path: Path
) -> None:
    """The operator asks what is for operators and the staff, a user all the rest."""
    token, which = server.operator.token, "--include-path-regex"
    if caller == "user":
        token, which = server.token(server.user("fuzzer").username, _SCOPES), "--exclude-path-regex"
    settings = tmp_path / "settings.toml"
    settings.write_text(_SETTINGS)
    command = [
        *(str(_SCHEMATHESIS), "--config-file", str(settings)),
        *("run", f"{server.url}/roost/v1/openapi.json", "--url", server.url),
        *("--header", f"Authorization: Bearer {token}", "--checks", ",".join(_CHECKS)),
        *("--phases", "examples,coverage,fuzzing", "--seed", "7", "--no-color", "--warnings", "off"),
        *("--suppress-health-check", "all", "--request-timeout", "30"),
        *(which, _FOR_STAFF),
        *(part for path in _LEFT_OUT for part in ("--exclude-path", path)),
    ]
    run = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-12_000:] + run.stderr[-2_000:]
