"""What a pass is: the token in the QR code and the six digits that go with it.

The platform issues them and the site checks them, so both must fold and digest them alike.
A token is ``AS1-XXXX-XXXX-XXXX``: the version, then 60 bits in Crockford's base 32 (no I, L, O, U).
A pass that opens its holder's face template is ``AS2-`` and the same twelve characters, then ``-`` and its key: 256
bits as 52 characters. It is only ever read by a camera; typed is the token alone.
"""

import hashlib
import re
from dataclasses import dataclass, field

CODE_DIGITS = 6
SCRYPT_N = 2**14
SCRYPT_R = 8
SCRYPT_P = 1
SCRYPT_BYTES = 32

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
KEY_BYTES = 32
_BITS = 5
_KEY_CHARACTERS = -(-KEY_BYTES * 8 // _BITS)
_TOKEN_CHARACTERS = 12
_GROUP = 4

_PREFIX = "AS1"
_WITH_KEY = "AS2"
_KEY = re.compile(rf"^[{ALPHABET}]{{{_KEY_CHARACTERS}}}$")
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


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What somebody shows at a kiosk: the normalised token, and the key of a template where the pass has one."""

    token: str
    key: bytes | None = field(default=None, repr=False)


def token(number: int) -> str:
    """``AS1-XXXX-XXXX-XXXX`` of a number of 60 bits."""
    return "-".join([_PREFIX, *_groups(_letters(number, _TOKEN_CHARACTERS))])


def with_key(token: str, key: bytes) -> str:
    """The pass that opens a template. Raises ``NotAPass`` for a token that is none."""
    body = normalise(token)[len(_PREFIX) :]
    return "-".join([_WITH_KEY, *_groups(body), _letters(int.from_bytes(key, "big"), _KEY_CHARACTERS)])


def _groups(body: str) -> list[str]:
    return [body[at : at + _GROUP] for at in range(0, len(body), _GROUP)]


def _letters(number: int, characters: int) -> str:
    return "".join(ALPHABET[(number >> _BITS * place) & 31] for place in reversed(range(characters)))


def read(text: str) -> Shown:
    """Either kind of pass. Raises ``NotAPass``."""
    folded = _SEPARATORS.sub("", text).upper()
    if not folded.startswith(_WITH_KEY):
        return Shown(token=normalise(text))
    rest = folded[len(_WITH_KEY) :]
    body, letters = rest[:_TOKEN_CHARACTERS], rest[_TOKEN_CHARACTERS:]
    if not _KEY.match(letters):
        raise NotAPass("this is not a pass")
    number = 0
    for letter in letters:
        number = number << _BITS | ALPHABET.index(letter)
    if number >> KEY_BYTES * 8:
        raise NotAPass("this is not a pass")
    return Shown(token=normalise(_PREFIX + body), key=number.to_bytes(KEY_BYTES, "big"))


def token_digest(text: str) -> str:
    """Hex SHA-256 of the normalised token. Raises ``NotAPass``."""
    return hashlib.sha256(normalise(text).encode("ascii")).hexdigest()


def code_digest(code: str, *, salt_hex: str) -> str:
    """Hex scrypt of the code: about 16 MiB and some tens of milliseconds, so keep it off an event loop."""
    return hashlib.scrypt(
        code.encode(), salt=bytes.fromhex(salt_hex), n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, dklen=SCRYPT_BYTES
    ).hex()
