"""The twin's signing keys, drawn at each start: one RSA (RS256), one on P-256 (ES256)."""

import json
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

RSA_BITS = 2048


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def _ec() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Keys:
    with_rsa: rsa.RSAPrivateKey = field(default_factory=_rsa)
    with_ec: ec.EllipticCurvePrivateKey = field(default_factory=_ec)

    def public(self) -> dict[str, Any]:
        """A JSON Web Key Set (RFC 7517)."""
        first = json.loads(RSAAlgorithm.to_jwk(self.with_rsa.public_key()))
        second = json.loads(ECAlgorithm.to_jwk(self.with_ec.public_key()))
        return {
            "keys": [
                first | {"kid": "RS256", "alg": "RS256", "use": "sig"},
                second | {"kid": "ES256", "alg": "ES256", "use": "sig"},
            ]
        }

    def sign(self, claims: dict[str, Any], *, algorithm: str) -> str:
        """``algorithm``: RS256 or ES256, which is the key's name as well."""
        key = self.with_rsa if algorithm == "RS256" else self.with_ec
        return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": algorithm})
