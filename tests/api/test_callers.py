"""Where callers are: what proxies say is believed of those that are trusted, and of nobody else."""

import ipaddress
from collections.abc import Callable
from typing import Any, cast

import pytest
from multidict import CIMultiDict

from roost.api.callers import Callers, counted_as, is_loopback
from tests.api.client import Answer
from tests.api.process import ServerProcess


class _Request:
    def __init__(self, remote: str | None, *forwarded: str) -> None:
        self.remote = remote
        self.headers = CIMultiDict([("X-Forwarded-For", text) for text in forwarded])


def _found(request: _Request, *trusted: str) -> str:
    networks = [ipaddress.ip_network(text) for text in trusted]
    return Callers(networks).address_of(cast(Any, request))


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "expected"),
    [
        ("192.0.2.1", ["198.51.100.7"], [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], ["127.0.0.1"], "192.0.2.1"),
        ("127.0.0.1", [], ["127.0.0.1"], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.7"], ["127.0.0.1"], "198.51.100.7"),
        ("127.0.0.1", ["10.9.9.9, 198.51.100.7"], ["127.0.0.1"], "198.51.100.7"),
        ("127.0.0.1", ["127.0.0.1, 198.51.100.7"], ["127.0.0.1"], "198.51.100.7"),
        ("127.0.0.1", ["203.0.113.5", "198.51.100.7, 10.0.0.3"], ["127.0.0.1", "10.0.0.0/8"], "198.51.100.7"),
        ("::ffff:127.0.0.1", ["2001:db8::7"], ["127.0.0.1"], "2001:db8::7"),
        ("127.0.0.1", ["unknown"], ["127.0.0.1"], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.7, nonsense"], ["127.0.0.1"], "127.0.0.1"),
        ("127.0.0.1", ["10.0.0.1, " * 500 + "10.0.0.2"], ["127.0.0.1", "10.0.0.0/8"], "10.0.0.1"),
        (None, ["198.51.100.7"], ["127.0.0.1"], ""),
    ],
)
def test_the_last_address_that_no_trusted_proxy_has(
    remote: str | None, forwarded: list[str], trusted: list[str], expected: str
) -> None:
    assert _found(_Request(remote, *forwarded), *trusted) == expected


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::1"),
        ("", ""),
        ("/run/socket", "/run/socket"),
    ],
)
def test_a_network_of_ipv6_is_one_caller(address: str, counted: str) -> None:
    """Who has one address of it has them all."""
    assert counted_as(address) == counted
    assert is_loopback(counted) == (address == "::1")


def test_callers_behind_a_proxy_are_limited_one_by_one(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server(rate_limits="true", trusted_proxies="127.0.0.1, ::1")

    def ask(address: str, password: str = "wrong one") -> Answer:
        form = {"grant_type": "password", "username": "nobody", "password": password}
        body = {**form, "client_id": "none", "client_secret": "none"}
        return server.nobody.post("/oauth/token", body, {"X-Forwarded-For": address})

    for number in range(30):
        last = ask(f"10.0.0.{number}, 198.51.100.7")
    assert last.status == 429, "what a caller writes into the header itself makes no other caller of it"
    assert ask("198.51.100.8").status != 429
    assert [ask(f"2001:db8::{number:x}").status for number in range(30)][-1] == 429
    server.stop()
