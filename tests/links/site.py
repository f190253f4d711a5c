"""A web site of the tests' own, under names that lead to it; a thread of its own answers."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.media import samples


def page(title: str, *more: str) -> bytes:
    return f"<!doctype html><html lang=en><title>{title}</title>{''.join(more)}".encode()


def pictured(title: str, picture: str = "/picture.png") -> bytes:
    return page(title, f'<meta property="og:image" content="{picture}">')


class WebSite:
    """`pages` may be changed at any time; `asked` counts what is asked for."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.pages: dict[str, tuple[str, bytes]] = {"/picture.png": ("image/png", samples.png(600, 300))}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked[self.path] += 1
                kind, body = site.pages.get(self.path, ("", b""))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def url(self, path: str = "/", host: str = "news.org") -> str:
        return f"http://{host}:{self._server.server_port}{path}"

    def put(self, path: str, body: bytes) -> str:
        """A page; its address."""
        self.pages[path] = ("text/html; charset=utf-8", body)
        return self.url(path)

    async def lookup(self, host: str) -> list[str]:
        """Every name leads here."""
        return ["127.0.0.1"]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
