"""What the model remembers: one immutable, hashable state of controller, link, PLC and cars, and the rules in force.

Plain integers and strings stand for the codes of ``wire.mailbox``, because an ``IntEnum`` hashes ten times slower.
"""

from dataclasses import dataclass
from typing import NamedTuple

from autosilo.wire.mailbox import Fault, JobState, Kind, Reject

SYNC, MOVE, OPEN_GATE, SHUT_GATE, RESUME = (
    int(kind) for kind in (Kind.SYNC, Kind.MOVE, Kind.OPEN_GATE, Kind.SHUT_GATE, Kind.RESUME)
)
RUNNING, INTERRUPTED, ENDED, ABORTED = (
    int(state) for state in (JobState.RUNNING, JobState.INTERRUPTED, JobState.ENDED, JobState.ABORTED)
)
ACCEPTED = int(Reject.NONE)
NO_FAULT = int(Fault.NONE)

LIFT, STATION = 0, 1
UNITS = ("L1", "L1.D1")
GATE_PLACE = "D1"
CARRIAGE = "carriage"
OUTSIDE = "outside"
SHUT, BETWEEN, OPEN = 0, 1, 2

LOGIC, RETAIN, PUBLISH = 0, 1, 2
"""What the PLC does next: look and work, write to its retained memory, or show its status."""

PREPARE, AWAIT, READ_LOG, HELD, RELEASED = "prepare", "await", "read log", "held", "released"
"""Where a unit's driver in the controller stands."""


class Cmd(NamedTuple):
    """A command; its checksum is itself."""

    epoch: int
    seq: int
    kind: int
    src: str
    dst: str

    @property
    def key(self) -> tuple[int, int]:
        return self[:2]

    @property
    def payload(self) -> tuple[int, str, str]:
        return self[2:]

    @property
    def tracked(self) -> bool:
        """Does the journal keep it open until its outcome is known?"""
        return self.kind in (MOVE, OPEN_GATE, SHUT_GATE)


class Job(NamedTuple):
    """The job that runs or is interrupted."""

    cmd: Cmd
    state: int
    fault: int


class Line(NamedTuple):
    """One line of the retained log."""

    epoch: int
    seq: int
    state: int
    fault: int


class Mem(NamedTuple):
    """A unit's memory in the PLC, of which there is a volatile and a retained copy."""

    epoch: int = 0
    seq: int = 0
    job: Job | None = None
    log: tuple[Line, ...] = ()


class Box(NamedTuple):
    """The command nodes, written one after the other; ``crc`` is the command that it was computed from."""

    epoch: int = 0
    payload: tuple[int, str, str] | None = None
    crc: Cmd | None = None
    seq: int = 0


class Pub(NamedTuple):
    """A unit's published status. ``ack``: epoch, seq, reject."""

    ack: tuple[int, int, int]
    job: Job | None
    log: tuple[Line, ...]


class View(NamedTuple):
    """The published sensors: occupied places (with the carriage), the gate, the key switch."""

    occupied: tuple[str, ...]
    gate: int
    auto: bool


class Fate(NamedTuple):
    """What an observer outside knows of a command that can still matter. It takes no part in the protocol."""

    key: tuple[int, int]
    begun: int
    """0 no, 1 begun, 2 it has done its work or was given up."""
    settled: str
    """As journalled: empty while open, then ended, aborted, rejected or void."""


class Unit(NamedTuple):
    """One unit: its driver in the controller, its journal, its link, its program in the PLC."""

    # controller, volatile
    pc: str = PREPARE
    hand: Cmd | None = None
    fenced: bool = False
    compared: bool = False
    got: Pub | None = None
    """The status as last polled (only where polling is modelled)."""
    # controller, durable
    epoch: int = 0
    seq: int = 0
    open: Cmd | None = None
    # link
    flight: tuple[tuple[Cmd, int], ...] = ()
    """Writes under way: the command and how many of its four fields have arrived."""
    # PLC
    box: Box = Box()
    seen: tuple[int, int, Cmd | None] | None = None
    ack: tuple[int, int, int] = (0, 0, 0)
    mem: Mem = Mem()
    ret: Mem = Mem()
    pub: Pub | None = Pub((0, 0, 0), None, ())
    # observer
    fates: tuple[Fate, ...] = ()


class State(NamedTuple):
    """All of it."""

    units: tuple[Unit, ...]
    cars: tuple[str, ...]
    """Where each car really is."""
    books: tuple[str, ...]
    """Where the journal has it."""
    view: View | None
    got: View | None = None
    stage: int = LOGIC
    auto: bool = True
    gate: int = SHUT
    step: int = 0
    """Which step of the visit the journal has."""
    turn: int = 0
    """Which car it is about."""

    def with_unit(self, index: int, unit: Unit, **changes: object) -> "State":
        units = (*self.units[:index], unit, *self.units[index + 1 :])
        return self._replace(units=units, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Bounds of the model, and which safeguard is taken out of it (all of those are False in the real protocol)."""

    station: bool = False
    """With a station that has a gate, a driver and a mailbox of its own."""
    cars: int = 1
    in_flight: int = 2
    """Writes that can be under way to one unit at the same time: the newest, and late or doubled ones."""
    torn: bool = True
    """Fields arrive one by one, so that the PLC can look between two of them and two writes can mix."""
    polled: bool = False
    """The controller works on what it last polled instead of on what the PLC publishes at this moment."""
    log_lines: int = 2
    switch: bool = True
    """The key switch can be turned at any moment."""

    crashes: bool = True
    """Controller and PLC can die, sessions can break, at any moment and any number of times."""

    no_journal: bool = False
    """The intent is not written down before it is sent."""
    no_retained_log: bool = False
    """Job and log do not survive a power cut."""
    any_seq: bool = False
    """The PLC takes any Seq of the present epoch that differs from the last."""
    no_fence: bool = False
    """The controller settles without raising the epoch first."""
    any_epoch: bool = False
    """The PLC does not refuse an older epoch."""
    publish_first: bool = False
    """The status is shown before it is retained."""
    timeout_concludes: bool = False
    """No acknowledgement in time is taken for: it was not begun."""
    bad_crc_is_final: bool = False
    """BAD_CRC is taken for a refusal that stands."""
    old_seq_is_final: bool = False
    """OLD_SEQ and OLD_EPOCH are taken for a refusal that stands."""
    failed_write_keeps_fence: bool = False
    """A write that failed in a session that goes on is settled without a new fence."""
    no_checksum: bool = False
    """The PLC takes the fields as they stand."""
    blind_resume: bool = False
    """RESUME takes the job's phase from memory instead of from the sensors."""


def first_state(rules: Rules) -> State:
    """Everything at rest and switched on, cars in their bays, the controller about to connect."""
    bays = tuple(f"B{number + 1}" for number in range(rules.cars))
    units = tuple(Unit() for _ in UNITS[: 2 if rules.station else 1])
    return State(units, bays, bays, View(tuple(sorted(bays)), SHUT, True))
