"""The link: writes arrive field by field, late, doubled, mixed with one another or never; sessions break."""

from collections.abc import Iterator

from autosilo.chaos.protocol.state import HELD, PREPARE, UNITS, Box, Cmd, Rules, State, Unit
from autosilo.chaos.protocol.step import FAULT, Step

FIELDS = ("Epoch", "Kind, Src and Dst", "Crc", "Seq")
LAST = len(FIELDS) - 1


def steps(state: State, rules: Rules) -> Iterator[Step]:
    """What the link can do now."""
    for index, unit in enumerate(state.units):
        for number, (cmd, arrived) in enumerate(unit.flight):
            rest = unit.flight[:number] + unit.flight[number + 1 :]
            yield from _deliver(state, index, rest, cmd, arrived, rules)
            yield Step(
                ("The rest of the write of {} is lost", cmd), _put(state, index, unit._replace(flight=rest)), FAULT
            )
    if rules.crashes:
        yield Step(("The session breaks; another will be made",), broken_session(state), FAULT)
    if rules.polled:
        polled = _poll(state)
        if polled != state:
            yield Step(("The controller polls the status",), polled)


def send(unit: Unit, cmd: Cmd) -> Unit:
    """Put the writes of ``cmd`` on the way."""
    return unit._replace(flight=tuple(sorted((*unit.flight, (cmd, 0)))))


def broken_session(state: State) -> State:
    """The controller notices: whatever it waited for, it begins again; a hold stays.

    How long there is no session makes no difference: a controller without one is a controller that takes no step.
    """
    return state._replace(got=None, units=tuple([_unfenced(unit) for unit in state.units]))


def _unfenced(unit: Unit) -> Unit:
    pc = unit.pc if unit.pc == HELD else PREPARE
    return unit._replace(pc=pc, hand=None, fenced=False, compared=False, got=None)


def _poll(state: State) -> State:
    return state._replace(got=state.view, units=tuple([unit._replace(got=unit.pub) for unit in state.units]))


def _deliver(
    state: State, index: int, rest: tuple[tuple[Cmd, int], ...], cmd: Cmd, arrived: int, rules: Rules
) -> Iterator[Step]:
    unit = state.units[index]
    if not rules.torn:
        box = Box(cmd.epoch, cmd.payload, cmd, cmd.seq)
        says: tuple[object, ...] = ("{} arrives in the mailbox of {}", cmd, UNITS[index])
    else:
        box = _write(unit.box, cmd, arrived)
        says = ("{} of {} arrives in the mailbox of {}", FIELDS[arrived], cmd, UNITS[index])
    if rules.torn and arrived < LAST:
        flight = tuple(sorted((*rest, (cmd, arrived + 1))))
        yield Step(says, _put(state, index, unit._replace(flight=flight, box=box)))
        return
    yield Step(says, _put(state, index, unit._replace(flight=rest, box=box)))
    doubled = tuple(sorted((*rest, (cmd, 0))))
    yield Step(
        (says[0] + ", and once more later", *says[1:]),  # type: ignore[operator]
        _put(state, index, unit._replace(flight=doubled, box=box)),
        FAULT,
    )


def _write(box: Box, cmd: Cmd, field: int) -> Box:
    if field == 0:
        return box._replace(epoch=cmd.epoch)
    if field == 1:
        return box._replace(payload=cmd.payload)
    if field < LAST:
        return box._replace(crc=cmd)
    return box._replace(seq=cmd.seq)


def _put(state: State, index: int, unit: Unit) -> State:
    return state.with_unit(index, unit)
