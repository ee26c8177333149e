"""A photo of a licence at rest: AES-256-GCM under a key of its own, derived from the platform's secret key.

So a copy of the database shows no licence; whoever has the secret key as well can open one, as the console must.
"""

import secrets
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES, NONCE_BYTES = 32, 12
INFO = b"autosilo licence photo v1"


def seal(photo: bytes, *, review: UUID) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key(review)).encrypt(nonce, photo, review.bytes)


def unseal(sealed: bytes, *, review: UUID) -> bytes:
    """Raises ``InvalidTag`` when it was changed, moved to another row, or the secret key is another one."""
    return AESGCM(_key(review)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], review.bytes)


def _key(review: UUID) -> bytes:
    derive = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=review.bytes, info=INFO)
    return derive.derive(settings.SECRET_KEY.encode())
