"""What survives a power cut, as Python values: the PLC's retained memory, and the world that stands where it stood.

World and PLC are kept together in one snapshot, so that after a kill at any moment the sensors and the log agree about
what has happened, as they do in a real machine, whose cars do not move while its power is off.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from autosilo.twin.plc.leaf import Leaf
from autosilo.wire.mailbox import RETAINED_JOBS, Command, Fault, JobState, Mode, Phase, RetainedJob


@dataclass(slots=True)
class Car:
    """A physical car, as a tape measure and a scale would see it."""

    vin: str
    length_mm: int
    width_mm: int
    height_mm: int
    mass_kg: int
    plate: str
    plugged: bool = False
    engine_running: bool = False


class Step(IntEnum):
    """How far a job is: finer than the mailbox's ``Phase``, so that it goes on where it was."""

    TO_SOURCE = 1
    TAKE_OPEN = 2
    """The source's shutter opens."""
    TAKE = 3
    TAKE_SHUT = 4
    TO_DESTINATION = 5
    PUT_OPEN = 6
    PUT = 7
    PUT_SHUT = 8
    GATE = 9


PHASE = {
    Step.TO_SOURCE: Phase.TO_SOURCE,
    Step.TAKE_OPEN: Phase.TAKING,
    Step.TAKE: Phase.TAKING,
    Step.TAKE_SHUT: Phase.TAKING,
    Step.TO_DESTINATION: Phase.TO_DESTINATION,
    Step.PUT_OPEN: Phase.PUTTING,
    Step.PUT: Phase.PUTTING,
    Step.PUT_SHUT: Phase.PUTTING,
    Step.GATE: Phase.GATE,
}
TAKING = (Step.TAKE_OPEN, Step.TAKE, Step.TAKE_SHUT)
PUTTING = (Step.PUT_OPEN, Step.PUT, Step.PUT_SHUT)


@dataclass(slots=True)
class Job:
    """The job that runs or is interrupted."""

    command: Command
    step: Step
    state: JobState
    fault: Fault = Fault.NONE

    @property
    def running(self) -> bool:
        return self.state is JobState.RUNNING

    @property
    def key(self) -> tuple[int, int]:
        """(epoch, seq)."""
        return self.command.epoch, self.command.seq

    @property
    def handles(self) -> str | None:
        """The place before which the carriage stands to take or put, None while it travels."""
        if self.step in TAKING:
            return self.command.src
        return self.command.dst if self.step in PUTTING else None


@dataclass(slots=True, kw_only=True)
class UnitMemory:
    """Numbers, job and log of one unit, lift or station."""

    epoch: int = 0
    seq: int = 0
    job: Job | None = None
    log: list[RetainedJob] = field(default_factory=list)

    def remember(self, job: Job) -> None:
        """Put the job's present state into the retained log, newest first, one line a (epoch, seq)."""
        command = job.command
        line = RetainedJob(
            command.epoch,
            command.seq,
            command.job_id,
            command.kind,
            command.src,
            command.dst,
            job.state,
            job.fault,
        )
        others = [one for one in self.log if (one.epoch, one.seq) != job.key]
        self.log = [line, *others][:RETAINED_JOBS]


@dataclass(slots=True, kw_only=True)
class LiftMemory(UnitMemory):
    """``x`` metres or degrees, ``y`` metres; ``load`` is the VIN on the carriage; ``mode`` the key switch, and
    ``mode_changes`` how often it was turned, modulo 2^32."""

    x: float
    y: float
    load: str | None = None
    mode: Mode = Mode.AUTO
    mode_changes: int = 0


@dataclass(slots=True)
class Visit:
    """A driver at work in a station: driving ``vin`` in or out, with ``remaining_s`` to go of ``total_s``."""

    vin: str
    leaving: bool
    remaining_s: float
    total_s: float
    car: Car | None = None
    """The arriving car, until it stands in the station."""


@dataclass(slots=True, kw_only=True)
class StationMemory(UnitMemory):
    """``shutters``: one towards each lift that reaches the station, by its name; none where there is no airlock."""

    gate: Leaf = field(default_factory=Leaf)
    shutters: dict[str, Leaf] = field(default_factory=dict)
    visit: Visit | None = None


@dataclass(slots=True)
class Witness:
    """What the observer of invariants knows of one unit's past: see ``observer``."""

    ran: list[tuple[int, int]] = field(default_factory=list)
    """(epoch, seq) of its latest jobs, oldest first."""
    forgotten: tuple[int, int] = (0, 0)
    """Highest of those that are not listed any more."""


@dataclass(slots=True)
class Memory:
    """All of it. ``places``: place -> VIN. ``faults``: kind -> where -> its parameters."""

    lifts: dict[str, LiftMemory]
    stations: dict[str, StationMemory]
    cars: dict[str, Car] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    faults: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    violations: dict[str, int] = field(default_factory=dict)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    moves_done: int = 0
    ledger_next: int = 1
    ledger_unflushed: list[dict[str, Any]] = field(default_factory=list)
    """Events that may not be on the disk in the ledger's own file yet."""
    serial: int = 0
