"""The controller: one driver a unit, as in ``site.control.unit`` and ``exchange``, with the real recovery policy.

A driver prepares (fence, settle, compare), asks the visit's flow for an order, journals it, sends it, waits for the
acknowledgement and then for the outcome. To journal and to send is one step here: a crash in between leaves the same
behind as a command that was sent and lost on the way, which the link can do.
"""

from collections.abc import Iterator

from autosilo.chaos.protocol import flow, link
from autosilo.chaos.protocol.state import (
    ABORTED,
    ACCEPTED,
    AWAIT,
    ENDED,
    HELD,
    INTERRUPTED,
    LIFT,
    PREPARE,
    READ_LOG,
    RELEASED,
    RESUME,
    SYNC,
    UNITS,
    Cmd,
    Line,
    Pub,
    Rules,
    State,
    Unit,
    View,
)
from autosilo.chaos.protocol.step import FAULT, PERSON, Step, settle
from autosilo.site.control.recovery import Failure, Verdict, decide
from autosilo.wire.mailbox import Fault, Reject


def steps(state: State, rules: Rules) -> Iterator[Step]:
    """What the controller can do now, or what can happen to it."""
    if rules.crashes:
        yield Step(("The controller is killed and starts again",), _restarted(state, rules), FAULT)
    for index, unit in enumerate(state.units):
        if unit.pc == HELD:
            if state.auto:
                after = unit._replace(pc=RELEASED, compared=False)
                yield Step(("An operator releases {}", UNITS[index]), state.with_unit(index, after), PERSON)
        else:
            pub, view = (unit.got, state.got) if rules.polled else (unit.pub, state.view)
            if pub is not None and view is not None:
                yield from _drive(state, index, pub, view, rules)


def _restarted(state: State, rules: Rules) -> State:
    """Only the journal is left."""
    after = link.broken_session(state)
    units = tuple([unit._replace(pc=PREPARE, open=None if rules.no_journal else unit.open) for unit in after.units])
    return after._replace(units=units)


def _drive(state: State, index: int, pub: Pub, view: View, rules: Rules) -> Iterator[Step]:
    unit = state.units[index]
    if unit.pc in (PREPARE, RELEASED):
        ready = state if unit.pc == PREPARE else state.with_unit(index, unit._replace(pc=PREPARE))
        yield from _prepare(ready, index, pub, view, rules, released=unit.pc == RELEASED)
    elif unit.pc == AWAIT:
        yield from _await(state, index, pub, rules)
    elif unit.pub is not None:
        yield from _settle_by_log(state, index, unit.pub.log)


# --- before a command ---


def _prepare(state: State, index: int, pub: Pub, view: View, rules: Rules, *, released: bool) -> Iterator[Step]:
    unit = state.units[index]
    if not unit.fenced:
        yield from _raise_epoch(state, index, pub, rules)
    elif unit.open is not None:
        yield from _settle(state, index, pub, rules, released=released)
    elif not unit.compared:
        if index == LIFT and not flow.agrees(state, view, rules):
            yield _hold(state, index, unit, ("Sensors and inventory differ: {} is held", UNITS[index]))
        else:
            says = ("Sensors and inventory of {} agree", UNITS[index])
            yield Step(says, state.with_unit(index, unit._replace(compared=True)))
    elif flow.concerns(state, rules) == index:
        yield from _order(state, index, view, rules)


def _raise_epoch(state: State, index: int, pub: Pub, rules: Rules) -> Iterator[Step]:
    unit = state.units[index]
    if rules.no_fence:
        yield Step(("No fence is raised for {}", UNITS[index]), state.with_unit(index, unit._replace(fenced=True)))
        return
    epoch, seq = max(unit.epoch, pub.ack[0]) + 1, max(unit.seq, pub.ack[1]) + 1
    cmd = Cmd(epoch, seq, SYNC, "", "")
    says = ("The controller journals a new epoch for {} and sends {}", UNITS[index], cmd)
    yield from _send(state, index, unit._replace(epoch=epoch), cmd, says, rules)


def _order(state: State, index: int, view: View, rules: Rules) -> Iterator[Step]:
    unit = state.units[index]
    order = flow.order(state, view, rules)
    if order is None:
        after = flow.advanced(state, view, rules)
        if after is not None:
            yield Step(("The visit's step {} is done", flow.name(state, rules)), after, ends=True)
        return
    cmd = Cmd(max(unit.epoch, 1), unit.seq + 1, *order)
    says = "The controller keeps {} in mind" if rules.no_journal else "The controller journals the intent {}"
    yield from _send(state, index, unit._replace(epoch=cmd.epoch, open=cmd), cmd, (f"{says} and sends it", cmd), rules)


# --- one attempt ---


def _send(state: State, index: int, unit: Unit, cmd: Cmd, says: tuple[object, ...], rules: Rules) -> Iterator[Step]:
    """It is on its way; the controller awaits the acknowledgement, unless the write fails in its eyes."""
    if len(unit.flight) >= rules.in_flight:
        return
    sent = link.send(unit._replace(seq=cmd.seq, pc=AWAIT, hand=cmd), cmd)
    yield Step(says, state.with_unit(index, sent))
    if rules.failed_write_keeps_fence:
        says = (f"{says[0]}; the write fails in its eyes, but is under way, and the session goes on", *says[1:])
        yield Step(says, state.with_unit(index, sent._replace(pc=PREPARE, hand=None)), FAULT)


