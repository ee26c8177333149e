"""The PLC: it looks at a command, judges, works, retains and publishes, as ``docs/reference/mailbox.md`` asks.

A power cut fits between any two of these. The machine itself (cars, gate) keeps its state whatever the PLC forgets.
"""

from collections.abc import Iterator

from autosilo.chaos.protocol import flow
from autosilo.chaos.protocol.judge import judge, resumed_by_sensors
from autosilo.chaos.protocol.link import broken_session
from autosilo.chaos.protocol.state import (
    ABORTED,
    ACCEPTED,
    BETWEEN,
    CARRIAGE,
    ENDED,
    GATE_PLACE,
    INTERRUPTED,
    LIFT,
    LOGIC,
    MOVE,
    OPEN,
    OPEN_GATE,
    OUTSIDE,
    PUBLISH,
    RESUME,
    RETAIN,
    RUNNING,
    SHUT,
    SHUT_GATE,
    STATION,
    SYNC,
    UNITS,
    Box,
    Cmd,
    Job,
    Line,
    Mem,
    Pub,
    Rules,
    State,
    Unit,
    View,
)
from autosilo.chaos.protocol.step import FAULT, PERSON, Step, begin, done, fate_of, with_fate
from autosilo.wire.mailbox import Fault, Reject


def steps(state: State, rules: Rules) -> Iterator[Step]:
    """What PLC, machine and people at the machine can do now."""
    if rules.crashes:
        yield Step(("The PLC loses power and comes back",), _power_cut(state, rules), FAULT)
    if state.stage == RETAIN:
        yield _retain(state, rules)
        return
    if state.stage == PUBLISH:
        yield _publish(state, rules)
        return
    if rules.switch:
        says = "The key switch is turned " + ("away from Auto" if state.auto else "back to Auto")
        yield Step((says,), state._replace(auto=not state.auto), PERSON)
    driven = flow.driver_may(state, rules)
    if driven is not None:
        place = flow._put(state.cars, state.turn, driven)
        yield Step(("The driver goes {}", driven), state._replace(cars=place))
    if view_of(state) != state.view:
        yield Step(("The PLC publishes its sensors",), state._replace(view=view_of(state)))
    for index in range(len(state.units)):
        yield from _look(state, index, rules)
        yield from _work(state, index, rules)


def view_of(state: State) -> View:
    occupied = tuple(sorted(place for place in state.cars if place != OUTSIDE))
    return View(occupied, state.gate, state.auto)


# --- memory ---


def _dirty(rules: Rules) -> int:
    """What comes after a change that must be retained."""
    return PUBLISH if rules.publish_first else RETAIN


def _retain(state: State, rules: Rules) -> Step:
    units = tuple([unit._replace(ret=unit.mem) for unit in state.units])
    broken = ""
    for unit in state.units:
        if unit.mem[:2] < unit.ret[:2]:
            broken = "a retained number falls"
    after = state._replace(units=units, stage=LOGIC if rules.publish_first else PUBLISH)
    return Step(("The PLC retains its memory",), after, broken=broken)


def _publish(state: State, rules: Rules) -> Step:
    units = tuple([unit._replace(pub=Pub(unit.ack, unit.mem.job, unit.mem.log)) for unit in state.units])
    after = state._replace(units=units, view=view_of(state), stage=RETAIN if rules.publish_first else LOGIC)
    return Step(("The PLC publishes its status",), after)


def _power_cut(state: State, rules: Rules) -> State:
    after = broken_session(state)
    units = tuple([_power_on(unit, rules) for unit in after.units])
    return after._replace(units=units, view=None, stage=_dirty(rules))


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


# --- commands ---


def _look(state: State, index: int, rules: Rules) -> Iterator[Step]:
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
    yield _refuse(state, index, unit, cmd, Reject.EXPIRED, _dirty(rules), FAULT)  # or CONTROLLER_SILENT: used up as well
    if cmd.kind == SYNC:
        yield _accept(state, index, unit, cmd, rules)
        return
    reject = judge(state, index, unit.mem, cmd, rules)
    if reject is Reject.NONE:
        yield _accept(state, index, unit, cmd, rules)
    else:
        yield _refuse(state, index, unit, cmd, reject, _dirty(rules))


def _numbers(unit: Unit, cmd: Cmd, rules: Rules) -> Reject:
    if unit.box.crc != cmd and not rules.no_checksum:
        return Reject.BAD_CRC
    if cmd.epoch < unit.mem.epoch and not rules.any_epoch:
        return Reject.OLD_EPOCH
    if cmd.epoch == unit.mem.epoch and cmd.seq <= unit.mem.seq and not rules.any_seq:
        return Reject.OLD_SEQ
    return Reject.NONE


def _refuse(
    state: State, index: int, unit: Unit, cmd: Cmd, reject: Reject, stage: int, cause: str = "own"
) -> Step:
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
    return Step((says, cmd), state.with_unit(index, unit, stage=_dirty(rules), gate=gate), broken=broken)


# --- work ---


def _work(state: State, index: int, rules: Rules) -> Iterator[Step]:
    unit = state.units[index]
    job = unit.mem.job
    if job is None or job.state != RUNNING:
        return
    if not state.auto:
        mem = remember(unit.mem, job._replace(state=INTERRUPTED, fault=int(Fault.MODE_CHANGED)), rules)
        says = ("The PLC interrupts the job of {}", UNITS[index])
        yield Step(says, state.with_unit(index, unit._replace(mem=mem), stage=_dirty(rules)))
    elif index == LIFT:
        yield _transfer(state, job, rules)
    else:
        yield from _move_gate(state, job, rules)


def _transfer(state: State, job: Job, rules: Rules) -> Step:
    unit, (_, _, _, src, dst) = state.units[LIFT], job.cmd
    loaded = CARRIAGE in state.cars
    place, goes_to = (CARRIAGE, dst) if loaded else (src, CARRIAGE)
    broken = ""
    if place not in state.cars:
        broken = "the carriage takes a car where there is none"
    elif goes_to in state.cars:
        broken = "a place holds two cars"
    elif GATE_PLACE in (place, goes_to) and state.gate != SHUT:
        broken = "the lift serves a station whose gate is not shut"
    cars = tuple([goes_to if car == place else car for car in state.cars])
    if loaded:
        unit = done(unit, job.cmd)._replace(mem=remember(unit.mem, job._replace(state=ENDED), rules))
    says = ("The carriage puts the car into {}" if loaded else "The carriage takes the car out of {}", dst if loaded else src)
    return Step(says, state.with_unit(LIFT, unit, cars=cars, stage=_dirty(rules)), broken=broken)


def _move_gate(state: State, job: Job, rules: Rules) -> Iterator[Step]:
    unit, opening = state.units[STATION], job.cmd.kind == OPEN_GATE
    serving = state.units[LIFT].mem.job
    broken = "a gate moves while the lift serves its station" if serving and GATE_PLACE in serving.cmd[3:] else ""

    def over(now: int, fault: int, gate: int) -> State:
        mem = remember(unit.mem, job._replace(state=now, fault=fault), rules)
        return state.with_unit(STATION, done(unit, job.cmd)._replace(mem=mem), gate=gate, stage=_dirty(rules))

    says = ("The gate is {}", "open" if opening else "shut")
    yield Step(says, over(ENDED, 0, OPEN if opening else SHUT), broken=broken)
    if not opening:
        says = ("Something stands in the closing gate: it opens again",)
        yield Step(says, over(ABORTED, int(Fault.GATE_BLOCKED), OPEN), PERSON, broken=broken)
