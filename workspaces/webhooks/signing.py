"""Signatures and secrets by Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks, spec)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32  # the specification asks for 24 to 64


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def written(secret: bytes) -> str:
    """The secret as the receiver's library takes it."""
    return PREFIX + base64.b64encode(secret).decode()


def headers(uid: str, body: bytes, *, at: datetime, keys: Sequence[bytes]) -> dict[str, str]:
    """The three headers; one signature for each key, so that receivers may change to the new one when they like."""
    stamp = str(int(at.timestamp()))
    signed = f"{uid}.{stamp}.".encode() + body
    made = [base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys]
    return {
        "webhook-id": uid,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in made),
    }
