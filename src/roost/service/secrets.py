"""Secrets of apps, tokens and codes."""

import hashlib


def hash_secret(secret: str) -> bytes:
    """What is kept of a secret. Secrets are 32 random bytes, so that no slower hash is needed."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()
