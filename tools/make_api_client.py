"""Write ``docs/examples/autosilo_client.py`` from the API's OpenAPI document: one method for each operation.

python tools/make_api_client.py openapi.json > docs/examples/autosilo_client.py
"""

import json
import sys
from typing import Any

HEAD = '''"""A client of the autosilo API, version 1. Written by tools/make_api_client.py from its OpenAPI document.

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
'''


def client(schema: dict[str, Any]) -> str:
    """The whole file."""
    parts = [HEAD]
    for path, item in sorted(schema["paths"].items()):
        if path.endswith("/oauth/token"):
            continue
        parts += [_method(path, method, operation) for method, operation in sorted(item.items())]
    return "\n".join(parts)


def _method(path: str, method: str, operation: dict[str, Any]) -> str:
    named = [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]
    query = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    has_body = "requestBody" in operation
    needs_key = any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", []))
    words = [word for word in path.removeprefix("/api/v1/").split("/") if not word.startswith("{")]
    name = "_".join([method, *words]).replace("-", "_")
    if named and named[-1] in path.rsplit("/", 1)[-1]:
        name += "_one"
    given = ["self", *(f"{one}: str" for one in named), *(["body: dict[str, Any]"] if has_body else [])]
    given += ["*", *(["key: str"] if needs_key else []), *(f"{one}: Any = None" for one in query)]
    given = given[:-1] if given[-1] == "*" else given
    where = f'"{path}"'
    if named:
        for one in named:
            path = path.replace("{" + one + "}", "{quote(" + one + ', safe="")}')
        where = f"f'{path}'"
    asked = ", ".join(f'"{one}": {one}' for one in query)
    more = (", body=body" if has_body else "") + (", key=key" if needs_key else "")
    return (
        f"\n    def {name}({', '.join(given)}) -> Any:\n"
        f'        """{operation["summary"].rstrip(".")}."""\n'
        f'        return self._ask("{method.upper()}", {where}, query={{{asked}}}{more})'
    )


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(client(json.load(file)))
