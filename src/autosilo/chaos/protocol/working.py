"""The PLC does its job: the carriage takes and puts, the gate opens and shuts, and the key switch interrupts either."""

from collections.abc import Iterator

from autosilo.chaos.protocol.memory import dirty, remember
from autosilo.chaos.protocol.state import (
    ABORTED,
    CARRIAGE,
    ENDED,
    GATE_PLACE,
    INTERRUPTED,
    LIFT,
    OPEN,
    OPEN_GATE,
    RUNNING,
    SHUT,
    STATION,
    UNITS,
    Job,
    Rules,
    State,
)
from autosilo.chaos.protocol.step import PERSON, Step, done
from autosilo.wire.mailbox import Fault


def work(state: State, index: int, rules: Rules) -> Iterator[Step]:
    unit = state.units[index]
    job = unit.mem.job
    if job is None or job.state != RUNNING:
        return
    if not state.auto:
        mem = remember(unit.mem, job._replace(state=INTERRUPTED, fault=int(Fault.MODE_CHANGED)), rules)
        says = ("The PLC interrupts the job of {}", UNITS[index])
        yield Step(says, state.with_unit(index, unit._replace(mem=mem), stage=dirty(rules)))
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
    says = (
        "The carriage puts the car into {}" if loaded else "The carriage takes the car out of {}",
        dst if loaded else src,
    )
    return Step(says, state.with_unit(LIFT, unit, cars=cars, stage=dirty(rules)), broken=broken)


def _move_gate(state: State, job: Job, rules: Rules) -> Iterator[Step]:
    unit, opening = state.units[STATION], job.cmd.kind == OPEN_GATE
    serving = state.units[LIFT].mem.job
    broken = "a gate moves while the lift serves its station" if serving and GATE_PLACE in serving.cmd[3:] else ""

    def over(now: int, fault: int, gate: int) -> State:
        mem = remember(unit.mem, job._replace(state=now, fault=fault), rules)
        return state.with_unit(STATION, done(unit, job.cmd)._replace(mem=mem), gate=gate, stage=dirty(rules))

    yield Step(
        ("The gate is {}", "open" if opening else "shut"), over(ENDED, 0, OPEN if opening else SHUT), broken=broken
    )
    if not opening:
        says = ("Something stands in the closing gate: it opens again",)
        yield Step(says, over(ABORTED, int(Fault.GATE_BLOCKED), OPEN), PERSON, broken=broken)
