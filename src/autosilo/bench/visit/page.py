"""A browser without a screen: real pages, cookies, forms posted with the fields that stand in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

TIMEOUT_S = 60.0


class Unexpected(Exception):
    """A page answered otherwise than a visit expects; carries what it said."""


@dataclass
class Form:
    """One form of a page: where it goes, and what a browser would send before anybody typed."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: list[tuple[str, str]] = field(default_factory=list)
    """Radio buttons that can be chosen: name and value."""
    test_ids: set[str] = field(default_factory=set)
    disabled: set[str] = field(default_factory=set)
    """Test ids of controls that cannot be used now."""


@dataclass
class Page:
    """What was answered, read once."""

    url: str
    forms: list[Form]
    elements: dict[str, dict[str, str]]
    """Attributes of the first element with each ``data-testid``."""
    texts: dict[str, str]
    """Text directly inside such elements."""
    scripts: list[str]

    def form(self, test_id: str) -> Form:
        """The form that has a control, or is itself marked, with this test id."""
        for form in self.forms:
            if test_id in form.test_ids:
                return form
        raise Unexpected(f"{self.url}: no form with {test_id}; there are {sorted(self.elements)}")

    def element(self, test_id: str) -> dict[str, str]:
        """Attributes of a marked element. Raises ``Unexpected`` when it is not on the page."""
        if test_id not in self.elements:
            raise Unexpected(f"{self.url}: no {test_id}; there are {sorted(self.elements)}")
        return self.elements[test_id]


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.page = Page(url, [], {}, {}, [])
        self._form: Form | None = None
        self._text_of: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action") or self.page.url.split("#")[0])
            self.page.forms.append(self._form)
        if tag == "script" and "src" in given:
            self.page.scripts.append(given["src"])
        self._mark(given)
        if self._form is not None and tag == "input" and "name" in given and "disabled" not in given:
            self._take(self._form, given)

    def handle_endtag(self, tag: str) -> None:
        self._text_of = None
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._text_of:
            self.page.texts[self._text_of] += data

    def _mark(self, given: dict[str, str]) -> None:
        test_id = given.get("data-testid")
        self._text_of = None
        if not test_id:
            return
        if test_id not in self.page.elements:
            self.page.elements[test_id] = given
            self.page.texts[test_id] = ""
            self._text_of = test_id
        if self._form is not None:
            self._form.test_ids.add(test_id)
            if "disabled" in given:
                self._form.disabled.add(test_id)

    @staticmethod
    def _take(form: Form, given: dict[str, str]) -> None:
        name, value, kind = given["name"], given.get("value", ""), given.get("type", "text")
        if kind == "radio":
            form.choices.append((name, value))
        if kind in ("radio", "checkbox"):
            if "checked" in given:
                form.fields[name] = value or "on"
        elif kind not in ("file", "submit", "button"):
            form.fields[name] = value


def read(url: str, html: str) -> Page:
    """The forms and marked elements of a page."""
    reader = _Reader(url)
    reader.feed(html)
    return reader.page


class Browser:
    """One person's session. ``requests`` counts what was sent, redirects included."""

    def __init__(self, base: str) -> None:
        self.requests = 0
        self._client = httpx.AsyncClient(
            base_url=base,
            timeout=TIMEOUT_S,
            follow_redirects=True,
            headers={"Accept-Language": "en"},
            event_hooks={"request": [self._count]},
        )

        self._elsewhere = httpx.AsyncClient(timeout=TIMEOUT_S)  # made here, since making one takes tens of ms

    async def close(self) -> None:
        await self._client.aclose()
        await self._elsewhere.aclose()

    async def get(self, path: str, **query: str) -> Page:
        return self._read(await self._client.get(path, params=query or None))

    async def send(self, form: Form, **typed: str) -> Page:
        """Post the form with what was typed or ticked."""
        return self._read(await self._post(form.action, data={**form.fields, **typed}))

    async def upload(self, form: Form, photo: bytes, **typed: str) -> Page:
        """Post the form with a photo as htmx does; a redirect that it would follow is followed."""
        answer = await self._post(
            form.action,
            data={**form.fields, **typed},
            files={"photo": ("photo.jpg", photo, "image/jpeg")},
            headers={"HX-Request": "true"},
        )
        page = self._read(answer)
        there = answer.headers.get("HX-Redirect")
        return await self.get(there) if there else page

    async def ask(self, form: Form, **typed: str) -> dict[str, Any]:
        """Post the form as a script does, and read the JSON that comes back."""
        answer = await self._post(form.action, data={**form.fields, **typed}, headers={"Accept": "application/json"})
        answer.raise_for_status()
        content: dict[str, Any] = answer.json()
        return content

    async def post_elsewhere(self, url: str, data: dict[str, str]) -> dict[str, Any]:
        """To another server, as a script on the page does: without our cookies."""
        answer = await self._elsewhere.post(url, data=data)
        answer.raise_for_status()
        content: dict[str, Any] = answer.json()
        return content

    async def _post(self, path: str, **more: Any) -> httpx.Response:
        origin = str(self._client.base_url).rstrip("/")
        headers = {"Referer": f"{origin}/", "Origin": origin, **more.pop("headers", {})}
        return await self._client.post(path, headers=headers, **more)

    async def _count(self, request: httpx.Request) -> None:
        self.requests += 1

    @staticmethod
    def _read(answer: httpx.Response) -> Page:
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise Unexpected(f"{answer.request.method} {answer.url}: {answer.status_code}: {answer.text[-1500:]}")
        return read(str(answer.url), answer.text)
