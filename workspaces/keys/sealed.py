"""Secrets that must be read again (to check or make a signature): kept sealed, so a leaked table alone tells none."""

import base64
import functools

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """It was sealed under a secret key that the server no longer has, or is no sealed secret at all."""


def seal(secret: bytes) -> str:
    """The secret as text that only this server can open."""
    return _fernet().encrypt(secret).decode()


def unseal(sealed: str) -> bytes:
    """The inverse of `seal`. Opens what was sealed under a former secret key, as long as that is among the fallbacks.

    Raises Unreadable.
    """
    try:
        return _fernet().decrypt(sealed)
    except InvalidToken as error:
        raise Unreadable(
            "A stored secret cannot be opened: it was sealed under another FIRSTMILE_SECRET_KEY. "
            "Name that one in FIRSTMILE_SECRET_KEY_FALLBACKS, or make a new secret."
        ) from error


def _fernet() -> MultiFernet:
    return _made_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@functools.lru_cache(maxsize=4)
def _made_of(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    """32 bytes for Fernet by HKDF (RFC 5869); the info text keeps this use of the secret apart from all others."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"firstmile.sealed").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
