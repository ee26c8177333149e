"""An answer as bytes, whichever door it leaves by: Django's or the quick one."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from django.http import HttpResponse

PROBLEM = "application/problem+json"
JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    def for_django(self) -> HttpResponse:
        return HttpResponse(self.body, status=self.status, content_type=self.media_type, headers=dict(self.headers))


def problem(status: int, detail: str, *, code: str = "", **headers: str) -> Reply:
    """RFC 9457. ``code``: the reason in a word, for programs; ``headers`` with underscores for hyphens."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    if code:
        content["code"] = code
    body = json.dumps(content, ensure_ascii=False).encode()
    return Reply(status, body, PROBLEM, {name.replace("_", "-"): value for name, value in headers.items()})


def etag_of(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def matches(etag: str, if_none_match: str) -> bool:
    """RFC 9110 §13.1.2: weak comparison."""
    return if_none_match.strip() == "*" or etag in {one.strip().removeprefix("W/") for one in if_none_match.split(",")}


def told(body: bytes, if_none_match: str = "", *, status: int = HTTPStatus.OK) -> HttpResponse:
    """JSON with its ETag, behind Django's door."""
    return with_etag(Reply(status, body), if_none_match).for_django()


def with_etag(reply: Reply, if_none_match: str) -> Reply:
    """The same with its ETag; 304 without a body when the asker has it already."""
    etag = etag_of(reply.body)
    headers = {**reply.headers, "ETag": etag}
    if if_none_match and matches(etag, if_none_match):
        return Reply(HTTPStatus.NOT_MODIFIED, b"", reply.media_type, headers)
    return Reply(reply.status, reply.body, reply.media_type, headers)
