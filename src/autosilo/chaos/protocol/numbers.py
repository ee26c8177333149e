"""Symmetry: epochs and sequence numbers are only ever compared, so only their order matters.

``canonical`` replaces each by its rank among those that the state still holds and forgets commands that nothing can
bring back. This makes the number of states finite although crashes, power cuts and visits go on without end.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from autosilo.chaos.protocol.state import Box, Cmd, Fate, Job, Line, Mem, Pub, State, Unit

_T = TypeVar("_T")


def canonical(state: State) -> State:
    """The representative of all states that differ in nothing but their numbers."""
    return state._replace(units=tuple([_canonical_unit(unit) for unit in state.units]))


@lru_cache(maxsize=2**19)
def _canonical_unit(unit: Unit) -> Unit:
    """Kept, because the same unit turns up in many states; which then also share it in memory."""
    return _ranked(_forget(unit))


def _forget(unit: Unit) -> Unit:
    """Drop what nothing can ask for any more: fates of commands that are nowhere, old acknowledgements, old log lines.

    An acknowledgement counts only for the command in hand: a later command has a number that was never used before, and
    the journal's numbers are never behind an acknowledged one. A log line counts for a command that is still somewhere;
    of any other only its place and outcome do, since the log is short.
    """
    alive = {cmd.key for cmd, _ in unit.flight}
    jobs = (unit.mem.job, unit.ret.job)
    for cmd in (unit.hand, unit.open, unit.box.crc, *(job.cmd for job in jobs if job)):
        if cmd is not None:
            alive.add(cmd.key)
    alive.add((unit.box.epoch, unit.box.seq))
    mem = _thin(unit.mem, alive)
    return unit._replace(
        fates=tuple([fate for fate in unit.fates if fate.key in alive]),
        ack=_awaited(unit.ack, unit.hand),
        mem=mem,
        ret=mem if unit.ret == unit.mem else _thin(unit.ret, alive),
        pub=_seen_by_controller(unit.pub, unit.hand, alive),
        got=_seen_by_controller(unit.got, unit.hand, alive),
    )


def _awaited(ack: tuple[int, int, int], hand: Cmd | None) -> tuple[int, int, int]:
    return ack if hand is not None and ack[:2] == hand.key else (0, 0, 0)


def _thin(mem: Mem, alive: set[tuple[int, int]]) -> Mem:
    return Mem(mem.epoch, mem.seq, mem.job, _lines(mem.log, alive)) if mem.log else mem


def _lines(log: tuple[Line, ...], alive: set[tuple[int, int]]) -> tuple[Line, ...]:
    return tuple([line if line[:2] in alive else Line(0, 0, line.state, 0) for line in log])


def _seen_by_controller(pub: Pub | None, hand: Cmd | None, alive: set[tuple[int, int]]) -> Pub | None:
    return None if pub is None else Pub(_awaited(pub.ack, hand), pub.job, _lines(pub.log, alive))


def _ranked(unit: Unit) -> Unit:
    epochs, seqs = {0, unit.epoch}, {0, unit.seq}
    _collect(unit, epochs, seqs)
    if max(epochs) == len(epochs) - 1 and max(seqs) == len(seqs) - 1:
        return unit
    epoch = {value: rank for rank, value in enumerate(sorted(epochs))}
    seq = {value: rank for rank, value in enumerate(sorted(seqs))}
    return _renumbered(unit, epoch, seq)


def _collect(unit: Unit, epochs: set[int], seqs: set[int]) -> None:
    pairs: list[tuple[int, ...]] = [unit.ack, unit.mem, unit.ret]  # type: ignore[list-item]  # they begin with both
    pairs += [cmd for cmd in (unit.hand, unit.open, unit.box.crc) if cmd]  # type: ignore[misc]
    pairs += [cmd for cmd, _ in unit.flight]  # type: ignore[misc]
    for mem in (unit.mem, unit.ret):
        pairs += mem.log
        if mem.job:
            pairs.append(mem.job.cmd)  # type: ignore[arg-type]
    for pub in (unit.pub, unit.got):
        if pub:
            pairs.append(pub.ack)
            pairs += pub.log
            if pub.job:
                pairs.append(pub.job.cmd)  # type: ignore[arg-type]
    if unit.seen:
        pairs.append(unit.seen)  # type: ignore[arg-type]
        if unit.seen[2]:
            pairs.append(unit.seen[2])  # type: ignore[arg-type]
    pairs += [fate.key for fate in unit.fates]
    for pair in pairs:
        epochs.add(pair[0])
        seqs.add(pair[1])
    epochs.add(unit.box.epoch)
    seqs.add(unit.box.seq)


def _renumbered(unit: Unit, epoch: dict[int, int], seq: dict[int, int]) -> Unit:
    def cmd(one: Cmd) -> Cmd:
        return Cmd(epoch[one[0]], seq[one[1]], one[2], one[3], one[4])

    def job(one: Job) -> Job:
        return Job(cmd(one.cmd), one.state, one.fault)

    def log(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple([Line(epoch[line[0]], seq[line[1]], line[2], line[3]) for line in lines])

    def mem(one: Mem) -> Mem:
        return Mem(epoch[one.epoch], seq[one.seq], _maybe(job, one.job), log(one.log))

    def ack(one: tuple[int, int, int]) -> tuple[int, int, int]:
        return epoch[one[0]], seq[one[1]], one[2]

    def pub(one: Pub) -> Pub:
        return Pub(ack(one.ack), _maybe(job, one.job), log(one.log))

    box, seen = unit.box, unit.seen
    return Unit(
        pc=unit.pc,
        hand=_maybe(cmd, unit.hand),
        fenced=unit.fenced,
        compared=unit.compared,
        got=_maybe(pub, unit.got),
        epoch=epoch[unit.epoch],
        seq=seq[unit.seq],
        open=_maybe(cmd, unit.open),
        flight=tuple([(cmd(one), arrived) for one, arrived in unit.flight]),
        box=Box(epoch[box.epoch], box.payload, _maybe(cmd, box.crc), seq[box.seq]),
        seen=(epoch[seen[0]], seq[seen[1]], _maybe(cmd, seen[2])) if seen else None,
        ack=ack(unit.ack),
        mem=mem(unit.mem),
        ret=mem(unit.ret),
        pub=_maybe(pub, unit.pub),
        fates=tuple([Fate((epoch[fate.key[0]], seq[fate.key[1]]), fate.begun, fate.settled) for fate in unit.fates]),
    )


def _maybe(change: Callable[[_T], _T], value: _T | None) -> _T | None:
    return None if value is None else change(value)
