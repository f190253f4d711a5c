"""The server's keys for Web Push: it signs with one, and seals what it must keep secret with another.

The key pair (VAPID, RFC 8292) is made at the first start and kept in a file of the data folder, beside the
store and not in it: whoever has a copy of the store alone can neither sign as this server nor read the tokens
in it.
"""

import os
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from roost.errors import Corrupt

KEY_FILE = "web-push.key"
_NONCE_BYTES = 12


class WebPushKeys:
    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self.pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_key = urlsafe_b64encode(point).rstrip(b"=").decode()
        """As browsers take it: the uncompressed point in base64url, without padding."""
        secret = private.private_numbers().private_value.to_bytes(32, "big")
        key = HKDF(SHA256(), 32, salt=None, info=b"roost web push tokens").derive(secret)
        self._seal = AESGCM(key)

    def seal(self, token: str, token_hash: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, token.encode(), token_hash)

    def unseal(self, sealed: bytes, token_hash: bytes) -> str:
        """Empty for what was sealed with another key."""
        try:
            return self._seal.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], token_hash).decode()
        except (InvalidTag, ValueError):
            return ""


def load_web_push_keys(folder: Path | None) -> WebPushKeys:
    """The folder's keys, made where there are none; of no folder, keys that last as long as the process.

    Raises Corrupt where the file holds something else.
    """
    if folder is None:
        return WebPushKeys(ec.generate_private_key(ec.SECP256R1()))
    path = folder / KEY_FILE
    if not path.exists():
        made = WebPushKeys(ec.generate_private_key(ec.SECP256R1()))
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(made.pem)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        return made
    try:
        private = load_pem_private_key(path.read_bytes(), None)
    except ValueError as cause:
        raise Corrupt(f"{path} is not a private key; without it, apps have to subscribe anew") from cause
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise Corrupt(f"{path} is not a key on the curve P-256")
    return WebPushKeys(private)
