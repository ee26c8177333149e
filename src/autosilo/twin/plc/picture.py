"""The truth about a tower's world, for tests and other twins: ``GET /state``."""

from typing import Any

from autosilo.twin.plc import faults
from autosilo.twin.plc.lift_unit import LiftUnit
from autosilo.twin.plc.plc import Plc
from autosilo.twin.plc.station_unit import StationUnit


def state(plc: Plc) -> dict[str, Any]:
    """What stands where, what every unit does, what is broken, what should never have happened."""
    memory = plc.memory
    return {
        "site": plc.site.slug,
        "places": memory.places,
        "lifts": {name: _lift(unit) for name, unit in plc.lifts.items()},
        "stations": {name: _station(plc, name, unit) for name, unit in plc.stations.items()},
        "faults": faults.listed(plc.world),
        "moves_done": memory.moves_done,
        "ledger_last": memory.ledger_next - 1,
        "violations": memory.violations,
    }


def _unit(unit: LiftUnit | StationUnit) -> dict[str, Any]:
    memory, job = unit.memory, unit.memory.job
    return {
        "state": unit.state.name,
        "epoch": memory.epoch,
        "seq": memory.seq,
        "job": job
        and {
            "epoch": job.command.epoch,
            "seq": job.command.seq,
            "kind": int(job.command.kind),
            "src": job.command.src,
            "dst": job.command.dst,
            "step": job.step.name.lower(),
            "state": job.state.name,
            "fault": job.fault.name,
        },
        "log": [line.text() for line in memory.log],
    }


def _lift(unit: LiftUnit) -> dict[str, Any]:
    memory = unit.memory
    return _unit(unit) | {
        "x": round(memory.x, 3),
        "y": round(memory.y, 3),
        "load": memory.load,
        "moving": unit.carriage.moving,
        "mode": memory.mode.name,
        "mode_changes": memory.mode_changes,
    }


def _station(plc: Plc, name: str, unit: StationUnit) -> dict[str, Any]:
    visit = unit.memory.visit
    return _unit(unit) | {
        "gate": plc.sensors.gate(name).name,
        "shutter": plc.sensors.shutter(name).name,
        "zone_clear": plc.sensors.zone_clear(name),
        "car": plc.memory.places.get(name),
        "visit": visit and {"vin": visit.vin, "leaving": visit.leaving},
    }
