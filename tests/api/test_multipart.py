"""Multipart forms: what they hold, and that no form is much work, nor our mistake."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.api.multipart import parse_multipart
from roost.errors import Invalid
from roost.limits import BODY_BYTES_MAX, MULTIPART_SLICE_PARTS, PARAMETERS_MAX, PART_HEAD_BYTES_MAX
from tests.api.client import User
from tests.api.process import ServerProcess
from tests.api.raw import MULTIPART, RawConnection, check_alive, head, post_status

pytestmark = [
    pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionHeader"),
    pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionParam"),
]

FIELD = b'Content-Disposition: form-data; name="a"\r\n\r\n'
FILE = b'Content-Disposition: form-data; name="a"; filename="f"\r\n\r\n'
TYPE = MULTIPART.removeprefix("Content-Type: ")


def form(*parts: bytes) -> bytes:
    return b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + b"--x--\r\n"


def parse(body: bytes, content_type: str = TYPE) -> list[tuple[str, object]]:
    return asyncio.run(parse_multipart(body, content_type))


@given(st.lists(st.tuples(st.from_regex(r"[\w\[\]. -]{1,20}", fullmatch=True), st.text()), max_size=20))
def test_fields_come_as_they_were_sent(fields: list[tuple[str, str]]) -> None:
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields
    ]
    boundary = "a-boundary-that-no-value-has"
    body = form(*parts).replace(b"--x", f"--{boundary}".encode())
    assert parse(b"before\r\n" + body + b"after", f'multipart/form-data; boundary="{boundary}"') == fields


@pytest.mark.parametrize(
    "value", [b"\n--x", b"\r\n", b"\r\n-", b"\r\n--", b"\r\n--y", b"\n--x\n", b"\r\n--\r\nx"]
)
def test_what_only_looks_like_a_boundary(value: bytes) -> None:
    assert parse(form(FIELD + value, FIELD)) == [("a", value.decode()), ("a", "")]


def test_files() -> None:
    empty = b'Content-Disposition: form-data; name="a"; filename=""\r\n\r\n'
    assert parse(form(FILE, FIELD + b"1", empty)) == [("a", "1")]
    for name in (b'filename="f"', b'filename=""', b"filename*=utf-8''f"):
        part = b'Content-Disposition: form-data; name="avatar"; ' + name + b"\r\n\r\nimage"
        with pytest.raises(Invalid, match="avatar is not supported"):
            parse(form(part))


def test_as_many_parts_as_parameters() -> None:
    assert len(parse(form(*[FIELD] * PARAMETERS_MAX))) == PARAMETERS_MAX
    for part in (FIELD, FILE):
        with pytest.raises(Invalid, match="More than 1000"):
            parse(form(*[part] * (PARAMETERS_MAX + 1)))


ROOM = PART_HEAD_BYTES_MAX - len(FIELD)


@pytest.mark.parametrize(
    "part",
    [
        b"X: a\r\n" * (ROOM // 6 + 10) + FIELD,
        b"X: " + b"a" * PART_HEAD_BYTES_MAX + b"\r\n" + FIELD,
        FIELD[:-5] + b";" * ROOM + b'"\r\n\r\n',
        FIELD[:-4] + b"; a=b" * (ROOM // 5) + b"\r\n\r\n",
        b": a\r\n" + b"\x00\r\n" * 10 + b"\r\n",
        b"Content-Disposition: form-data; name*=none'%ff\r\n\r\n",
        b"Content-Disposition: form-data; name*0=a'b\r\n\r\n",
        b'Content-Disposition: form-data; name="\xff"\r\n\r\n',
        b"\r\n",
        b"",
    ],
)
def test_heads_that_make_no_sense(part: bytes) -> None:
    with pytest.raises(Invalid, match="The multipart form cannot be read"):
        parse(form(FIELD, part))


@pytest.mark.parametrize(
    "part",
    [
        b"X: a\r\n" * (ROOM // 6) + FIELD,
        FIELD[:-4] + b"\r\n " * (ROOM // 3) + b"\r\n\r\n",
        b"Content-Disposition: form-data; name=a;\r\n\r\n",
        FIELD[:-2] + b"\r\n--x\r\n" + FIELD,
        b"content-disposition: FORM-DATA; NAME*=utf-8''%61\r\n\r\n",
    ],
)
def test_heads_that_are_odd(part: bytes) -> None:
    assert parse(form(part + b"1"))[-1] == ("a", "1")


@pytest.mark.parametrize("part", [FIELD, FILE, b"X: a\r\n" * 300 + FIELD])
def test_others_get_their_turn(part: bytes) -> None:
    """How often, counted in turns of the loop: a slice of parts is a few milliseconds at most."""
    count = PARAMETERS_MAX // 2

    async def turns() -> int:
        taken = 0
        task = asyncio.create_task(parse_multipart(form(*[part] * count), TYPE))
        while not task.done():
            await asyncio.sleep(0)
            taken += 1
        await task
        return taken

    assert asyncio.run(turns()) >= count // MULTIPART_SLICE_PARTS


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"--x\r\n", FILE + b"\r\n--x\r\n"),
        (b"--x\r\n", b"X: a\r\n"),
        (b"--x\r\nX: ", b"a" * 1_000),
        (b"", b"\r\n" * 1_000),
    ],
    ids=["empty files", "headers", "one header", "before the first part"],
)
def test_a_form_without_an_end(server: ServerProcess, start: bytes, piece: bytes) -> None:
    """Sent in chunks by anybody: it ends at the limit of bodies, whatever it is made of."""
    with RawConnection(server.url) as connection:
        connection.send(
            head("POST", "/api/v1/apps", connection.host, MULTIPART, "Transfer-Encoding: chunked")
        )
        data = start + piece * (2 * BODY_BYTES_MAX // len(piece))
        connection.send(b"%x\r\n%s\r\n" % (len(data), data))
        assert connection.answer().status == 413
    check_alive(server.url)


@pytest.mark.parametrize(
    "body",
    [
        form(*[FILE] * 5_000),
        form(b"X: a\r\n" * 1_000 + FIELD),
        form(b"X: " + b"a" * 100_000 + b"\r\n" + FIELD),
        b"\r\n" * 500_000,
        b"--x\r\n" * 100_000,
    ],
    ids=["files", "headers", "header", "lines", "boundaries"],
)
def test_forms_that_are_refused(alice: User, body: bytes) -> None:
    answer = post_status(alice, body, MULTIPART)
    assert (answer.status, bool(answer.error)) == (422, True)
    check_alive(alice.url)
