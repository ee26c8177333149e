"""The PLC twin without a network and without waiting: its scan cycle is driven by a clock that the test turns."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from autosilo.tower.config import SiteConfig
from autosilo.tower.site_file import read_site_file
from autosilo.twin.plc import faults
from autosilo.twin.plc.fault_orders import ORDER
from autosilo.twin.plc.hands import turn_key
from autosilo.twin.plc.memory import Car, Job, LiftMemory
from autosilo.twin.plc.plc import Plc
from autosilo.wire.mailbox import Command, Fault, JobState, Kind, Mode, Reject
from twin.plc.sitetext import SLUG, car, site_text, vin

SCAN_S = 0.025
WALL = 1_900_000_000.0
"""Seconds since 1970 when the test begins."""


class Box:
    """One tower. ``cars``: place -> number of the car; ``shape``: see ``site_text``."""

    def __init__(self, home: Path, cars: dict[str, int] | None = None, **shape: Any) -> None:
        self.home = home
        path = home / f"{SLUG}.toml"
        path.write_text(site_text(**shape), encoding="utf-8")
        self.site: SiteConfig = read_site_file(path)
        self.now = 0.0
        self._beat = 0
        self.plc = self._power_on()
        for place, number in (cars or {}).items():
            self.plc.memory.cars[vin(number)] = Car(**car(number))
            self.plc.memory.places[place] = vin(number)
        self.plc.world.touch()
        self.tick(2)
        self.numbers = {unit: [1, 0] for unit in self.plc.units}

    def _power_on(self) -> Plc:
        return Plc(site=self.site, home=self.home, url="opc.tcp://127.0.0.1:0", pace=1.0)

    def cycle_power(self) -> None:
        """Without a word, as a kill does: what was not retained is gone."""
        self.plc.close()
        self.plc = self._power_on()
        self.plc.power_on()
        self.tick(2)

    def tick(self, scans: int = 1, *, scan_s: float = SCAN_S) -> None:
        """Let time pass; the controller's heart beats."""
        for _ in range(scans):
            self.now += scan_s
            self._beat += 1
            for unit in self.plc.units.values():
                unit.hear(self._beat, self.now)
            self.plc.scan(self.now, scan_s, WALL + self.now)

    def until(self, true: Callable[[], bool], *, within_s: float = 300.0) -> None:
        until = self.now + within_s
        while not true():
            assert self.now < until, "did not come true"
            self.tick()

    def command(self, kind: int, src: str = "", dst: str = "", *, unit: str = "L1") -> Command:
        """The next command in order."""
        self.numbers[unit][1] += 1
        epoch, seq = self.numbers[unit]
        return Command(epoch, seq, seq, kind, src, dst, 0, int(WALL + self.now + 60))

    def send(self, command: Command, *, unit: str = "L1") -> Reject:
        """Write it into the mailbox and let one scan pass."""
        self.plc.mails[unit].post(command, command.checksum(), self.now)
        self.tick()
        return self.plc.units[unit].reject

    def say(self, kind: int, src: str = "", dst: str = "", *, unit: str = "") -> Reject:
        unit = unit or (src if kind in (Kind.OPEN_GATE, Kind.SHUT_GATE) else "L1")
        return self.send(self.command(kind, src, dst, unit=unit), unit=unit)

    def begin(self, src: str, dst: str, *, unit: str = "L1") -> None:
        assert self.say(Kind.MOVE, src, dst, unit=unit) is Reject.NONE

    def done(self, unit: str = "L1") -> tuple[JobState, Fault]:
        """Wait until no job of ``unit`` runs; how the last one stands."""
        self.until(lambda: not self.runs(unit))
        line = self.plc.units[unit].memory.log[0]
        return line.state, line.fault

    def move(self, src: str, dst: str, *, unit: str = "L1") -> float:
        """A move from beginning to end; the seconds that it took."""
        start = self.now
        self.begin(src, dst, unit=unit)
        assert self.done(unit) == (JobState.ENDED, Fault.NONE)
        return self.now - start

    def open_gate(self, station: str) -> None:
        assert self.say(Kind.OPEN_GATE, station) is Reject.NONE
        assert self.done(station) == (JobState.ENDED, Fault.NONE)

    def shut_gate(self, station: str) -> None:
        assert self.say(Kind.SHUT_GATE, station) is Reject.NONE
        assert self.done(station) == (JobState.ENDED, Fault.NONE)

    def runs(self, unit: str = "L1") -> bool:
        job = self.job(unit)
        return job is not None and job.running

    def job(self, unit: str = "L1") -> Job | None:
        return self.plc.units[unit].memory.job

    def lift(self, name: str = "L1") -> LiftMemory:
        return self.plc.memory.lifts[name]

    @property
    def places(self) -> dict[str, str]:
        return self.plc.memory.places

    @property
    def violations(self) -> dict[str, int]:
        return self.plc.memory.violations

    def fault(self, kind: str, at: str, *, there: bool = True, **parameters: Any) -> None:
        order = ORDER.validate_python({"kind": kind, "at": at, "set": there, **parameters})
        faults.apply(self.plc.world, order, order.kind)

    def mode(self, mode: Mode, lift: str = "L1") -> None:
        turn_key(self.plc.world, lift, mode)

    def ledger(self) -> list[dict[str, Any]]:
        return self.plc.ledger.read(0, 10**6)
