"""What a pass is: the token in the QR code and the six digits that go with it.

The platform issues them and the site checks them, so both must fold and digest them alike.
A token is ``AS1-XXXX-XXXX-XXXX``: the version, then 60 bits in Crockford's base 32 (no I, L, O, U).
"""

import hashlib
import re

CODE_DIGITS = 6
SCRYPT_N = 2**14
SCRYPT_R = 8
SCRYPT_P = 1
SCRYPT_BYTES = 32

_PREFIX = "AS1"
_BODY = re.compile(r"^[0-9A-HJKMNP-TV-Z]{12}$")
_SEPARATORS = re.compile(r"[\s-]")
_LOOK_ALIKES = str.maketrans("ILO", "110")


class NotAPass(ValueError):
    """The text has not the form of a pass token."""


def normalise(text: str) -> str:
    """Fold what a person typed or a camera read to the 15 characters that are digested. Raises ``NotAPass``."""
    folded = _SEPARATORS.sub("", text).upper()
    prefix, body = folded[: len(_PREFIX)], folded[len(_PREFIX) :].translate(_LOOK_ALIKES)
    if prefix.translate(_LOOK_ALIKES) != _PREFIX.translate(_LOOK_ALIKES) or not _BODY.match(body):
        raise NotAPass("this is not a pass")
    return _PREFIX + body


def token_digest(text: str) -> str:
    """Hex SHA-256 of the normalised token. Raises ``NotAPass``."""
    return hashlib.sha256(normalise(text).encode("ascii")).hexdigest()


def code_digest(code: str, *, salt_hex: str) -> str:
    """Hex scrypt of the code: about 16 MiB and some tens of milliseconds, so keep it off an event loop."""
    return hashlib.scrypt(
        code.encode(), salt=bytes.fromhex(salt_hex), n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, dklen=SCRYPT_BYTES
    ).hex()
