"""The snapshot on the disk, as JSON in a file of two slots: whoever kills the process finds the old one or the new one.

A second, small file holds the positions of axes and leaves while they move. It is not flushed, because it is
rewritten every scan; it counts only while its ``serial`` is that of the snapshot. In a real machine absolute encoders
do its work.
"""

import json
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autosilo.twin.plc.leaf import Leaf
from autosilo.twin.plc.memory import Car, Job, LiftMemory, Memory, StationMemory, Step, Visit, Witness
from autosilo.twin.plc.slots import Slots, SlotsUnreadable
from autosilo.wire.mailbox import Command, Fault, JobState, Mode, RetainedJob

LAYOUT = 2
"""Of the file. Another one is not guessed at."""


class MemoryUnreadable(Exception):
    """The retained file is damaged; the message names it. A person decides, the PLC does not guess."""


class Store:
    """Reads and writes ``Memory`` in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._path = folder / "retained.dat"
        self._snapshot = Slots(self._path, flush=True)
        self._positions = Slots(folder / "positions.dat", flush=False)

    def load(self) -> Memory | None:
        """The retained memory, None at the very first start. Raises ``MemoryUnreadable``."""
        try:
            content = self._snapshot.read()
            if content is None:
                self._refuse_older_version()
                return None
            raw = json.loads(content)
            if raw.get("layout") != LAYOUT:
                raise ValueError(f"layout {raw.get('layout')}, not {LAYOUT}: of another version of the twin")
            memory = _decode(raw)
        except (SlotsUnreadable, ValueError, KeyError, TypeError, AttributeError) as error:
            raise MemoryUnreadable(f"{self._path}: {error}") from error
        self._overlay_positions(memory)
        return memory

    def save(self, memory: Memory) -> None:
        """Replace the snapshot; when this returns it is on the disk."""
        memory.serial += 1
        self._snapshot.write(_json({"layout": LAYOUT, **_plain(memory)}))

    def save_positions(self, memory: Memory) -> None:
        """Cheap note of where axes and leaves are, valid until the next ``save``."""
        raw = {
            "serial": memory.serial,
            "lifts": {name: [lift.x, lift.y] for name, lift in memory.lifts.items()},
            "gates": {name: one.gate.opened for name, one in memory.stations.items()},
            "shutters": {
                name: {lift: leaf.opened for lift, leaf in one.shutters.items()}
                for name, one in memory.stations.items()
                if one.shutters
            },
            "visits": {name: one.visit.remaining_s for name, one in memory.stations.items() if one.visit},
        }
        self._positions.write(_json(raw))

    def close(self) -> None:
        self._snapshot.close()
        self._positions.close()

    def _refuse_older_version(self) -> None:
        """Cars would be forgotten if the file of an earlier twin were passed over."""
        older = self.folder / "retained.json"
        if older.exists():
            raise MemoryUnreadable(
                f"{older}: of an earlier version of the twin; remove it to commission the tower anew"
            )

    def _overlay_positions(self, memory: Memory) -> None:
        try:
            raw = json.loads(self._positions.read() or b"{}")
        except (SlotsUnreadable, OSError, ValueError):
            return
        if raw.get("serial") != memory.serial:
            return
        for name, (x, y) in raw["lifts"].items():
            memory.lifts[name].x, memory.lifts[name].y = x, y
        for name, opened in raw["gates"].items():
            memory.stations[name].gate.opened = opened
        for name, leaves in raw["shutters"].items():
            for lift, opened in leaves.items():
                memory.stations[name].shutters[lift].opened = opened
        for name, remaining in raw["visits"].items():
            visit = memory.stations[name].visit
            if visit is not None:
                visit.remaining_s = remaining


def read_inventory(path: Path) -> dict[str, Car]:
    """The commissioning inventory: place -> car. An absent file is an empty tower. Raises ``MemoryUnreadable``."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return {place: Car(**car) for place, car in raw.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError) as error:
        raise MemoryUnreadable(f"{path}: {error}") from error


def _json(raw: dict[str, Any]) -> bytes:
    return json.dumps(raw, separators=(",", ":")).encode()


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def _plain(value: Any) -> Any:
    """Dataclasses as dictionaries; ``dataclasses.asdict`` copies too much to be run in a scan."""
    if isinstance(value, RetainedJob):
        return value.text()
    if isinstance(value, Car):
        return {name: getattr(value, name) for name in _names(Car)}
    if isinstance(value, dict):
        return {key: one if isinstance(one, str) else _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in _names(type(value))}
    return value


def _decode(raw: dict[str, Any]) -> Memory:
    raw.pop("layout")
    lifts = {}
    for name, one in raw.pop("lifts").items():
        lifts[name] = LiftMemory(**_unit(one), mode=Mode(one.pop("mode")), **one)
    stations = {}
    for name, one in raw.pop("stations").items():
        shutters = {lift: Leaf(**leaf) for lift, leaf in one.pop("shutters").items()}
        gate, visit = Leaf(**one.pop("gate")), one.pop("visit")
        stations[name] = StationMemory(
            **_unit(one), gate=gate, shutters=shutters, visit=_visit(visit) if visit else None, **one
        )
    cars = {vin: Car(**car) for vin, car in raw.pop("cars").items()}
    witnesses = {
        unit: Witness([(epoch, seq) for epoch, seq in one["ran"]], (one["forgotten"][0], one["forgotten"][1]))
        for unit, one in raw.pop("witnesses").items()
    }
    return Memory(lifts=lifts, stations=stations, cars=cars, witnesses=witnesses, **raw)


def _unit(one: dict[str, Any]) -> dict[str, Any]:
    job = one.pop("job")
    log = [line for text in one.pop("log") if (line := RetainedJob.parse(text))]
    return {"job": _job(job) if job else None, "log": log, "epoch": one.pop("epoch"), "seq": one.pop("seq")}


def _job(raw: dict[str, Any]) -> Job:
    return Job(Command(**raw["command"]), Step(raw["step"]), JobState(raw["state"]), Fault(raw["fault"]))


def _visit(raw: dict[str, Any]) -> Visit:
    car = raw.pop("car")
    return Visit(**raw, car=Car(**car) if car else None)
