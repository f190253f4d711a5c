"""Bodies, heads and parameters above their limits, or cut short, or not what they say: never our mistake."""

import gzip
import json

import pytest

from tests.api.client import User
from tests.api.process import ServerProcess
from tests.api.raw import FORM, JSON, MULTIPART, RawConnection, check_alive, head, post_status

BODY_MAX = 1 << 20


@pytest.fixture(scope="module")
def wendy(server: ServerProcess) -> User:
    return server.user("wendy")


def test_the_largest_body_is_taken(wendy: User) -> None:
    body = json.dumps({"status": "Large", "ignored": "a" * 1_000_000}).encode()
    padded = body + b" " * (BODY_MAX - len(body))
    assert post_status(wendy, padded, JSON).status == 200


@pytest.mark.parametrize("kind", [JSON, FORM, MULTIPART, "X-None: 1"])
def test_one_byte_more_is_refused(wendy: User, kind: str) -> None:
    answer = post_status(wendy, b"a" * (BODY_MAX + 1), kind)
    assert (answer.status, bool(answer.error)) == (413, True)


@pytest.mark.parametrize("kind", [JSON, FORM, MULTIPART])
def test_a_body_without_a_declared_length(wendy: User, kind: str) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="status"\r\n\r\n'
    start = part if "multipart" in kind else b""
    data = start + b"a" * (2 * BODY_MAX)
    chunks = b"".join(
        b"10000\r\n" + data[at : at + 0x10000].ljust(0x10000, b"a") + b"\r\n"
        for at in range(0, len(data), 0x10000)
    )
    answer = post_status(wendy, chunks + b"0\r\n\r\n", kind, "Transfer-Encoding: chunked")
    assert (answer.status, bool(answer.error)) == (413, True)


@pytest.mark.parametrize("length", ["1048577", "999999999999", "9" * 18])
def test_an_absurd_length_is_refused_before_the_body_comes(wendy: User, length: str) -> None:
    answer = post_status(wendy, b"", JSON, f"Content-Length: {length}")
    assert (answer.status, bool(answer.error)) == (413, True)


@pytest.mark.parametrize("length", ["9" * 30, "-1", "ten", "1.0", "0x10", "+5", "5, 5", ""])
def test_a_length_that_is_no_number(wendy: User, length: str) -> None:
    answer = post_status(wendy, b"", JSON, f"Content-Length: {length}")
    assert 400 <= answer.status < 500
    assert answer.error


def test_two_lengths(wendy: User) -> None:
    answer = post_status(wendy, b"{}", JSON, "Content-Length: 2", "Content-Length: 3")
    assert (answer.status, bool(answer.error)) == (400, True)


def test_a_length_and_chunks(wendy: User) -> None:
    """The way of request smuggling."""
    fields = (JSON, "Content-Length: 2", "Transfer-Encoding: chunked")
    answer = post_status(wendy, b"0\r\n\r\n", *fields)
    assert (answer.status, bool(answer.error)) == (400, True)


@pytest.mark.parametrize(
    "request_head",
    [
        ("GET", "/api/v1/instance?" + "a" * 9_000, ()),
        ("GET", "/api/v1/instance", ("X-Long: " + "a" * 17_000,)),
        ("GET", "/api/v1/instance", tuple(f"X-{n}: a" for n in range(200))),
        ("GET", "/api/v1/instance", ("Authorization: Bearer " + "a" * 20_000,)),
        ("A" * 9_000, "/", ()),
    ],
    ids=["line", "field", "fields", "token", "method"],
)
def test_heads_above_the_limits(
    server: ServerProcess, request_head: tuple[str, str, tuple[str, ...]]
) -> None:
    method, path, fields = request_head
    with RawConnection(server.url) as connection:
        connection.send(head(method, path, connection.host, *fields))
        answer = connection.answer()
    assert answer.status in (400, 414, 431)
    assert answer.error
    check_alive(server.url)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [33, 1_000, 100_000])
def test_json_that_is_too_deep(wendy: User, opening: bytes, depth: int) -> None:
    for body in (opening * depth, opening * depth + b"1" + (b"]" if opening == b"[" else b"}") * depth):
        answer = post_status(wendy, b'{"status":' + body + b"}", JSON)
        assert (answer.status, bool(answer.error)) == (422, True)


