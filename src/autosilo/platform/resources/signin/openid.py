"""A marketplace's login by OpenID Connect: authorisation code with PKCE, and an identity token that is always verified.

The request of the code and its exchange are django-allauth's (``OAuth2Client``), as is the state that waits in the
session, for one use and ten minutes (``statekit``). allauth's own provider is not used: it takes an identity token
unverified where it came straight from the provider, knows no nonce, and does not compare issuers.

Sources: OpenID Connect Core 1.0, sections 3.1 and 5.3; Discovery 1.0, section 4; RFC 7636 (PKCE); RFC 9207 (``iss``).
"""

import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import requests
import structlog
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autosilo.platform.resources.signin.logins import Login, is_safe

log = structlog.get_logger(__name__)

KEPT_S = 3600.0
"""How long what a provider says of itself, and its keys, are believed without asking again."""
KEYS_AGAIN_S = 60.0
"""A token may name a key that is not known yet; forged ones must not make us ask for keys all the time."""
PATIENCE_S = 5.0
MOST_BYTES = 256 * 1024
LEEWAY_S = 60.0
NONCE_BYTES = 24
ALGORITHM = {"RSA": "RS256", "EC": "ES256"}
"""By the kind of the key, never by what the token says of itself (RFC 8725, section 3.1)."""
DENIED = "access_denied"


class LoginFailure(Exception):
    """The provider did not say who it is, or what it said does not hold. ``kind`` is for the log and the words."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class _Metadata(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""


class _Tokens(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    access_token: str = Field(min_length=1, max_length=16_384, repr=False)
    id_token: str = Field(min_length=1, max_length=65_536, repr=False)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who it is there. ``email`` is what the marketplace says, and proves nothing here."""

    issuer: str
    subject: str
    name: str
    email: str
    premium: bool | None
    """None where the login says nothing of memberships."""


