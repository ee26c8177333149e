"""The journal against a few dictionaries: whatever is intended, settled and cut off, its books are right."""

import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from autosilo.site.control.journal import CommandState, Journal, JournalledCommand
from autosilo.wire.mailbox import Kind
from chaos.long_or_short import search

UNITS = ("L1", "L1.D1")
PLACES = ("B1", "B2", "D1", "I1")
OUTCOMES = (CommandState.ENDED, CommandState.ABORTED, CommandState.REJECTED, CommandState.VOID)

units = st.sampled_from(UNITS)
places = st.sampled_from(PLACES)
numbers = st.integers(0, 9)


class JournalMachine(RuleBasedStateMachine):
    """``inventory``, ``open`` and ``seen`` say what the journal must say."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.lives = 0
        self.inventory: dict[str, str] = {}
        self.open: dict[str, JournalledCommand] = {}
        self.seen: dict[str, tuple[int, int]] = dict.fromkeys(UNITS, (0, 0))
        self.cars = 0

    @initialize()
    def commission(self) -> None:
        self.journal = Journal(self.folder / "0" / "journal.db")
        self.inventory = {"B1": "V1", "B2": "V2"}
        self.journal.commission(self.inventory)
        for unit in UNITS:  # as the first fence does, before anything can be intended
            self.raise_epoch(unit, 0, 0)

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder)

    # --- numbers ---

    @rule(unit=units, epoch=numbers, seq=numbers)
    def raise_epoch(self, unit: str, epoch: int, seq: int) -> None:
        raised = self.journal.raise_epoch(unit, above=(epoch, seq))
        assert raised > max(epoch, self.seen[unit][0])
        assert self.journal.numbers(unit)[1] == max(seq, self.seen[unit][1]), "Seq goes on across epochs"
        self.seen[unit] = self.journal.numbers(unit)

    @rule(unit=units, kind=st.sampled_from((Kind.SYNC, Kind.RESUME)))
    def intend_what_moves_nothing(self, unit: str, kind: Kind) -> None:
        command = self.journal.intend(unit=unit, kind=kind, deadline=1)
        self._is_new(unit, command)

    # --- commands ---

    @rule(unit=units, src=places, dst=places)
    def intend_a_move(self, unit: str, src: str, dst: str) -> None:
        vin = self.inventory.get(src)
        if unit in self.open:
            with pytest.raises(sqlite3.IntegrityError):
                self.journal.intend(unit=unit, kind=Kind.MOVE, deadline=1, src=src, dst=dst, vin=vin)
            return
        command = self.journal.intend(unit=unit, kind=Kind.MOVE, deadline=1, src=src, dst=dst, vin=vin)
        self._is_new(unit, command)
        self.open[unit] = command

    @precondition(lambda self: self.open)
    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES))
    def settle(self, data: st.DataObject, outcome: CommandState) -> None:
        unit = data.draw(st.sampled_from(sorted(self.open)))
        command = self.open[unit]
        after = self._after(command) if outcome is CommandState.ENDED else dict(self.inventory)
        if after is None:
            with pytest.raises(sqlite3.IntegrityError):
                self.journal.settle(command, outcome)
            return
        self.journal.settle(command, outcome)
        with pytest.raises(AssertionError, match="settled twice"):
            self.journal.settle(command, outcome)
        self.inventory = after
        del self.open[unit]

    # --- cars from outside ---

    @rule(place=places)
    def arrive(self, place: str) -> None:
        self.cars += 1
        vin = f"N{self.cars}"
        job = self.journal.add_job(job_key=vin, purpose="return", vin=vin, state="queued")
        if place in self.inventory:
            with pytest.raises(sqlite3.IntegrityError):
                self.journal.arrive(place=place, vin=vin, vehicle_class=1, job=job.id, state="accepted")
            assert self.journal.job(job.id).state == "queued", "the job goes with the car or not at all"
            return
        self.journal.arrive(place=place, vin=vin, vehicle_class=1, job=job.id, state="accepted")
        self.inventory[place] = vin

    @precondition(lambda self: self.inventory)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(sorted(self.inventory)))
        vin = self.inventory.pop(place)
        job = self.journal.add_job(job_key=vin, purpose="collect", vin=vin, state="gate_open")
        self.journal.leave(vin=vin, job=job.id, state="left")

    # --- deaths ---

    @rule()
    def crash(self) -> None:
        """What the disk holds at this moment is all that is left."""
        self.lives += 1
        before, after = self.folder / str(self.lives - 1), self.folder / str(self.lives)
        after.mkdir()
        for file in ("journal.db", "journal.db-wal"):
            if (before / file).exists():
                shutil.copyfile(before / file, after / file)
        self.journal.close()
        self.journal = Journal(after / "journal.db")

    # --- what must hold ---

    @invariant()
    def the_inventory_is_right(self) -> None:
        assert dict(self.journal.inventory) == self.inventory
        assert len(set(self.inventory.values())) == len(self.inventory)

    @invariant()
    def what_is_open_is_known(self) -> None:
        for unit in UNITS:
            assert self.journal.open_command(unit) == self.open.get(unit)

    # --- inside ---

    def _is_new(self, unit: str, command: JournalledCommand) -> None:
        assert command.command.seq > self.seen[unit][1], "every Seq is used once"
        assert command.command.epoch == self.seen[unit][0]
        self.seen[unit] = command.key

    def _after(self, command: JournalledCommand) -> dict[str, str] | None:
        """The inventory when this move has ended; None when another car stands in its way."""
        after, vin = {place: one for place, one in self.inventory.items() if one != command.vin}, command.vin
        if vin is None:
            return after
        if command.command.dst in after:
            return None
        return after | {command.command.dst: vin}


JournalMachine.TestCase.settings = search(examples=40, steps=40)
TestJournal = JournalMachine.TestCase
