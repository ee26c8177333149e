"""What the controller makes of an acknowledgement: a refusal for checksum or numbers is no verdict on the command."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from autosilo.site.control.exchange import Exchange, Order
from autosilo.site.control.journal import Journal
from autosilo.site.control.mailbox import LinkDown
from autosilo.wire.mailbox import Command, Kind, Reject

NO_VERDICT = (Reject.BAD_CRC, Reject.OLD_EPOCH, Reject.OLD_SEQ)


class Link:
    """A link whose PLC answers every command with one reject code at once."""

    def __init__(self, answer: Callable[[Command], Reject]) -> None:
        self.connected, self.generation = True, 0
        self.status: dict[str, SimpleNamespace] = {}
        self._answer = answer
        self._show((0, 0), Reject.NONE)

    async def send(self, unit: str, command: Command) -> None:
        self._show((command.epoch, command.seq), self._answer(command))

    async def changed(self, timeout: float | None = None, *, unit: str | None = None) -> None:
        raise AssertionError("the answer is there")

    def _show(self, ack: tuple[int, int], reject: Reject) -> None:
        self.status["L1"] = SimpleNamespace(ack=ack, reject=reject, current=(0, 0), last_done=(0, 0))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.db")
    yield journal
    journal.close()


def exchange(journal: Journal, reject: Reject, *, fences: Reject = Reject.NONE) -> Exchange:
    link = Link(lambda command: fences if command.kind == Kind.SYNC else reject)
    return Exchange("L1", journal=journal, link=link)  # type: ignore[arg-type]


@pytest.mark.parametrize("reject", NO_VERDICT)
async def test_a_refusal_for_the_numbers_concludes_nothing_and_drops_the_fence(
    journal: Journal, reject: Reject
) -> None:
    ours = exchange(journal, reject)
    assert await ours.fence() is Reject.NONE
    command = ours.intend(Order(Kind.MOVE, "L1.B0101", "L1.D1"))
    with pytest.raises(LinkDown):
        await ours.send(command)
    assert not ours.holds
    assert journal.open_command("L1") == command


@pytest.mark.parametrize("reject", sorted(set(Reject) - set(NO_VERDICT)))
async def test_any_other_refusal_stands(journal: Journal, reject: Reject) -> None:
    ours = exchange(journal, reject)
    await ours.fence()
    assert await ours.send(ours.intend(Order(Kind.MOVE, "L1.B0101", "L1.D1"))) is reject
    assert ours.holds


async def test_a_fence_of_an_old_epoch_tells_of_another_controller(journal: Journal) -> None:
    assert await exchange(journal, Reject.NONE, fences=Reject.OLD_EPOCH).fence() is Reject.OLD_EPOCH


async def test_a_fence_that_was_seen_twice_is_raised_again(journal: Journal) -> None:
    with pytest.raises(LinkDown):
        await exchange(journal, Reject.NONE, fences=Reject.OLD_SEQ).fence()