def test_brackets_in_text_are_not_depth(wendy: User) -> None:
    body = json.dumps({"status": "[" * 100 + '"\\{' * 10}).encode()
    assert post_status(wendy, body, JSON).status == 200


def _part(field: str) -> bytes:
    """A multipart form with a status; its part has one more field."""
    head = f'Content-Disposition: form-data; name="status"\r\n{field}'
    return f"--x\r\n{head}\r\n\r\nas it is\r\n--x--\r\n".encode()


@pytest.mark.parametrize("kind", ["form", "query", "multipart"])
@pytest.mark.parametrize("name", ["a", "id[]", "a{0}", "id[{0}]"])
def test_too_many_parameters(wendy: User, kind: str, name: str) -> None:
    pairs = [(name.format(number), "1") for number in range(1_001)]
    if kind == "query":
        text = "&".join(f"{name}=1" for name, _ in pairs)
        answer = wendy.post(f"/api/v1/statuses?{text}")
        assert answer.status in (400, 414, 422)
        return
    send = wendy.form if kind == "form" else wendy.multipart
    assert send("/api/v1/statuses", pairs).refused(422)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"status":"\xff"}', JSON),
        (b'{"status":"\\ud800"}', JSON),
        (b'{"status":"\x00"}', JSON),
        (b'{"status":"\\u0000"}', JSON),
        (b"status=\xff\xfe", FORM),
        (b"status=%00", FORM),
        (b"%00=%00", FORM),
        (b"%", FORM),
        (b"&&&===", FORM),
        (b"\x00" * 1_000, FORM),
        (b'--x\r\nContent-Disposition: form-data; name="status"\r\n\r\n\xff\r\n--x--\r\n', MULTIPART),
        (b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\na\r\n--x--\r\n', MULTIPART),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n", MULTIPART),
        (
            b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\na\r\n--y--\r\n--x--\r\n",
            MULTIPART,
        ),
        (b'--x\r\nContent-Disposition: form-data; name="status"\r\n\r\ncut of', MULTIPART),
        (b"no boundary", MULTIPART),
        (b"--x--", "Content-Type: multipart/form-data"),
        (b"--x--", "Content-Type: multipart/form-data; boundary=" + "b" * 100),
        (b"{}", "Content-Type: application/json; charset=utf-7"),
        (b"{}", "Content-Type: \xff\xfe"),
        (b"{}", "Content-Type: "),
    ],
)
def test_bodies_that_make_no_sense(wendy: User, body: bytes, kind: str) -> None:
    answer = post_status(wendy, body, kind)
    assert (answer.status, bool(answer.error)) == (422, True)


@pytest.mark.parametrize(
    ("body", "kind", "content"),
    [
        (b"status=%ff%fe", FORM, "<p>\ufffd\ufffd</p>"),
        (b"status=%ud800", FORM, "<p>%ud800</p>"),
        (_part("Content-Transfer-Encoding: base64"), MULTIPART, "<p>as it is</p>"),
        (_part("Content-Encoding: gzip"), MULTIPART, "<p>as it is</p>"),
        (_part("Content-Type: text/plain; charset=utf-16"), MULTIPART, "<p>as it is</p>"),
    ],
)
def test_bodies_that_are_taken_as_they_are(wendy: User, body: bytes, kind: str, content: str) -> None:
    answer = post_status(wendy, body, kind)
    assert (answer.status, json.loads(answer.body)["content"]) == (200, content)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "nonsense"])
def test_compressed_bodies_are_not_taken(wendy: User, encoding: str) -> None:
    for body in (b'{"status":"plain"}', gzip.compress(b'{"status":"packed"}'), b"\x1f\x8b" * 100):
        answer = post_status(wendy, body, JSON, f"Content-Encoding: {encoding}")
        assert (answer.status, bool(answer.error)) == (422, True)


def test_a_bomb_does_not_go_off(wendy: User) -> None:
    """A thousand times as large as it comes."""
    body = gzip.compress(b'{"status":"' + b"a" * 50_000_000 + b'"}')
    assert len(body) < BODY_MAX
    assert post_status(wendy, body, JSON, "Content-Encoding: gzip").status == 422
