"""The PLC twin against all that a mailbox, people and a failing mains can do to it, by a clock that the test turns.

Commands come right, late, twice, garbled and out of order, faults come and go, and the power is cut at any moment, also
between the acceptance of a command and its retention.
"""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st
from hypothesis import target
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from autosilo.twin.plc.memory import Car
from autosilo.twin.plc.world import CannotDrive
from autosilo.wire.mailbox import Command, JobState, Kind, Mode, Reject
from chaos.long_or_short import search
from twin.plc.box import WALL, Box
from twin.plc.sitetext import car

SHAPES = ({}, {"shutter_s": 2.0}, {"lifts": ("L1", "L2"), "shared": True, "shutter_s": 2.0}, {"depth": 2})
FILLED = {"L1.B0401": 1, "L1.B0402": 2, "L1.D1": 3}
PLACES = ("L1.B0401", "L1.B0402", "L1.B0203", "L1.B0302", "L1.D1", "L1.D2", "L1.I1", "L1.B9999")
STATIONS = ("L1.D1", "L1.D2", "L1.I1")
BREAKABLE = {
    "person": ("L1", *STATIONS),
    "emergency_stop": ("L1",),
    "drive_fault": ("L1",),
    "gate_blocked": STATIONS,
    "mail_duplicated": ("L1", *STATIONS),
    "mail_delayed": ("L1", *STATIONS),
}
UNITS = ("L1", *STATIONS)

units = st.sampled_from(UNITS)
places = st.sampled_from(PLACES)
kinds = st.sampled_from([*Kind, 99])


