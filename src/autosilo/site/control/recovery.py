"""What to do when something fails: one pure function, one row for each thing that the PLC can say.

*Retry*: the cause goes by itself or is ours to remove; ask again after a pause. *Hold*: somebody must look; an operator
releases. *Abort*: this command can never succeed; the job must take another way.
"""

from dataclasses import dataclass
from enum import StrEnum

from autosilo.wire.mailbox import Fault, Reject

SOON_S = 0.25
LATER_S = 1.0


class Stage(StrEnum):
    """When it failed."""

    REJECT = "reject"
    """Before anything moved."""
    INTERRUPTION = "interruption"
    """In the middle of a job, which stands; a retry is a RESUME."""
    ABORT = "abort"
    """The PLC gave the job up; a retry is a new command."""


@dataclass(frozen=True, slots=True)
class Failure:
    """``code`` is a ``Reject`` or, in and after a job, a ``Fault``."""

    stage: Stage
    code: Reject | Fault

    @classmethod
    def reject(cls, code: Reject) -> "Failure":
        return cls(Stage.REJECT, code)

    @classmethod
    def interruption(cls, code: Fault) -> "Failure":
        return cls(Stage.INTERRUPTION, code)

    @classmethod
    def abort(cls, code: Fault) -> "Failure":
        return cls(Stage.ABORT, code)


class Verdict(StrEnum):
    RETRY = "retry"
    HOLD = "hold"
    ABORT = "abort"


@dataclass(frozen=True, slots=True)
class Decision:
    """``after_s``: pause before a retry. ``reason``: for people, in English; set for anything but a retry.

    ``lasting``: the same for a retry that never succeeds; ``by_people``: it may be people who are in the way.
    """

    verdict: Verdict
    after_s: float = 0.0
    reason: str = ""
    lasting: str = ""
    by_people: bool = False


def _retry(after_s: float, lasting: str = "", *, by_people: bool = False) -> Decision:
    return Decision(Verdict.RETRY, after_s=after_s, lasting=lasting, by_people=by_people)


def _hold(reason: str) -> Decision:
    return Decision(Verdict.HOLD, reason=reason)


def _abort(reason: str) -> Decision:
    return Decision(Verdict.ABORT, reason=reason)


ON_REJECT: dict[Reject, Decision] = {
    Reject.NONE: _retry(0.0),
    Reject.BAD_CRC: _retry(SOON_S, "the PLC finds a wrong checksum in each command"),
    Reject.OLD_EPOCH: _hold("another controller has taken over this unit"),
    Reject.OLD_SEQ: _hold("another controller has used this unit's numbers"),
    Reject.EXPIRED: _retry(SOON_S, "the PLC finds each command too late: the clocks of PLC and controller differ"),
    Reject.UNKNOWN_KIND: _hold("the PLC does not know this command"),
    Reject.UNKNOWN_PLACE: _hold("the PLC does not know this place: site file and PLC disagree"),
    Reject.BUSY: _retry(SOON_S, "the PLC says that it is busy with another job"),
    Reject.NOTHING_TO_RESUME: _retry(SOON_S, "the PLC says that there is nothing to go on with"),
    Reject.CONTROLLER_SILENT: _retry(SOON_S, "the PLC does not notice this controller's heartbeat"),
    Reject.SOURCE_EMPTY: _hold("no car where the inventory has one"),
    Reject.DESTINATION_TAKEN: _hold("a car where the inventory has none"),
    Reject.CARRIAGE_LOADED: _hold("a car on the carriage without a job"),
    Reject.PATH_BLOCKED: _hold("a car in a front bay where the inventory has none"),
    Reject.STATION_IN_USE: _retry(SOON_S, "the PLC says that the station is in use", by_people=True),
    Reject.NOT_AUTO: _hold("the key switch is not on Auto"),
    Reject.EMERGENCY_STOP: _hold("emergency stop"),
    Reject.PERSON_IN_ZONE: _retry(LATER_S, "the PLC sees a person in the zone", by_people=True),
    Reject.GATE_NOT_SHUT: _hold("a gate is not shut"),
    Reject.ZONE_NOT_CLEAR: _retry(SOON_S, "the PLC says that the zone is not clear", by_people=True),
    Reject.DRIVE_FAULT: _hold("drive fault"),
    Reject.CHARGER_PLUGGED: _hold("the charging cable is plugged in"),
    Reject.TOO_LARGE: _abort("the car is too large for the destination"),
    Reject.TOO_HEAVY: _abort("the car is too heavy for the destination"),
    Reject.ENGINE_RUNNING: _hold("the car in the intake was switched on again"),
    Reject.SHUTTER_NOT_SHUT: _retry(LATER_S, "the PLC says that a shutter is not shut", by_people=True),
}
"""A person in the zone before a start is an everyday event: wait until the zone is clear. So is a shutter or a station
that another lift or gate uses just now."""

ON_INTERRUPTION: dict[Fault, Decision] = {
    Fault.NONE: _retry(SOON_S),
    Fault.POWER_LOSS: _retry(0.0),
    Fault.PERSON_IN_ZONE: _hold("a person was in the zone while it moved"),
    Fault.EMERGENCY_STOP: _hold("emergency stop"),
    Fault.MODE_CHANGED: _hold("the key switch was turned during a job"),
    Fault.DRIVE_FAULT: _hold("drive fault"),
    Fault.GATE_BLOCKED: _hold("something stood in a closing gate"),
    Fault.SENSOR_MISMATCH: _hold("after a transfer the sensors of place and carriage contradict each other"),
    Fault.SHUTTER_BLOCKED: _hold("something stood in a closing shutter"),
}
"""After a power cut the PLC's own interlocks decide whether it may go on."""

ON_ABORT: dict[Fault, Decision] = {
    fault: _hold(f"the PLC gave the job up: {fault.name.lower().replace('_', ' ')}") for fault in Fault
} | {Fault.GATE_BLOCKED: _retry(LATER_S, "something stands in the gate each time that it shuts", by_people=True)}
"""Only a gate that something stood in is shut anew without a person."""


def decide(failure: Failure) -> Decision:
    """Raises ``KeyError`` for a code that has no row; a test sees to it that there is none."""
    if failure.stage is Stage.REJECT:
        return ON_REJECT[Reject(failure.code)]
    table = ON_INTERRUPTION if failure.stage is Stage.INTERRUPTION else ON_ABORT
    return table[Fault(failure.code)]
