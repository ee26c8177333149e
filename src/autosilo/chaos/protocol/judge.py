"""The PLC's interlocks, as far as the model's small machine has them; the same order of reasons as the twin's."""

from autosilo.chaos.protocol.state import (
    CARRIAGE,
    GATE_PLACE,
    INTERRUPTED,
    LIFT,
    MOVE,
    RESUME,
    SHUT,
    STATION,
    Cmd,
    Job,
    Mem,
    Rules,
    State,
)
from autosilo.wire.mailbox import Reject


def judge(state: State, index: int, mem: Mem, cmd: Cmd, rules: Rules) -> Reject:
    """May this command begin? Its numbers and checksum are right."""
    if cmd.kind == RESUME:
        return _resume(state, mem, rules)
    if (index == LIFT) != (cmd.kind == MOVE):
        return Reject.UNKNOWN_KIND
    if mem.job is not None:
        return Reject.BUSY
    return _move(state, cmd) if cmd.kind == MOVE else _gate(state)


def resumed_by_sensors(state: State, job: Job, rules: Rules) -> bool:
    """The transfer was over when the power went, only the memory had not heard of it yet."""
    if job.cmd.kind != MOVE or rules.blind_resume:
        return False
    return CARRIAGE not in state.cars and job.cmd.src not in state.cars and job.cmd.dst in state.cars


def _move(state: State, cmd: Cmd) -> Reject:
    if not state.auto:
        return Reject.NOT_AUTO
    if CARRIAGE in state.cars:
        return Reject.CARRIAGE_LOADED
    if cmd.dst in state.cars:
        return Reject.DESTINATION_TAKEN
    return _station_free(state, cmd) or (Reject.NONE if cmd.src in state.cars else Reject.SOURCE_EMPTY)


def _station_free(state: State, cmd: Cmd) -> Reject:
    if GATE_PLACE not in (cmd.src, cmd.dst) or len(state.units) == 1:
        return Reject.NONE
    if state.units[STATION].mem.job is not None:
        return Reject.STATION_IN_USE
    return Reject.NONE if state.gate == SHUT else Reject.GATE_NOT_SHUT


def _gate(state: State) -> Reject:
    if not state.auto:
        return Reject.NOT_AUTO
    serving = state.units[LIFT].mem.job
    return Reject.STATION_IN_USE if serving is not None and GATE_PLACE in serving.cmd[3:] else Reject.NONE


def _resume(state: State, mem: Mem, rules: Rules) -> Reject:
    job = mem.job
    if job is None or job.state != INTERRUPTED:
        return Reject.NOTHING_TO_RESUME
    if not state.auto:
        return Reject.NOT_AUTO
    if job.cmd.kind != MOVE:
        return _gate(state)
    if resumed_by_sensors(state, job, rules):
        return Reject.NONE
    if CARRIAGE not in state.cars and job.cmd.src not in state.cars:
        return Reject.SOURCE_EMPTY
    return Reject.DESTINATION_TAKEN if job.cmd.dst in state.cars else Reject.NONE
