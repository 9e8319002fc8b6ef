"""Our own pair of keys for a workspace's SAML: what its identity provider seals answers for us with."""

import base64
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

BITS = 3072
HOLDS = timedelta(days=3650)  # providers keep what they were told for years


class Pair(NamedTuple):
    """`certificate`: base64 of its DER, as metadata carry it. `private_key`: PKCS #8 in PEM, to be sealed."""

    certificate: str
    private_key: bytes


def make(name: str) -> Pair:
    """A new pair, self-signed: the provider trusts it because an admin gave it our metadata."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    whose = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(whose, whose, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + HOLDS)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Pair(base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode(), pem)
