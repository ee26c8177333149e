"""Where a site's log of accesses to biometric data ends: what makes a rewritten log contradict itself."""

from typing import Literal

from pydantic import Field

from autosilo.wire.message import Message


class AccessesLogged(Message):
    """Site -> platform. ``digest`` is that of entry ``number``, the newest one (``autosilo.chain``)."""

    kind: Literal["accesses_logged"] = "accesses_logged"
    site: str
    number: int = Field(ge=1)
    digest: str = Field(pattern="^[0-9a-f]{64}$")
