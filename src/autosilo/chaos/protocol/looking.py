"""The PLC looks at the command in its mailbox: numbers and checksum, then interlocks, then it begins."""

from collections.abc import Iterator

from autosilo.chaos.protocol.judge import judge, resumed_by_sensors
from autosilo.chaos.protocol.memory import dirty, remember
from autosilo.chaos.protocol.state import (
    ACCEPTED,
    BETWEEN,
    ENDED,
    MOVE,
    OPEN_GATE,
    PUBLISH,
    RESUME,
    RUNNING,
    SHUT_GATE,
    SYNC,
    Cmd,
    Job,
    Rules,
    State,
    Unit,
)
from autosilo.chaos.protocol.step import FAULT, OWN, Step, begin, done
from autosilo.wire.mailbox import Reject


def look(state: State, index: int, rules: Rules) -> Iterator[Step]:
    unit = state.units[index]
    box = unit.box
    key = (box.epoch, box.seq, box.crc)
    if box.seq == 0 or box.payload is None or key == unit.seen:
        return
    cmd = Cmd(box.epoch, box.seq, *box.payload)
    unit = unit._replace(seen=key)
    first = _numbers(unit, cmd, rules)
    if first is not Reject.NONE:
        yield _refuse(state, index, unit, cmd, first, PUBLISH)
        return
    epoch, seq = max(unit.mem[:2], cmd.key)
    unit = unit._replace(mem=unit.mem._replace(epoch=epoch, seq=seq))
    yield _refuse(state, index, unit, cmd, Reject.EXPIRED, dirty(rules), FAULT)  # or CONTROLLER_SILENT
    if cmd.kind == SYNC:
        yield _accept(state, index, unit, cmd, rules)
        return
    reject = judge(state, index, unit.mem, cmd, rules)
    if reject is Reject.NONE:
        yield _accept(state, index, unit, cmd, rules)
    else:
        yield _refuse(state, index, unit, cmd, reject, dirty(rules))


def _numbers(unit: Unit, cmd: Cmd, rules: Rules) -> Reject:
    if unit.box.crc != cmd and not rules.no_checksum:
        return Reject.BAD_CRC
    if cmd.epoch < unit.mem.epoch and not rules.any_epoch:
        return Reject.OLD_EPOCH
    if cmd.epoch == unit.mem.epoch and cmd.seq <= unit.mem.seq and not rules.any_seq:
        return Reject.OLD_SEQ
    return Reject.NONE


def _refuse(state: State, index: int, unit: Unit, cmd: Cmd, reject: Reject, stage: int, cause: str = OWN) -> Step:
    after = unit._replace(ack=(cmd.epoch, cmd.seq, int(reject)))
    return Step(("The PLC looks at {}: {}", cmd, reject.name), state.with_unit(index, after, stage=stage), cause)


def _accept(state: State, index: int, unit: Unit, cmd: Cmd, rules: Rules) -> Step:
    unit, broken, gate = unit._replace(ack=(cmd.epoch, cmd.seq, ACCEPTED)), "", state.gate
    says = "The PLC accepts {}"
    if cmd.kind == RESUME and unit.mem.job is not None:
        job = unit.mem.job
        if resumed_by_sensors(state, job, rules):
            unit = done(unit, job.cmd)._replace(mem=remember(unit.mem, job._replace(state=ENDED, fault=0), rules))
            says += "; the car stands at its destination already"
        else:
            unit = unit._replace(mem=remember(unit.mem, job._replace(state=RUNNING, fault=0), rules))
            gate = BETWEEN if job.cmd.kind in (OPEN_GATE, SHUT_GATE) else gate
    elif cmd.tracked:
        unit, broken = begin(unit, cmd)
        unit = unit._replace(mem=remember(unit.mem, Job(cmd, RUNNING, 0), rules))
        gate = BETWEEN if cmd.kind != MOVE else gate
    return Step((says, cmd), state.with_unit(index, unit, stage=dirty(rules), gate=gate), broken=broken)
