"""A plain synchronous HTTP client that holds every answer against the server's own description, and
against Mastodon's where that is at hand."""

import http.client
import json
import re
import select
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.api.contract import Contract
from tests.api.mastodon_contract import mastodon_contract

_LINK = re.compile(r'<([^>]+)>; rel="(next|prev)"(?:, |\Z)')
_TIMEOUT_S = 60


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case name."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    def ok(self) -> Any:
        """The JSON of an answer that has to be a success."""
        assert self.status == 200, f"{self.status}: {self.text}"
        return self.json

    def refused(self, status: int) -> str:
        """The error's text, of an answer that has to be this refusal."""
        assert self.status == status, f"{self.status}: {self.text}"
        assert self.headers["content-type"] == "application/json; charset=utf-8"
        return str(self.json["error"])

    def links(self) -> dict[str, str]:
        """The URLs of the Link header by relation, its exact form checked."""
        header = self.headers.get("link", "")
        found = _LINK.findall(header)
        assert ", ".join(f'<{url}>; rel="{rel}"' for url, rel in found) == header
        assert [rel for _, rel in found] in ([], ["next"], ["prev"], ["next", "prev"])
        return {rel: url for url, rel in found}

    @property
    def ids(self) -> list[str]:
        """The ids of a list."""
        return [item["id"] for item in self.ok()]


Pairs = Iterable[tuple[str, object]]


def query_of(parameters: Mapping[str, Any] | Pairs) -> str:
    """As clients write them: lists as `name[]`, booleans in lower case."""
    pairs = parameters.items() if isinstance(parameters, Mapping) else parameters
    flat: list[tuple[str, str]] = []
    for name, value in pairs:
        if isinstance(value, list | tuple):
            flat.extend((f"{name}[]", _text(item)) for item in value)
        else:
            flat.append((name, _text(value)))
    return urlencode(flat)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class Api:
    """One caller. Keeps its connection, and is for one thread at a time."""

    def __init__(self, url: str, token: str = "", contract: Contract | None = None) -> None:
        self.url = url
        self.token = token
        self.contract = contract
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str, **query: Any) -> Answer:
        return self.call("GET", f"{path}?{query_of(query)}" if query else path)

    def post(self, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """With a JSON body."""
        return self._send_json("POST", path, body, headers)

    def patch(self, path: str, body: object) -> Answer:
        return self._send_json("PATCH", path, body, None)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def form(self, path: str, parameters: Mapping[str, Any] | Pairs, method: str = "POST") -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.call(method, path, query_of(parameters).encode(), headers)

    def multipart(self, path: str, parts: Pairs, method: str = "POST") -> Answer:
        boundary = "----roost-tests"
        lines = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts
        ]
        body = f"{''.join(lines)}--{boundary}--\r\n".encode()
        return self.call(method, path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        connection = self._connected()
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, found, response.read())
        if self.contract is not None:
            self.contract.check(method, path, answer.status, found, answer.body)
            mastodon = mastodon_contract()
            if mastodon is not None and found.get("content-type", "").startswith("application/json"):
                mastodon.check_answer(method, path.partition("?")[0], answer.status, answer.body)
        return answer

    def walk(self, path: str, relation: str = "next", **query: Any) -> list[str]:
        """The ids of a list that is read to its end by following its Link header."""
        answer = self.get(path, **query)
        found = answer.ids
        while (url := answer.links().get(relation)) is not None:
            answer = self.get(path_of(url))
            found = found + answer.ids if relation == "next" else answer.ids + found
        return found

    def unchecked(self) -> "Api":
        """The same caller on a connection of its own, without a look at the contract: for many requests."""
        return Api(self.url, self.token)

    def _send_json(self, method: str, path: str, body: object, headers: Mapping[str, str] | None) -> Answer:
        if body is None:
            return self.call(method, path, headers=headers)
        sent = {"Content-Type": "application/json", **(headers or {})}
        return self.call(method, path, json.dumps(body).encode(), sent)

    def _connected(self) -> http.client.HTTPConnection:
        """The connection, a new one where the server has closed the last."""
        if self._connection is None:
            parts = urlsplit(self.url)
            self._connection = http.client.HTTPConnection(
                parts.hostname or "", parts.port, timeout=_TIMEOUT_S
            )
            weakref.finalize(self, self._connection.close)
        socket = self._connection.sock
        if socket is not None and select.select([socket], [], [], 0)[0]:
            self._connection.close()
        return self._connection


class User(Api):
    """A caller with an account."""

    def __init__(
        self, url: str, token: str, user_id: str, username: str, contract: Contract | None = None
    ) -> None:
        super().__init__(url, token, contract)
        self.id = user_id
        self.username = username

    def status(self, text: str = "A status", **parameters: Any) -> dict[str, Any]:
        """Post a status."""
        found: dict[str, Any] = self.post("/api/v1/statuses", {"status": text, **parameters}).ok()
        return found

    def statuses(self, count: int) -> list[str]:
        """Post some statuses; their ids, newest first."""
        return [self.status(f"Status {number}")["id"] for number in range(count)][::-1]

    def follow(self, *others: "User") -> None:
        for other in others:
            self.post(f"/api/v1/accounts/{other.id}/follow").ok()

    def do(self, verb: str, status_id: str) -> dict[str, Any]:
        """Reblog, favourite, and the like."""
        found: dict[str, Any] = self.post(f"/api/v1/statuses/{status_id}/{verb}").ok()
        return found

    def home(self, **query: Any) -> Answer:
        return self.get("/api/v1/timelines/home", **query)

    def relationship(self, other: "User") -> dict[str, Any]:
        found = self.get("/api/v1/accounts/relationships", id=[other.id]).ok()
        assert len(found) == 1
        first: dict[str, Any] = found[0]
        return first


def path_of(url: str) -> str:
    """Path and query."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def parameters_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
