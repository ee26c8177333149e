"""A transition of the model, and the observer's book of what became of each command."""

from typing import NamedTuple

from autosilo.chaos.protocol.state import Cmd, Fate, State, Unit

OWN, FAULT, PERSON = "own", "fault", "person"
"""Who makes a transition: the protocol itself, something that fails, or somebody at the machine."""


class Step(NamedTuple):
    """``says`` is a template and its arguments, put together only for a story."""

    says: tuple[object, ...]
    after: State
    cause: str = OWN
    ends: bool = False
    """Did a command or a step of the visit end well?"""
    broken: str = ""
    """The invariant that this step breaks."""


def sentence(says: tuple[object, ...]) -> str:
    template, *values = says
    return str(template).format(*(_words(value) for value in values))


def _words(value: object) -> str:
    if isinstance(value, Cmd):
        names = {1: "SYNC", 2: "MOVE", 3: "OPEN_GATE", 4: "SHUT_GATE", 5: "RESUME"}
        way = f" {value.src}→{value.dst}" if value.kind == 2 else ""
        return f"{names[value.kind]}{way} (epoch {value.epoch}, seq {value.seq})"
    return str(value)


def fate_of(unit: Unit, key: tuple[int, int]) -> Fate:
    return next((fate for fate in unit.fates if fate.key == key), Fate(key, 0, ""))


def with_fate(unit: Unit, fate: Fate) -> Unit:
    others = [one for one in unit.fates if one.key != fate.key]
    return unit._replace(fates=tuple(sorted([*others, fate])))


def begin(unit: Unit, cmd: Cmd) -> tuple[Unit, str]:
    """The PLC begins a command: what is broken if it may not."""
    fate = fate_of(unit, cmd.key)
    broken = ""
    if fate.begun:
        broken = "a Seq is executed twice"
    elif fate.settled:
        broken = f"a command begins that the journal has as {fate.settled}"
    elif unit.fenced and cmd.epoch < unit.epoch:
        broken = "a command of an old epoch begins after the fence was acknowledged"
    return with_fate(unit, fate._replace(begun=1)), broken


def done(unit: Unit, cmd: Cmd) -> Unit:
    """The command has done its work, or was given up for good."""
    return with_fate(unit, fate_of(unit, cmd.key)._replace(begun=2))


def settle(unit: Unit, cmd: Cmd, outcome: str) -> tuple[Unit, str]:
    """The journal notes an outcome: what is broken if that is not so."""
    fate = fate_of(unit, cmd.key)
    broken = ""
    if fate.settled:
        broken = "a command is settled twice"
    elif outcome in ("ended", "aborted") and fate.begun != 2:
        broken = f"a command is settled as {outcome} that is not over"
    elif outcome in ("void", "rejected") and fate.begun:
        broken = f"a command is settled as {outcome} that has begun"
    return with_fate(unit, fate._replace(settled=outcome))._replace(open=None), broken
