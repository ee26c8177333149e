"""A device with passkeys, made of software: it signs what a browser would hand to it."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

Flag = AuthenticatorData.FLAG
PRESENT = Flag.UP
VERIFIED = Flag.UP | Flag.UV


@dataclass
class Device:
    """One passkey. ``counter`` grows with each use as that of a security key does, unless it is None."""

    origin: str = "https://testserver"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    user_handle: str = ""
    counter: int | None = 0
    flags: Any = VERIFIED

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """As ``navigator.credentials.create``."""
        self.user_handle = options["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        attested = AttestedCredentialData.create(b"\0" * 16, self.credential_id, public)
        data = AuthenticatorData.create(
            sha256(options["rp"]["id"].encode()), self.flags | Flag.AT, self._count(), attested
        )
        response = {
            "clientDataJSON": self._client_data("webauthn.create", options),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._credential(response)

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """As ``navigator.credentials.get``."""
        data = AuthenticatorData.create(sha256(options["rpId"].encode()), self.flags, self._count())
        said = self._client_data("webauthn.get", options)
        signature = self.key.sign(data + sha256(websafe_decode(said)), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": said,
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": self.user_handle,
        }
        return self._credential(response)

    def _count(self) -> int:
        if self.counter is None:
            return 0
        self.counter += 1
        return self.counter

    def _client_data(self, kind: str, options: dict[str, Any]) -> str:
        said = CollectedClientData.create(type=kind, challenge=options["challenge"], origin=self.origin)
        return websafe_encode(said)

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = websafe_encode(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
