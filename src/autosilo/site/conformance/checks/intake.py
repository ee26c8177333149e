"""The intake: what its scanner, scale and camera say, and which cars are refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed, Skipped, check
from autosilo.site.conformance.stock import gate_s, patience_s, places_of, run_gate, run_move
from autosilo.tower.config import VehicleClass
from autosilo.tower.geometry import Role
from autosilo.wire.mailbox import Kind, Reject

PLATE = "沪A00001"
DRIVE_S = 60.0
"""A driver, or whoever stands in for one, takes no longer to get in or out."""
BEYOND = 400
"""mm, or kg: so much larger than the class is the car of a check."""


def _car(**changes: Any) -> dict[str, Any]:
    usual = {"vin": "LCHK0000000000001", "length_mm": 4500, "width_mm": 1850, "height_mm": 1500, "mass_kg": 1600}
    return usual | {"plate": PLATE, "plugged": False, "engine_running": False} | changes


async def _intake(m: Machine) -> tuple[str, str, str, VehicleClass]:
    """(lift, empty intake, empty bay, class of that bay)."""
    for lift in m.lifts:
        there, places = await m.occupancy(lift), places_of(m, lift)
        intakes = [p.name for p in places.values() if p.role is Role.INTAKE and not there.get(p.name, True)]
        bays = [p for p in places.values() if p.role is Role.BAY and not p.rear and not there.get(p.name, True)]
        if intakes and bays:
            return lift, intakes[0], bays[-1].name, m.site.tower.classes[bays[-1].class_number - 1]
    raise Skipped("no lift has an empty intake and an empty front bay")


@asynccontextmanager
async def _standing(m: Machine, station: str, car: dict[str, Any]) -> AsyncIterator[None]:
    """A car has been driven in and the gate is shut; at the end it is driven out again."""
    await run_gate(m, station, Kind.OPEN_GATE)
    await m.hands.arrive(station, car)
    await m.reaches(station, "Sensors", "Occupied", [1], DRIVE_S)
    await m.reaches(station, "Sensors", "ZoneClear", [1], DRIVE_S)
    await run_gate(m, station, Kind.SHUT_GATE)
    try:
        yield
    finally:
        await run_gate(m, station, Kind.OPEN_GATE)
        await m.hands.depart(station)
        await m.reaches(station, "Sensors", "Occupied", [0], DRIVE_S)
        await m.reaches(station, "Sensors", "ZoneClear", [1], DRIVE_S)
        await run_gate(m, station, Kind.SHUT_GATE)


async def _refusal(m: Machine, changes: dict[str, Any], code: Reject) -> str:
    lift, station, bay, _ = await _intake(m)
    async with _standing(m, station, _car(**changes)):
        return await m.refused(lift, Kind.MOVE, station, bay, code)


@check(
    "intake.takes-in",
    "The rest",
    "the intake measures the car and reads its plate; the car is stored and brought back",
    hands=("car",),
)
async def takes_in(m: Machine) -> str:
    lift, station, bay, _ = await _intake(m)
    async with _standing(m, station, _car()):
        length, mass, plugged, engine = await m.get(station, "Intake", "LengthMm", "MassKg", "Plugged", "EngineRunning")
        plate = await m.one(station, "Intake", "Plate")
        if not (length and mass and plate) or plugged or engine:
            raise Failed(f"{station}: {length} mm, {mass} kg, plate {plate!r}, plugged {plugged}, engine {engine}")
        await run_move(m, lift, station, bay)
        if await m.one(station, "Sensors", "Occupied"):
            raise Failed(f"{station} is still occupied after the MOVE to {bay}")
        await run_move(m, lift, bay, station)
    return f"{length} mm, {mass} kg, {plate}; stored in {bay} and back"


@check("intake.charger", "What the PLC guards", "a car that is plugged in: CHARGER_PLUGGED", hands=("car",))
async def charger(m: Machine) -> str:
    return await _refusal(m, {"plugged": True}, Reject.CHARGER_PLUGGED)


@check("intake.engine", "What the PLC guards", "a car that is switched on: ENGINE_RUNNING", hands=("car",))
async def engine(m: Machine) -> str:
    return await _refusal(m, {"engine_running": True}, Reject.ENGINE_RUNNING)


@check(
    "intake.too-large", "What the PLC guards", "a car beyond the envelope of the bay's class: TOO_LARGE", hands=("car",)
)
async def too_large(m: Machine) -> str:
    *_, bay = await _intake(m)
    return await _refusal(m, {"length_mm": bay.length_mm + BEYOND}, Reject.TOO_LARGE)


@check("intake.too-heavy", "What the PLC guards", "a car beyond the mass of the bay's class: TOO_HEAVY", hands=("car",))
async def too_heavy(m: Machine) -> str:
    *_, bay = await _intake(m)
    return await _refusal(m, {"mass_kg": bay.mass_kg + BEYOND}, Reject.TOO_HEAVY)


@check(
    "intake.gate-shut",
    "What the PLC guards",
    "a car is not taken out of an intake whose gate is open: GATE_NOT_SHUT",
    hands=("car",),
)
async def gate_shut(m: Machine) -> str:
    lift, station, bay, _ = await _intake(m)
    async with _standing(m, station, _car()):
        key = await m.accepted(station, Kind.OPEN_GATE, station)
        await m.ended(station, key, patience_s(gate_s(m)))
        seen = await m.refused(lift, Kind.MOVE, station, bay, Reject.GATE_NOT_SHUT)
        await run_gate(m, station, Kind.SHUT_GATE)
        return seen
