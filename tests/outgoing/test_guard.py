"""Where the server sends requests to on users' behalf: nowhere but the public internet."""

import asyncio
import ipaddress
from collections.abc import Callable

import aiohttp
import pytest

from roost.outgoing import Guard, NotAllowed, NotPermitted, SystemLookup, is_public, open_session

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "::7f00:1",
    "::ffff:0:7f00:1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2002:c0a8:101::",
    "198.18.0.1",
    "192.0.0.9",
    "192.88.99.1",
    "168.63.129.16",
    "100.100.100.200",
    "fd00:ec2::254",
    "3fff::1",
    "5f00::1",
    "fec0::1",
    "not an address",
    "",
]


@pytest.mark.parametrize("text", PRIVATE)
def test_not_public(text: str) -> None:
    assert not is_public(text)


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public(text: str) -> None:
    assert is_public(text)


PUSH = Guard(any_port=True)
LINKS = Guard(http=True)
HERE = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize(
    "url",
    [
        "http://push.example.org/x",
        "ftp://push.example.org/x",
        "//push.example.org/x",
        "push.example.org",
        "",
        "https://",
        "https:///x",
        "https://user@push.example.org/x",
        "https://push.example.org:0/x",
        "https://push.example.org:99999/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://0x7f.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[::1/x",
        "https://localhost/x",
        "https://a.localhost/x",
        "https://printer.local/x",
        "https://metadata.google.internal/x",
        "https://intranet/x",
        "https://push.example.org/a b",
        "https://push.example.org/\r\nHost: x",
        f"https://push.example.org/{'x' * 2_000}",
    ],
)
def test_targets_that_are_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        PUSH.check(url)


@pytest.mark.parametrize(
    "url", ["https://push.example.org/x?y=z", "https://8.8.8.8/x", "https://a.example:8443/"]
)
def test_targets_that_are_taken(url: str) -> None:
    assert str(PUSH.check(url)) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org:8080/",
        "https://example.org:22/",
        "https://8.8.8.8:25/",
        "http://10.0.0.1/",
        "http://user:secret@example.org/",
        "http:///x",
        "http://exa mple.org/",
        "http://example.org\\@evil.example/",
        "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/",
        "http://router.home.arpa/",
        "gopher://example.org/",
        "file:///etc/passwd",
    ],
)
def test_links_that_are_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        LINKS.check(url)


@pytest.mark.parametrize(
    "url", ["http://example.org/", "https://example.org:443/a?b#c", "https://m\u00fcnchen.example/\u00e4"]
)
def test_links_that_are_taken(url: str) -> None:
    LINKS.check(url)


def test_networks_that_are_allowed_may_be_reached_at_any_port_over_http() -> None:
    push, links = Guard(HERE, any_port=True), Guard(HERE, http=True)
    for guard in (push, links):
        guard.check("http://127.0.0.1:8080/")
        assert guard.permits("127.3.2.1", 8080)
        assert not guard.permits("10.0.0.1", 80)
        with pytest.raises(NotAllowed):
            guard.check("https://10.0.0.1/")
    with pytest.raises(NotAllowed):
        push.check("http://push.example.org/")
    assert links.permits("8.8.8.8", 443)
    assert not links.permits("8.8.8.8", 8080)


def reach(guard: Guard, addresses: list[str], url: Callable[[int], str]) -> str:
    """What a server on this machine answers over a session where every name has these addresses."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
        await writer.drain()
        writer.close()

    async def lookup(host: str) -> list[str]:
        return addresses

    async def body() -> str:
        server = await asyncio.start_server(answered, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        timeout = aiohttp.ClientTimeout(total=30)
        session = open_session(guard, lookup, {}, 1, 1, timeout)
        async with server, session, session.get(url(port)) as answer:
            return await answer.text()

    return asyncio.run(body())


def test_connections_are_judged_by_the_address_that_they_are_made_to() -> None:
    """Whatever has become of the URL: these were not checked before."""
    assert reach(Guard(HERE), ["127.0.0.1"], lambda port: f"http://name.example:{port}/") == "hello"
    for url in ("http://name.example:{}/", "http://127.0.0.1:{}/", "http://[::ffff:127.0.0.1]:{}/"):
        with pytest.raises(aiohttp.ClientConnectorError) as caught:
            reach(Guard(http=True, any_port=True), ["127.0.0.1"], lambda port, url=url: url.format(port))
        assert isinstance(caught.value.os_error, NotPermitted)


def test_names_that_lead_to_a_private_address_among_others() -> None:
    """One address of the two would do for an attacker."""
    for addresses in (["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "10.0.0.1"]):
        with pytest.raises(aiohttp.ClientConnectorError) as caught:
            reach(Guard(), addresses, lambda _: "http://name.example/")
        assert isinstance(caught.value.os_error, NotPermitted)


def test_the_system_knows_this_machine() -> None:
    assert "127.0.0.1" in asyncio.run(SystemLookup()("localhost"))
