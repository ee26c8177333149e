"""What a site's log of accesses to biometric data has become since the platform last heard of it: one that was cut off
or written anew does not follow from what was told before."""

from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from autosilo.wire.message import Message

MOST_ENTRIES = 200
"""In one message: some 60 KB. A longer piece of the log is told in several."""
DIGEST = Field(pattern="^[0-9a-f]{64}$")


class LoggedAccess(BaseModel):
    """An entry as the log has it (``autosilo.chain``). It names a visit at most, and no picture, embedding or score."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1)
    at: AwareDatetime
    action: str = Field(max_length=40)
    target: str = Field(max_length=80)
    detail: str = Field(max_length=4000)
    previous: str = DIGEST
    digest: str = DIGEST


class AccessesLogged(Message):
    """Site -> platform. ``digest`` is that of entry ``number``: the last of ``entries``, which are those since the
    message before; or the newest of all, without entries, where the site does not know what it told."""

    kind: Literal["accesses_logged"] = "accesses_logged"
    site: str
    number: int = Field(ge=1)
    digest: str = DIGEST
    entries: tuple[LoggedAccess, ...] = Field(default=(), max_length=MOST_ENTRIES)

    @model_validator(mode="after")
    def _ends_where_it_says(self) -> Self:
        if self.entries and (self.entries[-1].number, self.entries[-1].digest) != (self.number, self.digest):
            raise ValueError("the last entry is another than the one that is named")
        return self