class PlcMachine(RuleBasedStateMachine):
    """``sent`` is every command that was ever written, so that any of them can come back."""

    @initialize(shape=st.sampled_from(SHAPES))
    def switch_on(self, shape: dict[str, object]) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.box = Box(self.folder, FILLED, **shape)
        self.sent: list[tuple[str, Command]] = []
        self.highest = dict.fromkeys(self.box.plc.units, (0, 0))
        self.cars = len(FILLED)

    def teardown(self) -> None:
        if hasattr(self, "box"):
            target(float(self.box.plc.memory.moves_done), label="moves")
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    # --- commands ---

    @rule(unit=units, kind=kinds, src=places, dst=places)
    def command(self, unit: str, kind: int, src: str, dst: str) -> None:
        src = unit if unit in STATIONS else src
        self._send(unit, self.box.command(kind, src, dst, unit=unit))

    @rule(data=st.data(), scans=st.integers(1, 60))
    def a_car_sets_off(self, data: st.DataObject, scans: int) -> None:
        """A command that makes sense; what follows comes in the middle of its move, or after it."""
        world = self.box.plc.world
        reached = sorted(world.reached["L1"])
        full = [place for place in reached if place in self.box.places]
        free = [place for place in reached if place not in self.box.places]
        if full and free:
            src, dst = data.draw(st.sampled_from(full)), data.draw(st.sampled_from(free))
            self._send("L1", self.box.command(Kind.MOVE, src, dst))
            self.box.tick(scans, scan_s=0.4)

    @rule(unit=units)
    def resume(self, unit: str) -> None:
        self._send(unit, self.box.command(Kind.RESUME, unit=unit))

    @rule(unit=units)
    def raise_the_epoch(self, unit: str) -> None:
        """Nothing of an older epoch may begin from here on: ``an_old_one_again`` tries."""
        self.box.numbers[unit][0] += 1
        self._send(unit, self.box.command(Kind.SYNC, unit=unit))

    @rule(data=st.data())
    def an_old_one_again(self, data: st.DataObject) -> None:
        if not self.sent:
            return
        unit, command = data.draw(st.sampled_from(self.sent))
        job, before = self.box.job(unit), self._retained(unit)
        self._receive(unit, command)
        if (command.epoch, command.seq) <= before:
            assert self._retained(unit) == before
            assert self.box.job(unit) is job, "nothing began"
        self.box.tick()

    @rule(unit=units, src=places, dst=places)
    def a_torn_one(self, unit: str, src: str, dst: str) -> None:
        """The checksum of another command: the PLC looked between two writes."""
        command = self.box.command(Kind.MOVE, src, dst, unit=unit)
        job, before = self.box.job(unit), self._retained(unit)
        self._receive(unit, command, crc=command.checksum() ^ 1)
        assert self.box.plc.units[unit].reject is Reject.BAD_CRC
        assert self._retained(unit) == before, "its numbers are not used up"
        assert self.box.job(unit) is job
        self.box.tick()

    @rule(unit=units, src=places, dst=places)
    def an_expired_one(self, unit: str, src: str, dst: str) -> None:
        command = replace(self.box.command(Kind.MOVE, src, dst, unit=unit), deadline=int(WALL) - 1)
        job = self.box.job(unit)
        self._send(unit, command)
        now = self.box.job(unit)
        assert now is None or now is job, "it did not begin"

    # --- machine and people ---

    @rule(scans=st.integers(1, 40), scan_s=st.sampled_from((0.025, 0.4, 2.0)))
    def time_passes(self, scans: int, scan_s: float) -> None:
        self.box.tick(scans, scan_s=scan_s)

    @rule()
    def the_power_is_cut(self) -> None:
        self.box.cycle_power()

    @rule(src=st.sampled_from(PLACES[:4]), dst=st.sampled_from(PLACES[:6]))
    def the_power_is_cut_within_a_scan(self, src: str, dst: str) -> None:
        """A command was accepted, but neither retained nor told to anybody."""
        command, before = self.box.command(Kind.MOVE, src, dst), self._retained("L1")
        self._receive("L1", command)
        self.box.cycle_power()
        assert self._retained("L1") == before
        self.sent.append(("L1", command))

    @rule(data=st.data(), kind=st.sampled_from(sorted(BREAKABLE)))
    def something_breaks(self, data: st.DataObject, kind: str) -> None:
        self.box.fault(kind, data.draw(st.sampled_from(BREAKABLE[kind])))
        self.box.tick(20, scan_s=0.1)

    @rule()
    def all_is_mended(self) -> None:
        for kind, where in list(self.box.plc.memory.faults.items()):
            for at in list(where):
                self.box.fault(kind, at, there=False)
        self.box.mode(Mode.AUTO)

    @rule(mode=st.sampled_from(Mode))
    def the_key_is_turned(self, mode: Mode) -> None:
        self.box.mode(mode)

    @rule(station=st.sampled_from(STATIONS))
    def somebody_drives(self, station: str) -> None:
        world = self.box.plc.world
        try:
            if station in self.box.places:
                world.depart(station, self.box.places[station])
            else:
                self.cars += 1
                world.arrive(station, Car(**car(self.cars)))
        except CannotDrive:
            pass

    # --- what must hold ---

    @invariant()
    def no_invariant_of_the_machine_is_violated(self) -> None:
        if hasattr(self, "box"):
            assert self.box.violations == {}

    @invariant()
    def retained_numbers_never_fall(self) -> None:
        for unit in getattr(self, "highest", ()):
            now = self._retained(unit)
            assert now >= self.highest[unit]
            self.highest[unit] = now

    @invariant()
    def each_number_begins_once(self) -> None:
        if hasattr(self, "box"):
            began = [(one["unit"], one["epoch"], one["seq"]) for one in self.box.ledger() if one["event"] == "began"]
            assert len(began) == len(set(began))

    @invariant()
    def the_log_agrees_with_the_job(self) -> None:
        for unit in getattr(self, "highest", ()):
            memory = self.box.plc.units[unit].memory
            standing = [line for line in memory.log if line.state in (JobState.RUNNING, JobState.INTERRUPTED)]
            assert [(line.epoch, line.seq) for line in standing] == ([memory.job.key] if memory.job else [])

    # --- inside ---

    def _send(self, unit: str, command: Command) -> None:
        self.sent.append((unit, command))
        self.box.send(command, unit=unit)

    def _retained(self, unit: str) -> tuple[int, int]:
        memory = self.box.plc.units[unit].memory
        return memory.epoch, memory.seq

    def _receive(self, unit: str, command: Command, *, crc: int | None = None) -> None:
        """Past the mailbox, straight into the control program."""
        crc = command.checksum() if crc is None else crc
        self.box.plc.units[unit].receive(command, crc, now=self.box.now, wall=WALL + self.box.now)


PlcMachine.TestCase.settings = search(examples=25, steps=40)
TestPlc = PlcMachine.TestCase
