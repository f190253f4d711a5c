"""Where the server sends requests to on users' behalf: nowhere but the public internet."""

import asyncio

import pytest

from roost.errors import Invalid
from roost.service.local.outgoing import PublicResolver, check_target, is_public

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
        "https://p\u00fcsh.example.org/x",
        f"https://push.example.org/{'x' * 2_000}",
    ],
)
def test_targets_that_are_refused(url: str) -> None:
    with pytest.raises(Invalid):
        check_target(url)


@pytest.mark.parametrize(
    "url", ["https://push.example.org/x?y=z", "https://8.8.8.8/x", "https://a.example:8443/"]
)
def test_targets_that_are_taken(url: str) -> None:
    check_target(url)


def test_names_that_lead_to_private_addresses_are_not_looked_up() -> None:
    async def resolve(host: str) -> None:
        await PublicResolver().resolve(host, 443)

    with pytest.raises(OSError, match="not public"):
        asyncio.run(resolve("localhost"))


def test_names_that_lead_to_a_private_address_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """One address of the two would do for an attacker."""

    async def body() -> list[str]:
        loop = asyncio.get_running_loop()

        async def looked_up(*_: object, **__: object) -> list[tuple[object, ...]]:
            return [(2, 1, 6, "", (address, 443)) for address in addresses]

        monkeypatch.setattr(loop, "getaddrinfo", looked_up)
        return [found["host"] for found in await PublicResolver().resolve("push.example.org", 443)]

    addresses = ["8.8.8.8", "10.0.0.1"]
    with pytest.raises(OSError, match="not public"):
        asyncio.run(body())
    addresses = ["8.8.8.8", "1.1.1.1"]
    assert asyncio.run(body()) == addresses
