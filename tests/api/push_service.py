"""A push service of the tests' own, and a browser that subscribes to it: what comes in is decrypted."""

import base64
import json
import os
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_WAIT_S = 30


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """Keys as a browser makes them for one subscription."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def keys(self) -> dict[str, str]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": b64(point), "auth": b64(self.secret)}

    def read(self, push: "Push") -> dict[str, Any]:
        """A message's text, decrypted."""
        kind = push.headers["content-encoding"]
        more: dict[str, Any] = {}
        if kind == "aesgcm":
            fields = dict(part.split("=", 1) for part in push.headers["crypto-key"].split(";"))
            more = {"salt": unb64(push.headers["encryption"].partition("=")[2]), "dh": unb64(fields["dh"])}
        body = http_ece.decrypt(
            push.body, private_key=self.private, auth_secret=self.secret, version=kind, **more
        )
        found: dict[str, Any] = json.loads(body)
        return found


@dataclass(frozen=True)
class Push:
    """A request to the push service."""

    path: str
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes

    def signed_by(self, server_key: str, audience: str) -> dict[str, Any]:
        """The claims of its signature, which has to be by that key (RFC 8292)."""
        scheme, _, rest = self.headers["authorization"].partition(" ")
        if scheme == "vapid":
            fields = dict(part.strip().split("=", 1) for part in rest.split(","))
            token, key = fields["t"], fields["k"]
        else:
            assert scheme == "WebPush"
            fields = dict(part.split("=", 1) for part in self.headers["crypto-key"].split(";"))
            token, key = rest, fields["p256ecdsa"]
        assert key == server_key
        signed, _, signature = token.rpartition(".")
        raw = unb64(signature)
        numbers = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(key))
        public.verify(encode_dss_signature(*numbers), signed.encode(), ec.ECDSA(SHA256()))
        claims: dict[str, Any] = json.loads(unb64(signed.split(".")[1]))
        assert claims["aud"] == audience
        return claims


class PushService:
    """Answers each request with what `answer` says of it: a status, and perhaps headers."""

    def __init__(self) -> None:
        self.answer: Callable[[Push], tuple[int, dict[str, str]]] = lambda _push: (201, {})
        self._pushes: queue.Queue[Push] = queue.Queue()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                push = Push(self.path, headers, body)
                status, more = service.answer(push)
                self.send_response(status)
                for name, value in {"Content-Length": "0", **more}.items():
                    self.send_header(name, value)
                self.end_headers()
                service._pushes.put(push)

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def next(self) -> Push:
        """The next request that comes, or came."""
        return self._pushes.get(timeout=_WAIT_S)

    def is_empty(self) -> bool:
        return self._pushes.empty()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
