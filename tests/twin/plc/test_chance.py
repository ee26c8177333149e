"""Thousands of commands, sensible and not, over every fault, with power cuts: nothing that must not happen does."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autosilo.twin.plc import faults
from autosilo.twin.plc.hands import turn_key
from autosilo.twin.plc.memory import Car
from autosilo.twin.plc.world import CannotDrive
from autosilo.wire.mailbox import Kind, Mode
from twin.plc.box import Box
from twin.plc.sitetext import car, vin

ROUNDS = 400
BREAKABLE = ("person", "emergency_stop", "drive_fault", "gate_blocked", "shutter_blocked", "sensor_stuck")
DISTURBED = ("mail_delayed", "mail_duplicated", "mail_lost", "answer_late")
SHAPES: dict[str, dict[str, Any]] = {
    "plain": {},
    "shared airlocks": {"lifts": ("L1", "L2"), "shared": True, "shutter_s": 2.0},
    "round and deep": {"turntable": True, "depth": 2, "shutter_s": 2.0},
}


class Chance:
    """Does something at random to one tower."""

    def __init__(self, box: Box, seed: int) -> None:
        self.box, self.random = box, random.Random(seed)
        self._cars = 100
        self._acts: list[tuple[int, Callable[[], None]]] = [
            (40, self.command),
            (4, self.break_something),
            (14, self.mend),
            (2, self.turn_key),
            (2, self.cut_power),
            (10, self.drive),
        ]

    def act(self) -> None:
        acts = [act for _, act in self._acts]
        self.random.choices(acts, weights=[weight for weight, _ in self._acts])[0]()
        self.box.tick(self.random.choice((1, 3, 20, 60)))
        self.box.tick(self.random.randint(0, 20), scan_s=self.random.choice((0.025, 0.4, 2.0)))

    def command(self) -> None:
        unit = self.random.choice(list(self.random.choice((self.box.plc.lifts, self.box.plc.units))))
        lift = unit.partition(".")[0]
        reached = list(self.box.plc.world.reached[lift])
        src = unit if "." in unit else self.random.choice(self._full(reached) or reached)
        job = self.box.job(unit)
        if job is not None and not job.running and self.random.random() < 0.7:
            kind = Kind.RESUME
        elif "." in unit:
            kind = self.random.choice((Kind.OPEN_GATE, *(Kind.SHUT_GATE,) * 3))
        else:
            kind = self.random.choice((*(Kind.MOVE,) * 5, Kind.PARK))
        self.box.say(kind, src, self.random.choice(reached), unit=unit)

    def break_something(self) -> None:
        kind = self.random.choice(BREAKABLE + DISTURBED)
        parts = sorted(faults._parts(self.box.plc.world, kind))
        if kind == "sensor_stuck":  # only where it hides no car: a blind machine may well push one car into another
            parts = [one for one in parts if one not in self.box.places and one not in self.box.plc.lifts]
        if parts:
            value = {"value": True} if kind == "sensor_stuck" else {}
            self.box.fault(kind, self.random.choice(parts), **value)

    def mend(self) -> None:
        for one in faults.listed(self.box.plc.world):
            if self.random.random() < 0.8:
                self.box.fault(one["kind"], one["at"], there=False)

    def turn_key(self) -> None:
        lift = self.random.choice(list(self.box.plc.lifts))
        turn_key(self.box.plc.world, lift, self.random.choice((*(Mode.AUTO,) * 5, Mode.MANUAL)))

    def cut_power(self) -> None:
        self.box.cycle_power()

    def drive(self) -> None:
        world = self.box.plc.world
        station = self.random.choice(list(world.stations))
        try:
            if station in self.box.places:
                world.depart(station, self.box.places[station])
            elif ".I" in station:
                self._cars += 1
                world.arrive(station, Car(**car(self._cars)))
        except CannotDrive:
            pass

    def _full(self, places: list[str]) -> list[str]:
        return [place for place in places if place in self.box.places]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_happens_that_must_not(tmp_path: Path, shape: str, seed: int) -> None:
    filled = {"L1.B0401": 1, "L1.B0402": 2, "L1.B0201": 3, "L1.B0203": 4, "L1.B0303": 5}
    box = Box(tmp_path, filled, **SHAPES[shape])
    chance = Chance(box, seed)
    for _ in range(ROUNDS):
        chance.act()
        assert box.violations == {}, (shape, seed)
    told, inside = places_by_ledger(box.ledger(), {place: vin(number) for place, number in filled.items()})
    assert told == box.places
    assert inside == {name: lift.load for name, lift in box.plc.memory.lifts.items() if lift.load}
    assert sum(line["event"] == "put" for line in box.ledger()) == box.plc.memory.moves_done > 8
    began = [(line["unit"], line["epoch"], line["seq"]) for line in box.ledger() if line["event"] == "began"]
    assert len(began) == len(set(began)), "each number ran once"


def places_by_ledger(events: list[dict[str, Any]], places: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Where every car is by the ledger alone: in places, and on carriages."""
    places, loads = dict(places), {}
    for line in events:
        match line["event"]:
            case "took":
                assert places.pop(line["place"]) == line["vin"]
                loads[line["unit"]] = line["vin"]
            case "put":
                assert loads.pop(line["unit"]) == line["vin"]
                places[line["place"]] = line["vin"]
            case "arrived":
                places[line["place"]] = line["vin"]
            case "departed":
                assert places.pop(line["place"]) == line["vin"]
    return places, loads
