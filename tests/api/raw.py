"""Requests as bytes on a socket: what no client library would send."""

import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.api.client import Api, User

_TIMEOUT_S = 20
JSON = "Content-Type: application/json"
FORM = "Content-Type: application/x-www-form-urlencoded"
MULTIPART = "Content-Type: multipart/form-data; boundary=x"


@dataclass(frozen=True)
class RawAnswer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> str:
        """The text of an error in its one documented form."""
        assert self.headers["content-type"] == "application/json; charset=utf-8"
        found: dict[str, Any] = json.loads(self.body)
        assert found["error"]
        return str(found["error"])


class RawConnection:
    """A connection that sends what it is told."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = parts.netloc
        self._socket = socket.create_connection((parts.hostname, parts.port), _TIMEOUT_S)
        self._read = self._socket.makefile("rb")

    def __enter__(self) -> "RawConnection":
        return self

    def __exit__(self, *_: object) -> None:
        self._read.close()
        self._socket.close()

    def send(self, data: bytes) -> None:
        """As far as the server takes it: it may answer and hang up before the end."""
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return

    def finish(self) -> None:
        """Say that nothing more comes."""
        self._socket.shutdown(socket.SHUT_WR)

    def answer(self) -> RawAnswer:
        """The next answer."""
        found = self.answer_or_end()
        assert found is not None, "no answer"
        return found

    def answer_or_end(self) -> RawAnswer | None:
        """The next answer, or None where the server hangs up."""
        try:
            line = self._read.readline()
        except ConnectionResetError:
            return None
        if not line:
            return None
        assert line.startswith(b"HTTP/1."), line
        headers: dict[str, str] = {}
        while (field := self._read.readline()) not in (b"\r\n", b""):
            name, _, value = field.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        status = int(line.split()[1])
        body = b"" if status in (204, 304) else self._read.read(int(headers["content-length"]))
        return RawAnswer(status, headers, body)

    def ended(self) -> bool:
        """Whether the server hung up, with nothing more to say."""
        try:
            return self._read.read(1) == b""
        except ConnectionResetError:
            return True


def head(method: str, path: str, host: str, *fields: str) -> bytes:
    """A request's head."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def post_status(user: User, body: bytes, *fields: str) -> RawAnswer:
    """Send a body to POST /statuses; its length is declared unless `fields` say otherwise."""
    declared = any(field.lower().startswith(("content-length", "transfer-encoding")) for field in fields)
    length = () if declared else (f"Content-Length: {len(body)}",)
    with RawConnection(user.url) as connection:
        token = f"Authorization: Bearer {user.token}"
        connection.send(head("POST", "/api/v1/statuses", connection.host, token, *length, *fields))
        connection.send(body)
        return connection.answer()


def check_alive(url: str) -> None:
    """The server still answers others."""
    assert Api(url).get("/roost/v1/health").status == 200
