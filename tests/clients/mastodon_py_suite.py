"""Mastodon.py's own tests, run beside all others: they take minutes, and sleep for most of them."""

import shutil
import socket
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

from tests.api.process import ServerProcess
from tests.clients.environment import PREFIX
from tests.clients.proxy import Proxy
from tests.clients.suites import ADDRESS, run_suite, unpack

ARCHIVES = PREFIX / "mastodon-py-tests"
SUITE_S = 900

_APP = "__MASTODON_PY_TEST_CLIENT_ID"
_TOKEN = "__MASTODON_PY_TEST_ACCESS_TOKEN"
_PASSWORD = "5fc638e0e53eafd9c4145b6bb852667d"
_SCOPES = "read write follow push"
_STAFF_SCOPES = f"{_SCOPES} admin:read admin:write"

_LIVE = (
    *("tests", "--disable-recording", "--no-cov", "-q", "--timeout", "60", "-m", "vcr"),
    *(f"--ignore=tests/test_{name}.py" for name in ("entities", "admin", "streaming", "annual_reports")),
    *(f"--ignore=tests/test_{name}.py" for name in ("collections", "quotes")),
    *("--deselect", "tests/test_status.py::test_status_card"),
    *("--deselect", "tests/test_timeline.py::test_timeline_disabled"),
    *("--deselect", "tests/test_errors.py::test_lang_for_errors"),
    *("-k", "not async_refresh and not collection"),
)
"""What of the suite can be run against a server whose database it does not know."""
_STREAMING = ("tests/test_streaming.py", "--record-mode=rewrite", "--no-cov", "-q", "--timeout", "60")


class Suite:
    """Started before the first test, collected after the last; ended with the session in any case."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="roost-mastodon-py-"))
        port = "3000" if _is_free(3_000) else "0"
        self._server = ServerProcess(self._folder, profile="test", public_url=ADDRESS, port=port)
        self._thread = threading.Thread(target=self._run, name="mastodon-py-suite", daemon=True)
        self._found: list[Mapping[str, str]] = []
        self._trouble: BaseException | None = None

    def start(self) -> None:
        self._thread.start()

    def outcomes(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """How each test ended, and each of those that stream; waits for them."""
        self._thread.join()
        if self._trouble is not None:
            raise self._trouble
        live, streaming = self._found
        return live, streaming

    def end(self) -> None:
        self._server.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self) -> None:
        try:
            live = self._source("live")
            for recorded in (*live.glob("tests/cassettes/*.pkl"), *live.glob("tests/cassettes/*.ws.yaml")):
                recorded.unlink()
            streaming = self._source("streaming")
            shutil.rmtree(streaming / "tests/cassettes")
            (streaming / "tests/cassettes").mkdir()
            seed(self._server.start())
            proxy = None if self._server.url.endswith(":3000") else Proxy(self._server.url)
            url = proxy.url if proxy is not None else ""
            for source, words in ((live, _LIVE), (streaming, _STREAMING)):
                self._found.append(run_suite(source, source.parent, words, url, SUITE_S))
            if proxy is not None:
                proxy.close()
            self._server.stop()
        except BaseException as trouble:
            self._trouble = trouble

    def _source(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return unpack(ARCHIVES, "mastodon_py-*.tar.gz", folder)


def _is_free(port: int) -> bool:
    """Whether a server can listen there: its clients then need no proxy."""
    with socket.socket() as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def seed(server: ServerProcess) -> None:
    """The accounts, the app and the tokens that the suite knows by name."""
    for username, facts in {
        "admin": {"email": "admin@localhost", "password": "mastodonadmin", "role": "owner"},
        "admin2": {"email": "admin2@localhost", "password": "mastodonadmin"},
        "mastodonpy_test": {"locked": True},
        "mastodonpy_test_2": {"email": "mastodonpy_test_2@localhost", "password": _PASSWORD},
        "zerocool": {"email": "zerocool@example.com", "password": _PASSWORD},
    }.items():
        server.operator.post("/roost/v1/users", {"username": username, **facts}).ok()
    app = {"name": "Mastodon.py test suite", "client_id": _APP, "scopes": _STAFF_SCOPES}
    server.operator.post("/roost/v1/apps", {**app, "secret": "__MASTODON_PY_TEST_CLIENT_SECRET"}).ok()
    for username, token, scopes in (
        ("mastodonpy_test", _TOKEN, _SCOPES),
        ("admin", f"{_TOKEN}_2", _STAFF_SCOPES),
        ("mastodonpy_test_2", f"{_TOKEN}_3", _SCOPES),
    ):
        form = {"username": username, "token": token, "scopes": scopes, "client_id": _APP}
        server.operator.post("/roost/v1/tokens", form).ok()
