"""What to do when a command fails: one pure function, one row for each thing that the PLC can say.

*Retry*: the cause goes by itself or is ours to remove; ask again after a pause. *Hold*: somebody must look; an operator
releases. *Abort*: this command can never succeed; the job must take another way.
"""

from dataclasses import dataclass
from enum import StrEnum

from autosilo.wire.mailbox import Fault, Reject

SOON_S = 0.25
LATER_S = 1.0


class Verdict(StrEnum):
    RETRY = "retry"
    HOLD = "hold"
    ABORT = "abort"


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    after_s: float = 0.0
    """Pause before a retry."""
    reason: str = ""
    """For people, in English; set for a hold."""


def _retry(after_s: float) -> Decision:
    return Decision(Verdict.RETRY, after_s=after_s)


def _hold(reason: str) -> Decision:
    return Decision(Verdict.HOLD, reason=reason)


ABORT = Decision(Verdict.ABORT)

ON_REJECT: dict[Reject, Decision] = {
    Reject.NONE: _retry(0.0),
    Reject.BAD_CRC: _retry(SOON_S),
    Reject.OLD_EPOCH: _hold("another controller has taken over this lift"),
    Reject.OLD_SEQ: _hold("another controller has used this lift's numbers"),
    Reject.EXPIRED: _retry(SOON_S),
    Reject.UNKNOWN_KIND: _hold("the PLC does not know this command"),
    Reject.UNKNOWN_PLACE: _hold("the PLC does not know this place: site file and PLC disagree"),
    Reject.BUSY: _retry(SOON_S),
    Reject.NOTHING_TO_RESUME: _retry(SOON_S),
    Reject.CONTROLLER_SILENT: _retry(SOON_S),
    Reject.SOURCE_EMPTY: _hold("no car where the inventory has one"),
    Reject.DESTINATION_TAKEN: _hold("a car where the inventory has none"),
    Reject.CARRIAGE_LOADED: _hold("a car on the carriage without a job"),
    Reject.NOT_AUTO: _hold("the key switch is not on Auto"),
    Reject.EMERGENCY_STOP: _hold("emergency stop"),
    Reject.PERSON_IN_ZONE: _retry(LATER_S),
    Reject.GATE_NOT_SHUT: _hold("a gate is not shut"),
    Reject.ZONE_NOT_CLEAR: _retry(SOON_S),
    Reject.DRIVE_FAULT: _hold("drive fault"),
    Reject.CHARGER_PLUGGED: _hold("the charging cable is plugged in"),
    Reject.TOO_LARGE: ABORT,
    Reject.TOO_HEAVY: ABORT,
}
"""Before anything moved. A person in the zone before a start is an everyday event: wait until the zone is clear."""

ON_INTERRUPTION: dict[Fault, Decision] = {
    Fault.NONE: _retry(SOON_S),
    Fault.POWER_LOSS: _retry(0.0),
    Fault.PERSON_IN_ZONE: _hold("a person was in the zone while it moved"),
    Fault.EMERGENCY_STOP: _hold("emergency stop"),
    Fault.MODE_CHANGED: _hold("the key switch was turned during a job"),
    Fault.DRIVE_FAULT: _hold("drive fault"),
    Fault.GATE_BLOCKED: _hold("a gate opened during a move"),
}
"""In the middle of a job; retry means RESUME. After a power cut the PLC's own interlocks decide whether it may."""

ON_ABORT: dict[Fault, Decision] = {
    fault: _hold(f"the PLC gave the job up: {fault.name.lower()}") for fault in Fault
} | {
    Fault.GATE_BLOCKED: _retry(LATER_S),
}
"""The PLC gave a job up."""


def on_reject(code: Reject) -> Decision:
    """The command was not begun."""
    return ON_REJECT[code]


def on_interruption(fault: Fault) -> Decision:
    """The job stands still in the middle."""
    return ON_INTERRUPTION[fault]


def on_abort(fault: Fault) -> Decision:
    """The job was given up."""
    return ON_ABORT[fault]
