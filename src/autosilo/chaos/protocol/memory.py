"""The PLC's memory: its volatile and its retained copy, what is published of it, and what a power cut leaves."""

from autosilo.chaos.protocol.link import broken_session
from autosilo.chaos.protocol.state import (
    ABORTED,
    ACCEPTED,
    ENDED,
    INTERRUPTED,
    LOGIC,
    OUTSIDE,
    PUBLISH,
    RETAIN,
    RUNNING,
    Box,
    Job,
    Line,
    Mem,
    Pub,
    Rules,
    State,
    Unit,
    View,
)
from autosilo.chaos.protocol.step import Step, fate_of, with_fate
from autosilo.wire.mailbox import Fault


def view_of(state: State) -> View:
    occupied = tuple(sorted(place for place in state.cars if place != OUTSIDE))
    return View(occupied, state.gate, state.auto)


def dirty(rules: Rules) -> int:
    """What comes after a change that must be retained."""
    return PUBLISH if rules.publish_first else RETAIN


def retain(state: State, rules: Rules) -> Step:
    units = tuple([unit._replace(ret=unit.mem) for unit in state.units])
    broken = ""
    for unit in state.units:
        if unit.mem[:2] < unit.ret[:2]:
            broken = "a retained number falls"
    after = state._replace(units=units, stage=LOGIC if rules.publish_first else PUBLISH)
    return Step(("The PLC retains its memory",), after, broken=broken)


def publish(state: State, rules: Rules) -> Step:
    units = tuple([unit._replace(pub=Pub(unit.ack, unit.mem.job, unit.mem.log)) for unit in state.units])
    after = state._replace(units=units, view=view_of(state), stage=RETAIN if rules.publish_first else LOGIC)
    return Step(("The PLC publishes its status",), after)


def power_cut(state: State, rules: Rules) -> State:
    after = broken_session(state)
    units = tuple([_power_on(unit, rules) for unit in after.units])
    return after._replace(units=units, view=None, stage=dirty(rules))


def _power_on(unit: Unit, rules: Rules) -> Unit:
    mem, lost = unit.ret, unit.mem.job
    if lost is not None and all(line[:2] != lost.cmd.key for line in mem.log):
        fate = fate_of(unit, lost.cmd.key)
        if fate.begun == 1:  # it was accepted in the very scan that died, before anything could move
            unit = with_fate(unit, fate._replace(begun=0))
    if rules.no_retained_log:
        mem = mem._replace(job=None, log=())
    if mem.job is not None and mem.job.state == RUNNING:
        mem = remember(mem, mem.job._replace(state=INTERRUPTED, fault=int(Fault.POWER_LOSS)), rules)
    return unit._replace(mem=mem, ack=(mem.epoch, mem.seq, ACCEPTED), seen=None, box=Box(), pub=None)


def remember(mem: Mem, job: Job, rules: Rules) -> Mem:
    """``job`` as current (or over) and at the head of the log."""
    line = Line(job.cmd.epoch, job.cmd.seq, job.state, job.fault)
    others = [one for one in mem.log if one[:2] != line[:2]]
    current = None if job.state in (ENDED, ABORTED) else job
    return mem._replace(job=current, log=tuple([line, *others][: rules.log_lines]))
