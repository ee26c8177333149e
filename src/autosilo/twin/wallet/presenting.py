"""Answer a request for a licence: OpenID for Verifiable Presentations 1.0, ``direct_post``, ``mso_mdoc``."""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import cbor2
import httpx

from autosilo.twin.wallet.credential import DOC_TYPE, ENCODED_CBOR, NAMESPACE, Credential, sign1

TIMEOUT_S = 30.0


class CannotPresent(Exception):
    """The request is not one that this wallet answers."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a shop asked."""

    client_id: str
    nonce: str
    response_uri: str
    query_id: str
    elements: frozenset[str]


def read(link: str) -> Request:
    """An ``openid4vp:`` link. Raises ``CannotPresent``."""
    given = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    try:
        wanted = json.loads(given["dcql_query"])["credentials"][0]
        uri = given["response_uri"]
        request = Request(
            client_id=given["client_id"],
            nonce=given["nonce"],
            response_uri=uri,
            query_id=wanted["id"],
            elements=frozenset(claim["path"][1] for claim in wanted["claims"] if claim["path"][0] == NAMESPACE),
        )
        asked = (given["response_type"], given["response_mode"], wanted["format"], wanted["meta"]["doctype_value"])
    except (KeyError, IndexError, ValueError) as error:
        raise CannotPresent("this is not a request for a credential") from error
    if asked != ("vp_token", "direct_post", "mso_mdoc", DOC_TYPE):
        raise CannotPresent(f"this wallet does not answer {asked}")
    if request.client_id != f"redirect_uri:{uri}":
        raise CannotPresent("whoever asks is not who gets the answer")
    return request


def device_response(credential: Credential, request: Request) -> bytes:
    """Only what was asked for, signed by the phone's key over this very session."""
    shown = credential.showing(request.elements)
    names = cbor2.CBORTag(ENCODED_CBOR, cbor2.dumps({}))
    authentication = ["DeviceAuthentication", _transcript(request), shown.doc_type, names]
    payload = cbor2.dumps(cbor2.CBORTag(ENCODED_CBOR, cbor2.dumps(authentication)))
    document = {
        "docType": shown.doc_type,
        "issuerSigned": {
            "nameSpaces": {NAMESPACE: [cbor2.CBORTag(ENCODED_CBOR, item) for item in shown.items]},
            "issuerAuth": shown.issuer_auth,
        },
        "deviceSigned": {
            "nameSpaces": names,
            "deviceAuth": {
                "deviceSignature": sign1(shown.device_key, payload, unprotected={}, detached=True),
            },
        },
    }
    return cbor2.dumps({"version": "1.0", "documents": [document], "status": 0})


def form(response: bytes, request: Request) -> dict[str, str]:
    """As ``direct_post`` sends it."""
    encoded = base64.urlsafe_b64encode(response).rstrip(b"=").decode()
    return {"vp_token": json.dumps({request.query_id: [encoded]})}


def send(response: bytes, request: Request) -> httpx.Response:
    return httpx.post(request.response_uri, data=form(response, request), timeout=TIMEOUT_S, trust_env=False)


def _transcript(request: Request) -> list[Any]:
    """OpenID4VP 1.0, B.2.6.1."""
    info = cbor2.dumps([request.client_id, request.nonce, None, request.response_uri])
    return [None, None, ["OpenID4VPHandover", hashlib.sha256(info).digest()]]
