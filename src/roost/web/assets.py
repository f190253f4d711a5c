"""What pages are made with: the style, scripts and pictures. Kept in memory, compressed once.

Their addresses hold a hash of all of them, so that a browser may keep them for ever.
"""

import gzip
import hashlib
from pathlib import Path

import msgspec

from roost.api import Answer, Call
from roost.errors import NotFound

_FOLDER = Path(__file__).with_name("static")
_DIGEST_CHARACTERS = 12
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


class _Asset(msgspec.Struct, frozen=True):
    kind: str
    plain: bytes
    packed: bytes


class Assets:
    def __init__(self, folder: Path = _FOLDER) -> None:
        found = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in _KINDS}
        self._files = {
            name: _Asset(_KINDS[Path(name).suffix], body, gzip.compress(body, 9, mtime=0))
            for name, body in found.items()
        }
        whole = hashlib.sha256(b"".join(name.encode() + body for name, body in found.items()))
        self.digest = whole.hexdigest()[:_DIGEST_CHARACTERS]
        self.scripts = tuple(name for name in found if name.endswith(".js") and name != "worker.js")

    def url(self, name: str) -> str:
        assert name in self._files, name
        return f"/assets/{self.digest}/{name}"

    async def serve(self, call: Call) -> Answer:
        """One file. An address of an older version gets what there is now, not to be kept."""
        cache = _FOR_EVER if call.path["digest"] == self.digest else "no-cache"
        return self.answer(call, call.path["name"], cache)

    def answer(self, call: Call, name: str, cache: str) -> Answer:
        """Raises NotFound."""
        asset = self._files.get(name)
        if asset is None:
            raise NotFound("There is nothing at this address")
        headers = {
            "Content-Type": asset.kind,
            "Cache-Control": cache,
            "Vary": "Accept-Encoding",
            "Content-Security-Policy": _POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        return packed(call, Answer(200, asset.plain, headers), asset.packed)


def packed(call: Call, answer: Answer, body: bytes | None = None) -> Answer:
    """An answer compressed, where the browser takes that."""
    if "gzip" not in call.request.headers.get("Accept-Encoding", ""):
        return answer
    if body is None:
        assert isinstance(answer.body, bytes), "pages are made in memory"
        body = gzip.compress(answer.body, 5, mtime=0)
    return Answer(answer.status, body, {**answer.headers, "Content-Encoding": "gzip"})
