"""The pass and the code of a visit, derived when they are needed and never stored.

Both are HMAC-SHA-256 under the platform's secret key over trial, serial and salt, each with a label of its own. Whoever
has the database alone has neither; raising the serial makes the old ones useless.
"""

import hashlib
import hmac

from django.conf import settings

from autosilo.meter import Part, spent
from autosilo.platform.journey.identity.models import VisitPass
from autosilo.wire import passes as wire


def pass_token(visit_pass: VisitPass) -> str:
    """``AS1-XXXX-XXXX-XXXX``, the content of the QR code."""
    number = int.from_bytes(_derive(visit_pass, b"pass")[:8], "big") >> 4
    return wire.token(number)


def code(visit_pass: VisitPass) -> str:
    """Six digits, for hands without a telephone. The site slows guessing down and locks."""
    return f"{int.from_bytes(_derive(visit_pass, b'code')[:8], 'big') % 10**wire.CODE_DIGITS:0{wire.CODE_DIGITS}d}"


def pass_digest(visit_pass: VisitPass) -> str:
    return wire.token_digest(pass_token(visit_pass))


def code_digest(visit_pass: VisitPass) -> str:
    with spent(Part.DIGESTS):
        return wire.code_digest(code(visit_pass), salt_hex=visit_pass.salt)


def _derive(visit_pass: VisitPass, label: bytes) -> bytes:
    words = b"\0".join(
        [b"autosilo", label, visit_pass.trial_id.bytes, str(visit_pass.serial).encode(), visit_pass.salt.encode()]
    )
    return hmac.new(settings.SECRET_KEY.encode(), words, hashlib.sha256).digest()
