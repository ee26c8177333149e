"""What a wallet signs, so that its answer is good for one question of ours alone. Pure.

OpenID for Verifiable Presentations 1.0, appendix B.2.6.1 (invocation by redirect, answer by ``direct_post`` without
encryption) and ISO/IEC 18013-5:2021, 9.1.5.1 (``SessionTranscript``).
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import cbor2

DOC_TYPE = "org.iso.18013.5.1.mDL"
NAMESPACE = "org.iso.18013.5.1"
QUERY_ID = "mdl"
ELEMENTS = ("family_name", "given_name", "birth_date", "document_number", "expiry_date", "driving_privileges")
"""No address, nothing else: these are compared, and then forgotten."""
WITH_PORTRAIT = (*ELEMENTS, "portrait")
"""Where a face that was captured is to be compared with the licence's."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """``response_uri``: where the wallet posts its answer; it is also the name that we go by."""

    nonce: str
    response_uri: str
    elements: tuple[str, ...] = ELEMENTS

    @property
    def client_id(self) -> str:
        return f"redirect_uri:{self.response_uri}"

    def link(self) -> str:
        """The authorization request, as a wallet opens it."""
        return "openid4vp://?" + urlencode(
            {
                "response_type": "vp_token",
                "response_mode": "direct_post",
                "client_id": self.client_id,
                "response_uri": self.response_uri,
                "nonce": self.nonce,
                "dcql_query": json.dumps(self._wanted(), separators=(",", ":")),
            }
        )

    def transcript(self) -> list[Any]:
        """``[null, null, OpenID4VPHandover]``; null for a key, since the answer is not encrypted to one."""
        info = cbor2.dumps([self.client_id, self.nonce, None, self.response_uri])
        return [None, None, ["OpenID4VPHandover", hashlib.sha256(info).digest()]]

    def _wanted(self) -> dict[str, Any]:
        claims = [{"path": [NAMESPACE, name], "intent_to_retain": False} for name in self.elements]
        asked = {"id": QUERY_ID, "format": "mso_mdoc", "meta": {"doctype_value": DOC_TYPE}, "claims": claims}
        return {"credentials": [asked]}
