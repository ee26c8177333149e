"""Epochs and sequence numbers of the suite, by unit: always higher than anything that the PLC may have retained."""

from autosilo.wire.mailbox import MAX_UINT32, Reject


class Numbers:
    """Keeps, for each unit, the highest (epoch, seq) that was used."""

    def __init__(self) -> None:
        self._used: dict[str, tuple[int, int]] = {}

    def learn(self, unit: str, epoch: int, seq: int, reject: int) -> None:
        """What the PLC says it looked at last. The numbers of a command with a wrong checksum say nothing."""
        if reject != Reject.BAD_CRC:
            self.used(unit, epoch, seq)

    def used(self, unit: str, epoch: int, seq: int) -> None:
        self._used[unit] = max(self.last(unit), (epoch, seq))

    def last(self, unit: str) -> tuple[int, int]:
        return self._used.get(unit, (0, 0))

    def next(self, unit: str) -> tuple[int, int]:
        """The next pair in order: the same epoch (1 at first), the next seq. Raises ``OverflowError`` at the end."""
        epoch, seq = self.last(unit)
        if max(epoch, seq) >= MAX_UINT32:
            raise OverflowError(f"{unit}: no number is left after epoch {epoch}, seq {seq}")
        return max(epoch, 1), seq + 1
