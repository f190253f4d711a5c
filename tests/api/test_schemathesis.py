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
}
_TIMEOUT_S = 600


@pytest.mark.server
@pytest.mark.parametrize("caller", ["user", "operator"])
def test_nothing_comes_to_a_500_or_is_not_described(
    start_server: Callable[..., ServerProcess], caller: str, tmp_path: Path
) -> None:
    server = start_server()
    token = server.operator.token
    if caller == "user":
        token = server.user("fuzzer", scopes="read write follow push profile").token
    command = [
        *(str(_SCHEMATHESIS), "run", f"{server.url}/roost/v1/openapi.json", "--url", server.url),
        *("--header", f"Authorization: Bearer {token}", "--checks", ",".join(_CHECKS)),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--seed", "7", "--no-color"),
        *("--suppress-health-check", "all", "--request-timeout", "30", "--generation-database", "none"),
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
