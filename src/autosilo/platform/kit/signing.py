"""Statements that the platform signs, so that whoever has one can show that it said so and when.

Ed25519 (RFC 8032) under a key derived from the platform's secret key by HKDF-SHA-256 (RFC 5869), a key of its own for
each kind of statement. The public key stands beside each signature: a record can be checked after the secret was
changed.
"""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from pydantic import BaseModel, ConfigDict

KEY_BYTES = 32


class Signed(BaseModel):
    """``statement`` as it was signed (its UTF-8 bytes); the rest in base64."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    statement: str
    signature: str
    public_key: str


def sign(statement: str, *, kind: str) -> Signed:
    """``kind`` names the key, with a version: ``biometric consent v1``."""
    key = _key(kind)
    return Signed(
        statement=statement,
        signature=_text(key.sign(statement.encode())),
        public_key=_text(key.public_key().public_bytes_raw()),
    )


def holds(signed: Signed) -> bool:
    """Is it what was signed, by whoever has the key? Whether that key is ours says ``public_key``."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signed.public_key, validate=True))
        key.verify(base64.b64decode(signed.signature, validate=True), signed.statement.encode())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def public_key(kind: str) -> str:
    """Ours at present, in base64."""
    return _text(_key(kind).public_key().public_bytes_raw())


def public_pem(kind: str) -> str:
    """The same in the form that common tools read (SubjectPublicKeyInfo, RFC 8410)."""
    key = _key(kind).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def _key(kind: str) -> Ed25519PrivateKey:
    derive = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=f"autosilo signing: {kind}".encode())
    return Ed25519PrivateKey.from_private_bytes(derive.derive(settings.SECRET_KEY.encode()))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