def _await(state: State, index: int, pub: Pub, rules: Rules) -> Iterator[Step]:
    unit, cmd = state.units[index], state.units[index].hand
    if cmd is None:
        return
    if pub.ack[:2] == cmd.key:
        yield _acknowledged(state, index, cmd, pub.ack[2], rules)
        return
    after, broken = unit._replace(pc=PREPARE, hand=None, fenced=False), ""
    if rules.timeout_concludes and cmd.tracked:
        after, broken = settle(after, cmd, "void")
        after = after._replace(fenced=True)
    yield Step(("No acknowledgement of {} in time", cmd), state.with_unit(index, after), broken=broken)


def _acknowledged(state: State, index: int, cmd: Cmd, reject: int, rules: Rules) -> Step:
    unit = state.units[index]._replace(pc=PREPARE, hand=None)
    name = Reject(reject).name
    if reject == ACCEPTED:
        if cmd.kind == SYNC:
            return Step(("The fence {} is acknowledged", cmd), state.with_unit(index, unit._replace(fenced=True)))
        return Step(("{} is acknowledged", cmd), state.with_unit(index, unit))
    if not _final(reject, rules):
        says = ("{} was looked at: {}, which is no verdict: a new fence", cmd, name)
        return Step(says, state.with_unit(index, unit._replace(fenced=False)))
    broken = ""
    if cmd.tracked:
        unit, broken = settle(unit, cmd, "rejected")
    says = ("{} is refused: {}", cmd, name)
    again = decide(Failure.reject(Reject(reject))).verdict is Verdict.RETRY
    if again or (cmd.kind == RESUME and reject == Reject.NOTHING_TO_RESUME):
        return Step(says, state.with_unit(index, unit), broken=broken)
    return _hold(state, index, unit, says, broken)


def _final(reject: int, rules: Rules) -> bool:
    """Does this refusal stand? One on checksum or numbers does not: a mixed or doubled write earns it too."""
    if reject == Reject.BAD_CRC:
        return rules.bad_crc_is_final
    return reject not in (Reject.OLD_SEQ, Reject.OLD_EPOCH) or rules.old_seq_is_final


def _hold(state: State, index: int, unit: Unit, says: tuple[object, ...], broken: str = "") -> Step:
    """Held with a reason, until an operator releases."""
    return Step(says, state.with_unit(index, unit._replace(pc=HELD)), broken=broken)


# --- the outcome ---


def _settle(state: State, index: int, pub: Pub, rules: Rules, *, released: bool) -> Iterator[Step]:
    unit, cmd = state.units[index], state.units[index].open
    if cmd is None:
        return
    last = next((line for line in pub.log if line.state in (ENDED, ABORTED)), None)
    if last is not None and last[:2] == cmd.key:
        yield _close(state, index, cmd, last)
    elif pub.job is not None and pub.job.cmd.key == cmd.key:
        if pub.job.state == INTERRUPTED:
            yield from _resume(state, index, pub.job.fault, rules, released=released)
        elif released:
            yield Step(("The controller waits for {}", cmd), state)
    else:
        says = ("{} is neither current nor last done: the controller reads the log", cmd)
        yield Step(says, state.with_unit(index, unit._replace(pc=READ_LOG)))


def _settle_by_log(state: State, index: int, log: tuple[Line, ...]) -> Iterator[Step]:
    unit, cmd = state.units[index]._replace(pc=PREPARE), state.units[index].open
    if cmd is None:
        return
    line = next((line for line in log if line[:2] == cmd.key), None)
    if line is None:
        after, broken = settle(unit, cmd, "void")
        yield Step(("{} is not in the log: void", cmd), state.with_unit(index, after), broken=broken)
    elif line.state in (ENDED, ABORTED):
        yield _close(state.with_unit(index, unit), index, cmd, line)
    else:
        yield Step(("{} runs", cmd), state.with_unit(index, unit))


def _close(state: State, index: int, cmd: Cmd, line: Line) -> Step:
    unit = state.units[index]
    ended = line.state == ENDED
    after, broken = settle(unit, cmd, "ended" if ended else "aborted")
    if not ended:
        says = ("The journal has {} as aborted ({})", cmd, Fault(line.fault).name)
        if decide(Failure.abort(Fault(line.fault))).verdict is not Verdict.RETRY:
            return _hold(state, index, after, says, broken)
        return Step(says, state.with_unit(index, after), broken=broken)
    done = state.with_unit(index, after, books=flow.moved(state, cmd))
    return Step(("The journal has {} as ended", cmd), done, ends=True, broken=broken)


def _resume(state: State, index: int, fault: int, rules: Rules, *, released: bool) -> Iterator[Step]:
    """Go on at once, or when an operator has looked."""
    unit = state.units[index]
    if decide(Failure.interruption(Fault(fault))).verdict is not Verdict.RETRY and not released:
        says = ("The job of {} is interrupted ({})", UNITS[index], Fault(fault).name)
        yield _hold(state, index, unit, says)
        return
    cmd = Cmd(unit.epoch, unit.seq + 1, RESUME, "", "")
    yield from _send(state, index, unit, cmd, ("The controller journals and sends {}", cmd), rules)
