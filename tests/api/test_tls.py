"""HTTPS with a certificate of one's own: clients, and the commands of the server's machine."""

import asyncio
import datetime
import http.client
import ipaddress
import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from roost import limits, node
from roost.config import Settings
from tests.api.streams import EventSource, WebSocketClient

ROOST = Path(sys.executable).with_name("roost")
PEM = serialization.Encoding.PEM


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody else has signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "roost.example")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(PEM))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain))
    return paths


def environment(data: Path, certificate: Path | str, key: Path | str) -> dict[str, str]:
    given = {"DATA_FOLDER": data, "PORT": 0, "TLS_CERTIFICATE": certificate, "TLS_KEY": key}
    return {**os.environ, **{f"ROOST_{name}": str(value) for name, value in given.items()}}


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path]]:
    """A server's URL, data folder and certificate."""
    folder = tmp_path_factory.mktemp("secure")
    data, (certificate, key) = folder / "data", make_certificate(folder)
    command = [ROOST, "serve"]
    variables = environment(data, certificate, key)
    with subprocess.Popen(command, env=variables, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if "Open this address" in line:
                    break
            yield json.loads((data / "operator.json").read_text())["url"], data, certificate
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
            assert process.wait(60) == 0


def test_clients_speak_https_with_it(secure: tuple[str, Path, Path]) -> None:
    url, _, certificate = secure
    parts = urlsplit(url)
    assert parts.scheme == "https"
    trust = ssl.create_default_context(cafile=certificate)
    connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=trust, timeout=30)
    connection.request("GET", "/api/v2/instance")
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())["domain"]) == (200, parts.netloc)
    assert isinstance(connection.sock, ssl.SSLSocket)
    assert connection.sock.version() in ("TLSv1.2", "TLSv1.3")
    connection.close()


def test_who_does_not_trust_the_certificate_says_nothing(secure: tuple[str, Path, Path]) -> None:
    parts = urlsplit(secure[0])
    connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=30)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/api/v2/instance")


def test_streams_are_heard_over_it(secure: tuple[str, Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    url, data, certificate = secure
    trust = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(WebSocketClient, "trust", trust)
    monkeypatch.setattr(EventSource, "trust", trust)
    operator = json.loads((data / "operator.json").read_text())["token"]
    post(url, trust, operator, "/roost/v1/users", {"username": "heard"})
    made = post(url, trust, operator, "/roost/v1/tokens", {"username": "heard", "scopes": "read write"})
    token = str(made["token"])
    with (
        WebSocketClient(url, token, stream="user") as sockets,
        EventSource(url, "user", token) as events,
    ):
        assert sockets.settle() == []
        text = "It is said in private " * 10
        status = post(url, trust, token, "/api/v1/statuses", {"status": text})
        for stream in (sockets, events):
            event = stream.next()
            assert (event.event, event.payload["id"]) == ("update", status["id"])


def post(url: str, trust: ssl.SSLContext, token: str, path: str, body: object) -> dict[str, Any]:
    parts = urlsplit(url)
    connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=trust, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    answer = connection.getresponse()
    assert answer.status == 200
    found: dict[str, Any] = json.loads(answer.read())
    connection.close()
    return found


@pytest.mark.parametrize(
    "words", [["stats"], ["load", "generate", "--users", "3", "--follows-mean", "1"], ["user", "add", "ann"]]
)
def test_commands_reach_their_server(secure: tuple[str, Path, Path], words: list[str]) -> None:
    _, data, _ = secure
    done = subprocess.run([ROOST, *words, "--data", data], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_that_are_no_certificate(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nonsense")
    for wrong in ((nonsense, key), (certificate, nonsense), (tmp_path / "missing.pem", key), ("", key)):
        data = tmp_path / "data"
        done = subprocess.run(
            [ROOST, "serve"], env=environment(data, *wrong), capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert "cannot be used" in done.stderr or "tls_key needs tls_certificate" in done.stderr
        assert "Traceback" not in done.stderr
        assert not data.exists()


def test_who_never_shakes_hands_is_hung_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that has not come to its first request is held for no longer than is needed."""
    assert limits.TLS_HANDSHAKE_S <= limits.KEEP_ALIVE_S
    monkeypatch.setattr(limits, "TLS_HANDSHAKE_S", 0.05)
    certificate, key = make_certificate(tmp_path)
    settings = Settings(
        data_folder=str(tmp_path / "data"),
        port=0,
        capacity_users=256,
        capacity_follows=1 << 16,
        tls_certificate=str(certificate),
        tls_key=str(key),
    )

    async def connect_and_be_silent() -> bytes:
        running = await node.serve(settings)
        parts = urlsplit(running.url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            return await asyncio.wait_for(reader.read(), 20)
        except ConnectionResetError:
            return b""
        finally:
            writer.close()
            await running.stop()

    assert asyncio.run(connect_and_be_silent()) == b""
