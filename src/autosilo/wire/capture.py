"""Between a shopper's page and the web process while a face is captured; camera frames go between as bytes (JPEG).

The page names two subprotocols when it opens the line: ``PROTOCOL``, and its ticket, so that who has none opens no line
at all, and the ticket is in no address that a proxy would log.

What the person is asked to do meanwhile is ``wire.gate.GatePrompt``, as at a kiosk: one for each frame that is seen.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

PATH = "/selfie/live"
PROTOCOL = "autosilo.capture.v1"
MAX_FRAME_BYTES = 400_000


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = 1


class Portrait(BaseModel):
    """The licence's portrait that the page's wallet has shown: which question, and the key (X25519, base64) to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ask: UUID
    key: str = Field(max_length=44, repr=False)


class Begin(_Message):
    """The page's first words."""

    t: Literal["begin"] = "begin"
    portrait: Portrait | None = None


class MoreTime(_Message):
    """The person wants every limit that is left to be longer."""

    t: Literal["more_time"] = "more_time"


class CaptureOver(_Message):
    """The last message. ``again``: it may be tried once more, and ``words`` say how it goes better.

    ``to``: where the page goes on. ``held``: the pass whose key opens the template, told this once. ``portrait``: that
    of the licence was compared, or is gone; for another try it is asked for anew.
    """

    t: Literal["over"] = "over"
    outcome: Literal["enrolled", "again", "closed"]
    words: str = ""
    to: str | None = None
    portrait: bool = False
    held: str | None = Field(default=None, repr=False)


Said = Annotated[Begin | MoreTime, Field(discriminator="t")]
SAID: TypeAdapter[Begin | MoreTime] = TypeAdapter(Said)
