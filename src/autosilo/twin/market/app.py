"""``autosilo twin market``: a marketplace's login over OpenID Connect.

Discovery, authorisation code with PKCE, an identity token that is signed with RS256 or ES256 in turn, keys, userinfo.
"""

import html
import itertools
import json
import time
from collections.abc import Iterator, Sequence
from urllib.parse import unquote_plus, urlencode, urlsplit

import structlog
from aiohttp import BasicAuth, web

from autosilo import logs
from autosilo.twin import environment
from autosilo.twin.market.codes import Asked, Desk
from autosilo.twin.market.customers import BY_SUBJECT, CUSTOMERS
from autosilo.twin.market.keys import Keys

CLIENT_ID = "autosilo"
BACK = "/login/with/market/back"
IDENTITY_LIVES_S = 300
SCOPES = frozenset({"openid", "profile", "email", "membership"})
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action *; frame-ancestors 'none'"
STYLE = (
    "body{font:18px/1.5 sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem;color:#222;background:#fafafa}"
    "button{font:inherit;display:block;width:100%;margin:.5rem 0;padding:.8rem;text-align:left}"
)

log = structlog.get_logger()


class Market:
    """``issuer``: its address. ``shops``: where browsers reach the shop, by every name that it has."""

    def __init__(self, *, issuer: str, secret: str, shops: Sequence[str]) -> None:
        self.issuer = issuer
        self.secret = secret
        self.redirects = frozenset(shop.rstrip("/") + BACK for shop in shops)
        self.desk = Desk()
        self.keys = Keys()
        self.algorithms: Iterator[str] = itertools.cycle(("RS256", "ES256"))

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024)
        app.router.add_get("/.well-known/openid-configuration", self.metadata)
        app.router.add_get("/authorize", self.ask)
        app.router.add_post("/authorize", self.agree)
        app.router.add_post("/token", self.token)
        app.router.add_get("/jwks", self.jwks)
        app.router.add_get("/userinfo", self.userinfo)
        for path in ("/healthz", "/readyz"):
            app.router.add_get(path, self.alive)
        return app

    async def metadata(self, request: web.Request) -> web.Response:
        """OpenID Connect Discovery 1.0, section 3."""
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "scopes_supported": sorted(SCOPES),
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def ask(self, request: web.Request) -> web.Response:
        """Which customer is it? A request that is not the shop's is answered here and goes nowhere."""
        given = dict(request.query)
        why = self._wrong(given)
        if why:
            return web.Response(status=400, text=why)
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in given.items()
        )
        buttons = "".join(
            f'<button name="customer" value="{one.subject}">{html.escape(one.given_name)}'
            f"{' ★ ' + one.tier if one.tier else ''} {html.escape(one.email)}</button>"
            for one in CUSTOMERS
        )
        page = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Marketplace (twin)</title>'
            f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style><main>'
            f"<h1>Marketplace</h1><p>A stand-in, for the demo. Who are you here?</p>"
            f'<form method="post" action="/authorize">{hidden}{buttons}'
            f'<button name="customer" value="">Nobody: back to the shop</button></form></main></html>'
        )
        return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    async def agree(self, request: web.Request) -> web.Response:
        """Back to the shop, with a code or a no (RFC 6749, section 4.1.2; RFC 9207)."""
        given = {name: str(value) for name, value in (await request.post()).items()}
        why = self._wrong(given)
        if why:
            return web.Response(status=400, text=why)
        answer = {"state": given.get("state", ""), "iss": self.issuer}
        customer = BY_SUBJECT.get(given.get("customer", ""))
        if customer is None:
            answer["error"] = "access_denied"
        else:
            answer["code"] = self.desk.code(
                Asked(
                    redirect_uri=given["redirect_uri"],
                    scope=frozenset(given["scope"].split()) & SCOPES,
                    nonce=given.get("nonce", ""),
                    challenge=given["code_challenge"],
                    subject=customer.subject,
                )
            )
        raise web.HTTPSeeOther(f"{given['redirect_uri']}?{urlencode(answer)}")

    async def token(self, request: web.Request) -> web.Response:
        """RFC 6749, section 4.1.3, and OpenID Connect Core 1.0, section 3.1.3."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        if self._client(request, form) != (CLIENT_ID, self.secret):
            return _error("invalid_client", 401)
        if form.get("grant_type") != "authorization_code":
            return _error("unsupported_grant_type")
        asked = self.desk.redeem(
            form.get("code", ""),
            redirect_uri=form.get("redirect_uri", ""),
            verifier=form.get("code_verifier", ""),
        )
        if asked is None:
            return _error("invalid_grant")
        body = {
            "access_token": self.desk.token(asked),
            "token_type": "Bearer",
            "expires_in": IDENTITY_LIVES_S,
            "id_token": self.identity(asked),
        }
        return web.json_response(body, headers={"Cache-Control": "no-store"})

    def identity(self, asked: Asked) -> str:
        """The identity token: who, for whom, until when. What else there is to know stands in userinfo."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": asked.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + IDENTITY_LIVES_S,
            "nonce": asked.nonce,
        }
        return self.keys.sign(claims, algorithm=next(self.algorithms))

    async def jwks(self, request: web.Request) -> web.Response:
        return web.json_response(self.keys.public())

    async def userinfo(self, request: web.Request) -> web.Response:
        asked = self.desk.holder(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if asked is None:
            return _error("invalid_token", 401)
        return web.json_response(BY_SUBJECT[asked.subject].claims(asked.scope))

    async def alive(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    def _wrong(self, given: dict[str, str]) -> str:
        """Why a request for authorisation is none; empty when it is one."""
        if given.get("client_id") != CLIENT_ID or given.get("redirect_uri") not in self.redirects:
            return "no client of ours, or an address that it has not named"
        if given.get("response_type") != "code" or "openid" not in given.get("scope", "").split():
            return "not the code flow of OpenID Connect"
        if given.get("code_challenge_method") != "S256" or not given.get("code_challenge"):
            return "PKCE with S256 is required"
        return ""

    def _client(self, request: web.Request, form: dict[str, str]) -> tuple[str, str]:
        if "Authorization" not in request.headers:
            return form.get("client_id", ""), form.get("client_secret", "")
        try:
            basic = BasicAuth.decode(request.headers["Authorization"])
        except ValueError:
            return "", ""
        return unquote_plus(basic.login), unquote_plus(basic.password)


def _error(code: str, status: int = 400) -> web.Response:
    return web.json_response({"error": code}, status=status, headers={"Cache-Control": "no-store"})


def main(argv: Sequence[str] = ()) -> None:
    """Serve until stopped. ``AUTOSILO_MARKET_URL`` says where, ``AUTOSILO_MARKET_SHOPS`` (JSON) who is a client."""
    needs = ("AUTOSILO_MARKET_URL", "AUTOSILO_LOGIN_SECRET_MARKET", "AUTOSILO_MARKET_SHOPS")
    given = environment.start("twin market", about="Stand-in for a marketplace's login.", argv=argv, needs=needs)
    logs.configure("twin-market")
    where = urlsplit(given["AUTOSILO_MARKET_URL"])
    market = Market(
        issuer=given["AUTOSILO_MARKET_URL"],
        secret=given["AUTOSILO_LOGIN_SECRET_MARKET"],
        shops=json.loads(given["AUTOSILO_MARKET_SHOPS"]),
    )
    log.info("serving", port=where.port)
    web.run_app(
        market.app(), host=where.hostname or "127.0.0.1", port=where.port, print=lambda *_: None, access_log=None
    )
