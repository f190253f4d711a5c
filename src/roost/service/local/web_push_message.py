"""A message of Web Push: encrypted for one receiver, signed as this server."""

import time
from base64 import urlsafe_b64encode
from urllib.parse import urlsplit

import msgspec
from py_vapid import Vapid01, Vapid02
from pywebpush import WebPusher

from roost.limits import PUSH_KEPT_S, PUSH_SIGNATURE_LIFE_S
from roost.model import PushSubscription
from roost.service.local.web_push_keys import WebPushKeys


class PushMessage(msgspec.Struct, frozen=True):
    """A request's body and headers."""

    body: bytes
    headers: dict[str, str]


def encrypted(subscription: PushSubscription, payload: bytes, keys: WebPushKeys, contact: str) -> PushMessage:
    """As RFC 8291 and RFC 8292 say; for a subscription that is not `standard`, as their drafts did.

    About 1 ms of a core: to be called in a thread.
    """
    shared = {"p256dh": _text(subscription.public_key), "auth": _text(subscription.secret)}
    pusher = WebPusher({"endpoint": subscription.endpoint, "keys": shared})
    parts = urlsplit(subscription.endpoint)
    claims = {
        "sub": contact,
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + PUSH_SIGNATURE_LIFE_S,
    }
    headers = {"TTL": str(PUSH_KEPT_S), "Urgency": "normal", "Content-Type": "application/octet-stream"}
    if subscription.standard:
        made = pusher.encode(payload, content_encoding="aes128gcm")
        signed = Vapid02.from_pem(keys.pem).sign(claims)
        headers |= {"Content-Encoding": "aes128gcm", **signed}
    else:
        made = pusher.encode(payload, content_encoding="aesgcm")
        signed = Vapid01.from_pem(keys.pem).sign(claims, crypto_key=f"dh={made['crypto_key'].decode()}")
        salt = f"salt={made['salt'].decode()}"
        headers |= {"Content-Encoding": "aesgcm", "Encryption": salt, **signed}
    return PushMessage(bytes(made["body"]), headers)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