class Provider:
    """One login of the shop. May be used from several threads."""

    def __init__(self, login: Login, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.login = login
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: _Metadata | None = None
        self._metadata_at = 0.0
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._keys_at = float("-inf")

    def begin(self, request: HttpRequest, *, back: str, after: str) -> str:
        """The address that the browser goes to. ``back``: ours, absolute. Raises ``LoginFailure``."""
        metadata = self._about()
        proof = generate_code_challenge()
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        kept = {"verifier": proof.pop("code_verifier"), "nonce": nonce, "after": after}
        client = self._client(request, metadata, back)
        client.state = statekit.stash_state(
            request, provider_id=self.login.slug, state=kept, state_id=secrets.token_urlsafe(NONCE_BYTES)
        )
        asked = client.get_redirect_url("", self.login.scope.split(), {**proof, "nonce": nonce})
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return metadata.authorization_endpoint + joint + asked.removeprefix("?")

    def finish(self, request: HttpRequest, *, back: str) -> tuple[Identity, str]:
        """Who came back, and where to go now. Raises ``LoginFailure``."""
        given = request.GET
        kept = statekit.unstash_state(request, provider_id=self.login.slug, state_id=given.get("state", ""))
        if kept is None:
            raise LoginFailure("state")
        if given.get("iss", self.login.issuer) != self.login.issuer:
            raise LoginFailure("issuer")
        if "error" in given or not given.get("code"):
            raise LoginFailure("denied" if given.get("error") == DENIED else "refused")
        metadata = self._about()
        tokens = self._exchange(request, metadata, back, given["code"], kept["verifier"])
        claims = self._verified(tokens.id_token, nonce=kept["nonce"])
        about = {**self._userinfo(metadata, tokens.access_token, claims["sub"]), **claims}
        return self._identity(about), str(kept["after"])

    def _client(self, request: HttpRequest, metadata: _Metadata, back: str) -> OAuth2Client:
        return OAuth2Client(
            request,
            self.login.client_id,
            self.login.secret,
            "POST",
            metadata.token_endpoint,
            back,
            basic_auth=self.login.client_auth == "client_secret_basic",
            headers={"Accept": "application/json"},
        )

    def _exchange(self, request: HttpRequest, metadata: _Metadata, back: str, code: str, verifier: str) -> _Tokens:
        try:
            reply = self._client(request, metadata, back).get_access_token(code, pkce_code_verifier=verifier)
            return _Tokens.model_validate(reply)
        except (OAuth2Error, requests.RequestException, ValidationError, ValueError, LookupError) as error:
            raise LoginFailure("token") from error

    def _verified(self, token: str, *, nonce: str) -> dict[str, Any]:
        """The claims of an identity token that is signed, ours, in time, and the answer to our question."""
        try:
            key = self._key(jwt.get_unverified_header(token).get("kid"))
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[ALGORITHM[key.key_type or ""]],
                audience=self.login.client_id,
                issuer=self.login.issuer,
                leeway=LEEWAY_S,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise LoginFailure("identity") from error
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        presenter = claims.get("azp", self.login.client_id if len(audiences) == 1 else None)
        said = claims.get("nonce")
        if (
            presenter != self.login.client_id
            or not isinstance(said, str)
            or not hmac.compare_digest(said.encode(), nonce.encode())
        ):
            raise LoginFailure("identity")
        return claims

    def _key(self, name: object) -> jwt.PyJWK:
        """The key of this name; without a name, the only one. Raises ``LoginFailure``."""
        keys = self._known_keys(older_than=KEPT_S)
        if name is not None and name not in keys:
            keys = self._known_keys(older_than=KEYS_AGAIN_S)
        if name is None and len(keys) == 1:
            return next(iter(keys.values()))
        if not isinstance(name, str) or name not in keys:
            raise LoginFailure("identity")
        return keys[name]

    def _known_keys(self, *, older_than: float) -> Mapping[str, jwt.PyJWK]:
        with self._lock:
            if self._clock() - self._keys_at < older_than:
                return self._keys
        metadata = self._about()
        try:
            every = jwt.PyJWKSet.from_dict(_ask(metadata.jwks_uri)).keys
        except (jwt.PyJWTError, TypeError, AttributeError) as error:
            raise LoginFailure("keys") from error
        usable = {one.key_id or "": one for one in every if _signs(one)}
        with self._lock:
            self._keys, self._keys_at = usable, self._clock()
        return usable

    def _about(self) -> _Metadata:
        """What the provider says of itself; that it is who we asked is the first thing. Raises ``LoginFailure``."""
        with self._lock:
            if self._metadata is not None and self._clock() - self._metadata_at < KEPT_S:
                return self._metadata
        try:
            found = _Metadata.model_validate(_ask(f"{self.login.issuer.rstrip('/')}/.well-known/openid-configuration"))
        except ValidationError as error:
            raise LoginFailure("discovery") from error
        endpoints = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint)
        if found.issuer != self.login.issuer or not all(is_safe(one) for one in endpoints if one):
            raise LoginFailure("issuer")
        with self._lock:
            self._metadata, self._metadata_at = found, self._clock()
        return found

    def _userinfo(self, metadata: _Metadata, access_token: str, subject: str) -> dict[str, Any]:
        """Section 5.3.4: without the same ``sub`` it is about somebody else."""
        if not metadata.userinfo_endpoint:
            return {}
        claims = _ask(metadata.userinfo_endpoint, bearer=access_token)
        if claims.get("sub") != subject:
            raise LoginFailure("userinfo")
        return claims

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\0" in subject:
            raise LoginFailure("identity")
        membership = self.login.membership
        return Identity(
            issuer=self.login.issuer,
            subject=subject,
            name=_text(claims.get("given_name") or claims.get("name") or claims.get("nickname")),
            email=_text(claims.get("email")).lower(),
            premium=None if membership is None else membership.is_premium(claims),
        )


def _signs(key: jwt.PyJWK) -> bool:
    return key.public_key_use in (None, "sig") and key.algorithm_name == ALGORITHM.get(key.key_type or "")


def _text(value: object) -> str:
    return value.replace("\0", "").strip()[:150] if isinstance(value, str) else ""


def _ask(address: str, *, bearer: str = "") -> dict[str, Any]:
    """A JSON object, of bounded size and within ``PATIENCE_S`` for each step. Raises ``LoginFailure``."""
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    try:
        with requests.get(address, headers=headers, timeout=PATIENCE_S, stream=True, allow_redirects=False) as reply:
            if reply.status_code != requests.codes.ok:
                raise LoginFailure("unavailable")
            body = reply.raw.read(MOST_BYTES + 1, decode_content=True)
        content = json.loads(body) if len(body) <= MOST_BYTES else None
    except (requests.RequestException, OSError, ValueError) as error:
        raise LoginFailure("unavailable") from error
    if not isinstance(content, dict):
        raise LoginFailure("unavailable")
    return content
