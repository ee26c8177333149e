"""A client of the autosilo API, version 1. Written by tools/make_api_client.py from its OpenAPI document.

Needs Python 3.11 and nothing else.

    shop = Autosilo("https://shop.example", "my-program", "secret")
    held = shop.post_bookings({"shopper": "s1", "model": "byd-seal", "site": "shanghai", "slot_start": start}, key="1")
    shop.post_bookings_confirm(held["id"])
"""

import json
import time
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen


class Refused(Exception):
    """The shop said no: ``status``, ``code`` (the reason in a word) and ``detail`` (in a sentence)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title"))
        self.status, self.code, self.detail = status, problem.get("code"), problem.get("detail")


class Autosilo:
    """Asks for a token when it needs one. Every method raises ``Refused``."""

    def __init__(self, web: str, program: str = "", secret: str = "", *, timeout_s: float = 30) -> None:
        self._web, self._program, self._secret, self._timeout = web.rstrip("/"), program, secret, timeout_s
        self._token, self._until = "", 0.0

    def _bearer(self) -> str:
        if self._program and self._until < time.monotonic():
            form = {"grant_type": "client_credentials", "client_id": self._program, "client_secret": self._secret}
            said = self._send("POST", "/api/v1/oauth/token", urlencode(form).encode(), {})
            self._token, self._until = said["access_token"], time.monotonic() + said["expires_in"] - 30
        return self._token

    def _ask(self, method: str, path: str, *, query: dict[str, Any], body: Any = None, key: str = "") -> Any:
        headers = {"Content-Type": "application/json"}
        if token := self._bearer():
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        given = {name: value for name, value in query.items() if value is not None}
        where = path + (f"?{urlencode(given)}" if given else "")
        return self._send(method, where, None if body is None else json.dumps(body).encode(), headers)

    def _send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Any:
        request = Request(self._web + path, data, headers, method=method)  # noqa: S310  the caller's own address
        try:
            with urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                text = answer.read()
        except HTTPError as error:
            raise Refused(error.code, json.loads(error.read() or b"{}")) from None
        return json.loads(text) if text else None

    def get_availability(self, *, model: Any = None, site: Any = None, paint: Any = None, days: Any = None) -> Any:
        """Get Availability."""
        return self._ask(
            "GET", "/api/v1/availability", query={"model": model, "site": site, "paint": paint, "days": days}
        )

    def get_bookings(self, *, cursor: Any = None, limit: Any = None) -> Any:
        """Your bookings."""
        return self._ask("GET", "/api/v1/bookings", query={"cursor": cursor, "limit": limit})

    def post_bookings(self, body: dict[str, Any], *, key: str) -> Any:
        """Hold or book."""
        return self._ask("POST", "/api/v1/bookings", query={}, body=body, key=key)

    def get_bookings_one(self, booking_id: str) -> Any:
        """Get Booking."""
        return self._ask("GET", f"/api/v1/bookings/{quote(booking_id, safe='')}", query={})

    def post_bookings_cancel(self, booking_id: str) -> Any:
        """Cancel."""
        return self._ask("POST", f"/api/v1/bookings/{quote(booking_id, safe='')}/cancel", query={})

    def post_bookings_confirm(self, booking_id: str) -> Any:
        """Confirm."""
        return self._ask("POST", f"/api/v1/bookings/{quote(booking_id, safe='')}/confirm", query={})

    def post_bookings_move(self, booking_id: str, body: dict[str, Any]) -> Any:
        """Move."""
        return self._ask("POST", f"/api/v1/bookings/{quote(booking_id, safe='')}/move", query={}, body=body)

    def get_models(self) -> Any:
        """Every model on sale."""
        return self._ask("GET", "/api/v1/models", query={})

    def get_models_one(self, slug: str) -> Any:
        """One model."""
        return self._ask("GET", f"/api/v1/models/{quote(slug, safe='')}", query={})

    def get_models_slots(self, slug: str, *, site: Any = None, paint: Any = None, days: Any = None) -> Any:
        """Pick-up slots with free cars."""
        return self._ask(
            "GET", f"/api/v1/models/{quote(slug, safe='')}/slots", query={"site": site, "paint": paint, "days": days}
        )

    def get_sites(self) -> Any:
        """Every site."""
        return self._ask("GET", "/api/v1/sites", query={})

    def get_sites_one(self, slug: str) -> Any:
        """One site."""
        return self._ask("GET", f"/api/v1/sites/{quote(slug, safe='')}", query={})

    def get_trials(self) -> Any:
        """My trials, newest first."""
        return self._ask("GET", "/api/v1/trials", query={})

    def get_trials_one(self, trial_id: str) -> Any:
        """One of my trials."""
        return self._ask("GET", f"/api/v1/trials/{quote(trial_id, safe='')}", query={})

    def get_waits(self, *, cursor: Any = None, limit: Any = None) -> Any:
        """Your places."""
        return self._ask("GET", "/api/v1/waits", query={"cursor": cursor, "limit": limit})

    def post_waits(self, body: dict[str, Any]) -> Any:
        """Wait for a car."""
        return self._ask("POST", "/api/v1/waits", query={}, body=body)

    def delete_waits_one(self, wait_id: str) -> Any:
        """Leave."""
        return self._ask("DELETE", f"/api/v1/waits/{quote(wait_id, safe='')}", query={})

    def get_waits_one(self, wait_id: str) -> Any:
        """One place."""
        return self._ask("GET", f"/api/v1/waits/{quote(wait_id, safe='')}", query={})

    def get_webhooks(self) -> Any:
        """Where you are told."""
        return self._ask("GET", "/api/v1/webhooks", query={})

    def post_webhooks(self, body: dict[str, Any]) -> Any:
        """Be told here, too."""
        return self._ask("POST", "/api/v1/webhooks", query={}, body=body)

    def delete_webhooks_one(self, webhook_id: str) -> Any:
        """Be told here no more."""
        return self._ask("DELETE", f"/api/v1/webhooks/{quote(webhook_id, safe='')}", query={})

    def get_webhooks_deliveries(self, webhook_id: str, *, cursor: Any = None, limit: Any = None) -> Any:
        """The delivery log."""
        return self._ask(
            "GET", f"/api/v1/webhooks/{quote(webhook_id, safe='')}/deliveries", query={"cursor": cursor, "limit": limit}
        )

    def post_webhooks_deliveries_replay(self, webhook_id: str, delivery_id: str) -> Any:
        """Send it again."""
        return self._ask(
            "POST",
            f"/api/v1/webhooks/{quote(webhook_id, safe='')}/deliveries/{quote(delivery_id, safe='')}/replay",
            query={},
        )
