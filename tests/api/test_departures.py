"""Long work ends when its client goes."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from roost.outgoing import SystemLookup
from tests.api.in_process import ServerThread


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerThread]:
    made = ServerThread(tmp_path, SystemLookup())
    yield made
    made.stop()


def test_a_verification_ends_when_its_client_goes(server: ServerThread) -> None:
    """It waits for a processor that does not go on; another one may begin once its client has left."""
    server.user("alice")
    kit = server._running.node.kit
    verifier = server._running.node.service.operations._verifier
    lock = kit.background._running["weeks"].lock
    server.do(lock.acquire())
    server.user("bob")
    address = urlsplit(server.url)
    assert address.hostname
    with socket.create_connection((address.hostname, address.port or 0)) as client:
        body = b'{"subjects": ["weeks"]}'
        head = (
            f"POST /roost/v1/verify HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {server.operator.token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        client.sendall(head.encode() + body)
        server.do(_until(verifier, busy=True))
    server.do(_until(verifier, busy=False))
    lock.release()
    found = server.operator.post("/roost/v1/verify", {"subjects": ["weeks"]}).ok()
    assert found["differing"] == 0


async def _until(verifier: object, busy: bool) -> None:
    lock: asyncio.Lock = verifier._busy  # type: ignore[attr-defined]
    async with asyncio.timeout(20):
        while True:
            if lock.locked() is busy:
                return
            await asyncio.sleep(0)
