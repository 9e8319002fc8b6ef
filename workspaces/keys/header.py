"""The key that an Authorization header carries."""

import base64
import binascii


class UnreadableHeader(ValueError):
    """The header says Basic, and what follows is not that."""


def key_in(header: str) -> str:
    """The key of `Bearer key` or `Basic base64(key:)`; empty where there is none. Raises UnreadableHeader."""
    scheme, _, value = header.strip().partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip()
        case "basic":
            try:
                return base64.b64decode(value.strip(), validate=True).decode().partition(":")[0]
            except (binascii.Error, UnicodeDecodeError) as error:
                raise UnreadableHeader("This is not base64(key:).") from error
    return ""
