"""A web server that means no good: every path of it tries something, at as many hosts as are wanted."""

import asyncio
import gzip
import ssl
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable

from tests.media import samples

Talk = Callable[[asyncio.StreamWriter, str], Awaitable[None]]

PAGE = b"<title>A page</title><meta name=description content=words>"
HOSTS = {
    "good.example": ["127.0.0.1"],
    "other.example": ["127.0.0.2"],
    "private.example": ["10.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "half.example": ["127.0.0.1", "192.168.0.1"],
}


class Names:
    """Looks them up; `rebinding.example` leads here at first, and somewhere else from then on."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    async def __call__(self, host: str) -> list[str]:
        self._asked[host] += 1
        if host == "rebinding.example":
            return ["127.0.0.1"] if self._asked[host] == 1 else ["10.0.0.1"]
        if host not in HOSTS:
            raise OSError(f"no such name: {host}")
        return HOSTS[host]


def head(status: str = "200 OK", kind: str = "text/html", **more: object) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(body: bytes, status: str = "200 OK", kind: str = "text/html", **more: object) -> Talk:
    async def talk(writer: asyncio.StreamWriter, _path: str) -> None:
        writer.write(head(status, kind, Content_Length=len(body), **more) + body)

    return talk


def redirect(target: str, status: str = "302 Found") -> Talk:
    async def talk(writer: asyncio.StreamWriter, path: str) -> None:
        number = int(path.rpartition("/")[2]) if path.rpartition("/")[2].isdigit() else 0
        port = writer.get_extra_info("sockname")[1]
        writer.write(head(status, Location=target.format(next=number + 1, port=port)))

    return talk


async def silent(writer: asyncio.StreamWriter, _path: str) -> None:
    """Takes the request, and says nothing."""
    await writer.wait_closed()


async def stalls(writer: asyncio.StreamWriter, _path: str) -> None:
    writer.write(head(Content_Length=10_000) + b"<title>")
    await writer.wait_closed()


async def drips(writer: asyncio.StreamWriter, _path: str) -> None:
    """Never still for long, and never done."""
    writer.write(head())
    while not writer.is_closing():
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.01)


async def endless(writer: asyncio.StreamWriter, _path: str) -> None:
    writer.write(head() + PAGE)
    while not writer.is_closing():
        writer.write(b"<p>more</p>" * 1_000)
        await writer.drain()


async def cut_off(writer: asyncio.StreamWriter, _path: str) -> None:
    writer.write(head(Content_Length=10_000) + PAGE)


async def nonsense(writer: asyncio.StreamWriter, _path: str) -> None:
    writer.write(b"\x00\xff nothing that is HTTP\r\n\r\n")


async def long_head(writer: asyncio.StreamWriter, _path: str) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + b"X-Padding: " + b"x" * 4_000_000 + b"\r\n\r\n")


BOMB = gzip.compress(b"\0" * (64 << 20))

PATHS: dict[str, Talk] = {
    "/": answer(PAGE),
    "/gzip": answer(gzip.compress(PAGE), Content_Encoding="gzip"),
    "/deflate": answer(zlib.compress(PAGE), Content_Encoding="deflate"),
    "/raw-deflate": answer(zlib.compress(PAGE, wbits=-15), Content_Encoding="deflate"),
    "/on-here": redirect("/"),
    "/moved": redirect("/there"),
    "/there": redirect("http://other.example:{port}/", "301 Moved Permanently"),
    "/loop": redirect("/pool"),
    "/pool": redirect("/loop"),
    "/self": redirect("/self#elsewhere"),
    "/on/1": redirect("/on/2"),
    "/nowhere": redirect(""),
    "/to-private": redirect("http://private.example/"),
    "/to-address": redirect("http://10.0.0.1/"),
    "/to-metadata": redirect("http://169.254.169.254/latest/meta-data/"),
    "/to-six": redirect("http://[::ffff:169.254.169.254]/"),
    "/to-file": redirect("file:///etc/passwd"),
    "/to-credentials": redirect("http://user:secret@other.example:{port}/"),
    "/to-port": redirect("http://8.8.8.8:25/"),
    "/silent": silent,
    "/stalls": stalls,
    "/drips": drips,
    "/endless": endless,
    "/cut-off": cut_off,
    "/nonsense": nonsense,
    "/long-head": long_head,
    "/bomb": answer(BOMB, Content_Encoding="gzip"),
    "/bad-gzip": answer(b"no gzip at all", Content_Encoding="gzip"),
    "/brotli": answer(b"whatever", Content_Encoding="br"),
    "/missing": answer(b"", "404 Not Found"),
    "/secret": answer(b"", "401 Unauthorized"),
    "/broken": answer(b"", "500 Internal Server Error"),
    "/picture": answer(samples.png(600, 300), kind="image/png"),
    "/bad-picture": answer(samples.png(600, 300)[:500], kind="image/png"),
    "/pixel-bomb": answer(samples.png_bomb(), kind="image/png"),
    "/film": answer(b"\x1a\x45\xdf\xa3", kind="image/png"),
    "/drawing": answer(b"<svg xmlns='http://www.w3.org/2000/svg'/>", kind="image/svg+xml"),
    "/program": answer(b"MZ", kind="application/octet-stream"),
    "/picture-bomb": answer(BOMB, kind="image/png", Content_Encoding="gzip"),
}


class Hostile:
    """Listens on every address of this machine's loopback network. `asked` counts what is asked for."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.asked: Counter[str] = Counter()
        self.heads: list[str] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "Hostile":
        self._server = await asyncio.start_server(self._talk, "0.0.0.0", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    def url(self, path: str = "/", host: str = "good.example") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = asked.split(" ")[1]
            self.asked[path] += 1
            self.heads.append(asked)
            talk = PATHS.get(path) or (redirect("/on/{next}") if path.startswith("/on/") else answer(PAGE))
            await talk(writer, path)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()
