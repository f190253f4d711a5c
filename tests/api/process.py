"""A real server in a process of its own, started and stopped as an operator would."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import msgspec

from tests.api.client import Api, User
from tests.api.contract import Contract

_ROOST = Path(sys.executable).with_name("roost")
_START_ATTEMPTS = 2_400
_ATTEMPT_S = 0.05
_STOP_S = 60
_SHOWN_CHARACTERS = 6_000
_TROUBLE = re.compile(r"^.* (?:ERROR|CRITICAL) .*|^Traceback.*", re.MULTILINE)

OPEN = {
    "registration_open": "true",
    "password_grant": "true",
    "rate_limits": "false",
    "port": "0",
    "read_wait_ms": "5000",
}
"""The settings that test suites want: nothing is closed, nothing limited, any free port, and time on a busy
machine."""


class _OperatorFile(msgspec.Struct):
    url: str
    token: str
    process: int


class ServerProcess:
    """`roost serve` on a data folder of its own. `settings` are those of the ROOST_... variables."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.data_folder = folder / "data"
        self.log_file = folder / "log.txt"
        self._settings = {**OPEN, **settings, "data_folder": str(self.data_folder)}
        self._process: subprocess.Popen[bytes] | None = None
        self._names = 0
        self.url = ""
        self.operator = Api("")
        self.nobody = Api("")

    def start(self) -> "ServerProcess":
        """Start, and wait until the server answers; it says where in its operator file."""
        self._process = self._launch()
        found = self._wait_for_operator_file()
        self.url = found.url
        self.operator = Api(self.url, found.token)
        contract = Contract(self.operator.get("/roost/v1/openapi.json").ok())
        self.operator.contract = contract
        self.nobody = Api(self.url, contract=contract)
        return self

    def stop(self) -> None:
        """Stop as service managers do. A clean end is part of every test that uses a server."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(timeout=_STOP_S)
        assert status == 0, f"the server ended with status {status}:\n{self.log()}"
        assert not (self.data_folder / "operator.json").exists(), "the operator file was left behind"
        log = self.log()
        trouble = _TROUBLE.search(log)
        assert trouble is None, f"in the server's log:\n{log[trouble.start() :][:_SHOWN_CHARACTERS]}"

    def kill(self) -> None:
        """End it whatever it does, where a test has failed before `stop`."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int:
        assert self._process is not None
        return self._process.pid

    def user(self, hint: str = "user", scopes: str = "read write follow push", **facts: object) -> User:
        """A new account, and a token for it, as an operator makes them; its name begins with `hint`."""
        self._names += 1
        username = f"{hint}_{self._names}"
        made = self.operator.post("/roost/v1/users", {"username": username, **facts}).ok()
        return User(self.url, self.token(username, scopes), made["id"], username, self.nobody.contract)

    def token(self, username: str, scopes: str = "read write follow push") -> str:
        form = {"username": username, "scopes": scopes}
        return str(self.operator.post("/roost/v1/tokens", form).ok()["token"])

    def _launch(self) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ROOST_")}
        given = {f"ROOST_{name.upper()}": value for name, value in self._settings.items()}
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            return subprocess.Popen([_ROOST, "serve"], env={**kept, **given}, stdout=log, stderr=log)

    def _wait_for_operator_file(self) -> _OperatorFile:
        assert self._process is not None
        path = self.data_folder / "operator.json"
        for _ in range(_START_ATTEMPTS):
            try:
                self._process.wait(timeout=_ATTEMPT_S)
            except subprocess.TimeoutExpired:
                found = _read(path)
                if found is not None and found.process == self._process.pid:
                    assert Api(found.url).get("/roost/v1/health").ok() == {"status": "ok"}
                    return found
            else:
                break
        raise AssertionError(f"the server did not start:\n{self.log()}")


def _read(path: Path) -> _OperatorFile | None:
    """The operator file, once it is there and whole."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_OperatorFile)
    except (OSError, msgspec.MsgspecError):
        return None
