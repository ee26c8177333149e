"""Sealing bytes for one site and one visit.

Only ``Sealed`` crosses the border; the two functions are pure computation. Scheme: an ephemeral X25519 agreement with
the site's public key, HKDF-SHA-256 to a wrapping key, AES-256-GCM (NIST SP 800-38D) of a fresh data key, and
AES-256-GCM of the content under that data key. The trial's id is bound in as associated data, so that a template
cannot be moved to another visit. Destroying the wrapped data key makes the content unreadable for ever.
"""

import os
from base64 import b64decode, b64encode
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict

NONCE_BYTES = 12
KEY_BITS = 256
_CONTEXT = b"autosilo sealed v1"


class CannotUnseal(Exception):
    """Wrong key, wrong visit, or altered content."""


class Sealed(BaseModel):
    """Base64 fields; ``wrapped_key`` is the one to destroy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ephemeral: str
    wrapped_key: str
    content: str


def seal(content: bytes, *, public_key: bytes, trial: UUID) -> Sealed:
    """Encrypt ``content`` so that only the holder of the site's private key can read it, for ``trial`` only."""
    ephemeral = X25519PrivateKey.generate()
    wrapping = _wrapping_key(ephemeral.exchange(X25519PublicKey.from_public_bytes(public_key)), trial)
    data_key = AESGCM.generate_key(KEY_BITS)
    return Sealed(
        ephemeral=_text(ephemeral.public_key().public_bytes_raw()),
        wrapped_key=_text(_encrypt(wrapping, data_key, trial)),
        content=_text(_encrypt(data_key, content, trial)),
    )


def unseal(sealed: Sealed, *, private_key: bytes, trial: UUID) -> bytes:
    """The content. Raises ``CannotUnseal``."""
    try:
        shared = X25519PrivateKey.from_private_bytes(private_key).exchange(
            X25519PublicKey.from_public_bytes(b64decode(sealed.ephemeral))
        )
        data_key = _decrypt(_wrapping_key(shared, trial), b64decode(sealed.wrapped_key), trial)
        return _decrypt(data_key, b64decode(sealed.content), trial)
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal("this template is not for this site and visit") from error


def _wrapping_key(shared: bytes, trial: UUID) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BITS // 8, salt=trial.bytes, info=_CONTEXT).derive(shared)


def _encrypt(key: bytes, content: bytes, trial: UUID) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, trial.bytes)


def _decrypt(key: bytes, content: bytes, trial: UUID) -> bytes:
    return AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], trial.bytes)


def _text(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")
