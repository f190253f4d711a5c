"""Malformed HTTP, strange fields and targets, connections: every request is answered, and in order."""

import json

import pytest

from tests.api.client import User
from tests.api.process import ServerProcess
from tests.api.raw import FORM, JSON, MULTIPART, RawConnection, check_alive, head

BODY_MAX = 1 << 20


@pytest.fixture(scope="module")
def wendy(server: ServerProcess) -> User:
    return server.user("wendy")


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n\r\n\r\nGARBAGE\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nNo colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET  HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /api/v1/apps HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
        b"\x00" * 1_000,
    ],
)
def test_what_is_no_http(server: ServerProcess, data: bytes) -> None:
    with RawConnection(server.url) as connection:
        connection.send(data)
        answer = connection.answer()
        assert 400 <= answer.status < 500
        assert answer.error
    check_alive(server.url)


@pytest.mark.parametrize(
    "target",
    [
        "*",
        "//",
        "/..",
        "/../../etc/passwd",
        "/%",
        "/%zz",
        "/%ff",
        "/%00",
        "/\xff",
        "http://[",
        "http://a:b/",
        "/api/v1/statuses/%2e%2e",
        "/?a=%ff",
        "/api/v1/statuses?id[]=%ff",
        "/api/v1/accounts/%E2%80%AE",
        "/;",
        "/?" + "&" * 500,
        "/#fragment",
        "a",
        "/api/v1/timelines/public?limit=%31%ff",
        "/oauth/authorize?%ff",
    ],
)
def test_strange_targets(server: ServerProcess, target: str) -> None:
    with RawConnection(server.url) as connection:
        connection.send(head("GET", target, connection.host, "Connection: close"))
        answer = connection.answer()
    assert answer.status < 500
    if answer.status >= 400 and not target.startswith("/oauth"):
        assert answer.error
    check_alive(server.url)


@pytest.mark.parametrize(
    "field",
    [
        "Host: ",
        "Host: \xff",
        "Authorization: Bearer",
        "Authorization: Bearer \xff\xfe",
        "Authorization: Bearer  ",
        "Authorization: " + "Bearer " * 100,
        "Authorization: Basic !!!",
        "Idempotency-Key: \xff\xfe",
        "Connection: ,,,",
        "Expect: 100-continue",
        "Expect: the unexpected",
        "Upgrade: websocket",
        "Connection: Upgrade, HTTP2-Settings",
        "Cookie: " + "a=b;" * 1_000,
        "Range: bytes=0-1",
        "If-None-Match: *",
        "Accept-Encoding: nonsense",
        "Origin: \xff",
    ],
)
def test_strange_fields(server: ServerProcess, field: str) -> None:
    for method, path in (
        ("GET", "/api/v1/instance"),
        ("POST", "/oauth/token"),
        ("POST", "/api/v1/statuses"),
    ):
        with RawConnection(server.url) as connection:
            fields = ("Content-Length: 2", "Content-Type: application/json", "Connection: close", field)
            connection.send(head(method, path, connection.host, *fields) + b"{}")
            answer = connection.answer()
            if answer.status == 100:
                answer = connection.answer()
        assert 200 <= answer.status < 500, (method, path)
        if answer.status >= 400:
            assert answer.error
    check_alive(server.url)


def test_requests_in_one_go_are_answered_in_order(wendy: User) -> None:
    token = f"Authorization: Bearer {wendy.token}"
    with RawConnection(wendy.url) as connection:
        body = b'{"status":"Pipelined"}'
        fields = (token, JSON, f"Content-Length: {len(body)}")
        connection.send(
            head("GET", "/api/v1/instance", connection.host)
            + head("POST", "/api/v1/statuses", connection.host, *fields)
            + body
            + head("GET", "/api/v1/timelines/home", connection.host, token)
            + head("GET", "/nowhere", connection.host, "Connection: close")
        )
        answers = [connection.answer() for _ in range(4)]
        assert connection.ended()
    assert [answer.status for answer in answers] == [200, 200, 200, 404]
    assert json.loads(answers[2].body)[0]["id"] == json.loads(answers[1].body)["id"]


def test_what_is_in_a_refused_body_is_no_request(wendy: User) -> None:
    token = f"Authorization: Bearer {wendy.token}"
    with RawConnection(wendy.url) as connection:
        smuggled = head("GET", "/api/v1/instance", connection.host) * 20_000
        assert len(smuggled) > BODY_MAX
        fields = (token, JSON, f"Content-Length: {len(smuggled)}")
        connection.send(head("POST", "/api/v1/statuses", connection.host, *fields))
        assert connection.answer().status == 413
        connection.send(smuggled + head("GET", "/nowhere", connection.host, "Connection: close"))
        following = connection.answer_or_end()
        assert following is None or following.status == 404


@pytest.mark.parametrize("kind", [JSON, FORM, MULTIPART])
def test_a_body_that_stops_short(wendy: User, kind: str) -> None:
    with RawConnection(wendy.url) as connection:
        fields = (f"Authorization: Bearer {wendy.token}", kind, "Content-Length: 100")
        connection.send(head("POST", "/api/v1/statuses", connection.host, *fields) + b'{"status":"cut')
        connection.finish()
        answer = connection.answer_or_end()
    assert answer is None or 400 <= answer.status < 500
    assert all("cut" not in status["content"] for status in wendy.home().ok())


def test_a_slow_body_holds_nobody_up(wendy: User) -> None:
    body = b'{"status":"Slowly"}'
    with RawConnection(wendy.url) as connection:
        fields = (f"Authorization: Bearer {wendy.token}", JSON, f"Content-Length: {len(body)}")
        connection.send(head("POST", "/api/v1/statuses", connection.host, *fields))
        for byte in body:
            assert wendy.get("/api/v1/instance").status == 200
            connection.send(bytes([byte]))
        assert connection.answer().status == 200


def test_a_slow_head_holds_nobody_up(wendy: User) -> None:
    with RawConnection(wendy.url) as connection:
        for byte in head("GET", "/api/v1/instance", connection.host):
            assert wendy.get("/api/v1/instance").status == 200
            connection.send(bytes([byte]))
        assert connection.answer().status == 200


def test_callers_who_hang_up(wendy: User) -> None:
    for _ in range(50):
        with RawConnection(wendy.url) as connection:
            token = f"Authorization: Bearer {wendy.token}"
            connection.send(head("GET", "/api/v1/timelines/home", connection.host, token))
    check_alive(wendy.url)


def test_many_connections(wendy: User) -> None:
    connections = [RawConnection(wendy.url) for _ in range(300)]
    try:
        for connection in connections:
            connection.send(head("GET", "/roost/v1/health", connection.host))
        assert {connection.answer().status for connection in connections} == {200}
    finally:
        for connection in connections:
            connection.__exit__()
