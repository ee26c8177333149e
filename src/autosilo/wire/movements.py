"""Site -> sites, core NATS: how somebody moved in a session that is over, so that a film of it opens no other site."""

from typing import Annotated

from pydantic import Field

from autosilo.wire.message import Message

ROWS = 2400
"""Four minutes, ten a second: the longest session of somebody who asked for more time."""

Row = Annotated[tuple[int, int, int, int, int, int], Field(description="hundredths of a degree, then thousandths")]


class Movements(Message):
    """Where a head was and how it was turned, ten times a second. No picture, no embedding, no name and no trial.

    Not kept on the bus; each site holds the last ones in its memory. A row: yaw, pitch and roll in hundredths of a
    degree; the face's middle, right and down, in thousandths of its height; a thousand times the logarithm of its
    height as a share of the picture's.
    """

    rows: tuple[Row, ...] = Field(min_length=1, max_length=ROWS)
