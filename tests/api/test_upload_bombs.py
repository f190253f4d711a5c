"""Files that are meant to do harm: each is refused, and the server goes on with little memory."""

from pathlib import Path

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess
from tests.api.raw import check_alive
from tests.api.uploads import form_of, send_files, upload
from tests.media import samples
from tests.media.test_workshop import REFUSED

_GROWTH_KB_MAX = 96 << 10


def memory_kb(server: ServerProcess) -> int:
    """The most that the server's own process has ever held."""
    status = Path(f"/proc/{server.process_id}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("kind", ["image/png", "video/mp4"])
def test_bombs_and_disguises(alice: User, name: str, kind: str) -> None:
    """Whatever its sender says it is. A film may be refused after it was taken in."""
    answer = upload(alice, REFUSED[name], kind)
    if answer.status == 202:
        answer = upload(alice, REFUSED[name], kind, version="v1")
    assert answer.status == 422, answer.text
    assert answer.json["details"]["file"]
    check_alive(alice.url)


def test_the_servers_own_memory_does_not_grow(server: ServerProcess, alice: User) -> None:
    """32 MB of a film that is none, and gigabytes of pixels, are seen by other processes."""
    upload(alice, samples.jpeg()).ok()
    before = memory_kb(server)
    upload(alice, samples.png_bomb()).refused(422)
    upload(alice, b"\x00\x00\x00\x18ftypisom" + b"\x00" * (32 << 20), "video/mp4").refused(422)
    assert memory_kb(server) - before < _GROWTH_KB_MAX


def test_too_large_is_refused_before_it_is_read(alice: User) -> None:
    large = b"\xff\xd8\xff" + b"\x00" * (17 << 20)
    assert "16 MB" in upload(alice, large).refused(422)
    body, headers = form_of({}, {"file": ("video/mp4", b"\x00")})
    api = Api(alice.url, alice.token)
    connection = api._connected()
    connection.putrequest("POST", "/api/v2/media")
    for header, value in {**headers, "Authorization": f"Bearer {alice.token}"}.items():
        connection.putheader(header, value)
    connection.putheader("Content-Length", str(200 << 20))
    connection.endheaders(body)
    assert connection.getresponse().status == 413
    connection.close()


def test_forms_that_make_no_sense(alice: User) -> None:
    picture = ("image/jpeg", samples.jpeg())
    send_files(alice, "POST", "/api/v2/media", {}).refused(422)
    send_files(alice, "POST", "/api/v2/media", {"picture": picture}).refused(422)
    send_files(alice, "POST", "/api/v1/statuses", {"file": picture}, status="x").refused(422)
    alice.post("/api/v2/media", {"file": "x"}).refused(422)
    body, headers = form_of({}, {"file": picture})
    alice.call("POST", "/api/v2/media", body[:-20], headers).refused(422)
    part = body[: body.rindex(b"--" + headers["Content-Type"].partition("boundary=")[2].encode())]
    alice.call("POST", "/api/v2/media", part + body, headers).refused(422)
    upload(alice, samples.jpeg(), focus="9,9").refused(422)
    upload(alice, samples.jpeg(), description="x" * 1_501).refused(422)
