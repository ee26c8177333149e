"""A face template that only the shopper's pass opens.

Scheme: AES-256-GCM (NIST SP 800-38D) under a random key that stands in the pass and nowhere else, with the trial's id
as associated data, so that a template cannot be moved to another visit. What comes out is sealed for the site as well
(``sealed.py``): a pass that somebody photographed opens nothing without the site's private key, nor that key without
the pass.
"""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from autosilo.wire.passes import KEY_BYTES

NONCE_BYTES = 12
_VERSION = b"autosilo held by pass v1"


class CannotOpen(Exception):
    """Another pass, another visit, or altered content."""


def new_key() -> bytes:
    """For one enrolment of one visit."""
    return os.urandom(KEY_BYTES)


def lock(content: bytes, *, key: bytes, trial: UUID) -> bytes:
    """Nonce and ciphertext."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, _VERSION + trial.bytes)


def unlock(locked: bytes, *, key: bytes, trial: UUID) -> bytes:
    """The content. Raises ``CannotOpen``."""
    try:
        return AESGCM(key).decrypt(locked[:NONCE_BYTES], locked[NONCE_BYTES:], _VERSION + trial.bytes)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("this pass does not open this template") from error
