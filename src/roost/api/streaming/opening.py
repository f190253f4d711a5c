"""What both wires do when a client comes."""

import asyncio
import socket

from aiohttp.web import BaseRequest

from roost.api.callers import is_loopback
from roost.api.calls import Call
from roost.api.scopes import covers
from roost.errors import Invalid
from roost.limits import STREAM_SOCKET_BYTES_MAX
from roost.push import NOW


def address_of(call: Call) -> str:
    """The address by which streams are counted; empty for none."""
    settings = call.around.settings
    address = call.address
    if not settings.rate_limits or (is_loopback(address) and not settings.rate_limits_on_loopback):
        return ""
    return address


def may_notify(call: Call) -> bool:
    """Whether a stream may tell of notifications."""
    return covers(call.session.scopes, "read:notifications")


def since_of(text: object) -> int | None:
    """A position that a client goes on from, `now` for NOW; None for none. Raises Invalid."""
    if text is None or text == "":
        return None
    if text == "now":
        return NOW
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 20:
        return min(int(text), NOW - 1)
    if isinstance(text, int) and not isinstance(text, bool) and 0 <= text < NOW:
        return text
    raise Invalid("The position to go on from must be the id of an event")


def transport_of(request: BaseRequest) -> asyncio.Transport:
    """Raises ConnectionResetError where the client has gone already."""
    transport = request.transport
    if transport is None:
        raise ConnectionResetError
    return transport


def descriptor_of(transport: asyncio.Transport) -> int:
    """The socket's file, where bytes that are written to it reach the client as they are; -1 under TLS."""
    found = transport.get_extra_info("socket")
    if found is None or transport.get_extra_info("sslcontext") is not None:
        return -1
    return int(found.fileno())


def hold_back_little(transport: asyncio.Transport) -> None:
    """Have the kernel keep little for a client that does not read: what it does not take shows here."""
    found = transport.get_extra_info("socket")
    if found is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, STREAM_SOCKET_BYTES_MAX)
