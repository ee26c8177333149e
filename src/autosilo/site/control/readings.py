"""What is read from the PLC, as typed values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autosilo.wire import mailbox
from autosilo.wire.mailbox import Fault, GateState, JobState, Mode, Phase, Reject, UnitState


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStatus:
    """A unit as last read. ``current`` and ``last_done`` are (epoch, seq)."""

    ack: tuple[int, int]
    reject: Reject
    state: UnitState
    job_state: JobState
    current: tuple[int, int]
    last_done: tuple[int, int]
    last_done_state: JobState
    last_done_fault: Fault
    fault: Fault
    mode: Mode
    mode_changes: int
    emergency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftStatus(UnitStatus):
    """``second_mm``: along the columns, or thousandths of a degree. ``occupied``: places of this lift with a car."""

    load_present: bool
    lift_mm: int
    second_mm: int
    phase: Phase
    person: bool
    zone_clear: bool
    occupied: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StationStatus(UnitStatus):
    """Measurements are 0 and empty without a car, and at delivery stations."""

    gate: GateState
    shutter: GateState
    zone_clear: bool
    person: bool
    occupied: bool
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    mass_kg: int = 0
    plugged: bool = False
    engine_running: bool = False
    plate: str = ""


_UNIT = tuple(field for field in mailbox.UNIT_STATUS if field not in ("ItemState", "OperationMode"))
_LIFT = tuple(field for field in mailbox.LIFT_STATUS if field not in mailbox.UNIT_STATUS)
_IDLE = ("State", "FaultCode", "Mode", "ModeChanges", "EmergencyStop")
"""Of ``Status``: what can change although nothing was asked of the unit."""
BEAT = "Heartbeat.Plc"
AGAIN = " again"
"""The acknowledgement is read first and last: the PLC writes it last, so that a reading in which it differs is torn."""
_ACK = ("Status.AckEpoch", "Status.AckSeq")


def fields(unit: str) -> tuple[str, ...]:
    """``<group>.<field>`` of everything that is read of a unit: its heartbeat, then the acknowledgement, which is also
    read last."""
    if mailbox.is_lift(unit):
        wanted = {"Status": _UNIT + _LIFT, "Safety": ("PersonDetected", "ZoneClear", "Occupancy")}
    else:
        wanted = {"Status": _UNIT, "Sensors": tuple(mailbox.SENSORS)}
        if _is_intake(unit):
            wanted["Intake"] = tuple(mailbox.INTAKE)
    rest = (f"{group}.{field}" for group, names in wanted.items() for field in names)
    return (BEAT, *_ACK, *(one for one in rest if one not in _ACK), *(f"{one}{AGAIN}" for one in _ACK))


def idle_fields(unit: str) -> tuple[str, ...]:
    """The part of ``fields`` that is read while nothing is asked of the unit."""
    idle = {f"Status.{field}" for field in (*_IDLE, "LoadPresent")}
    return tuple(one for one in fields(unit) if one in idle or not one.startswith(("Status.", "Intake.")))


class Decoder:
    """Makes a status of raw values; an unchanged one stays the same object, and unchanged texts are not parsed anew."""

    def __init__(self, unit: str, places: list[str]) -> None:
        self.unit = unit
        self._places = places
        self._raw: dict[str, Any] = {}
        self._text: str | None = None
        self._occupied: frozenset[str] = frozenset()
        self._status: LiftStatus | StationStatus | None = None

    @property
    def sound(self) -> bool:
        """Was there a whole reading?"""
        return self._status is not None

    def take(self, values: Mapping[str, Any]) -> LiftStatus | StationStatus | None:
        """``values`` by ``<group>.<field>``, all of them the first time. The present status, None before the first
        whole reading; a torn one is passed over.

        Raises ``ValueError`` for what cannot be understood (an unknown code, a text of the wrong length); the next
        reading must be of all values.
        """
        if any(values.get(name) != values.get(f"{name}{AGAIN}") for name in _ACK):
            return self._status
        beat = values.get(BEAT)
        known = self._raw
        if self._status is not None and all(known.get(name) == one for name, one in values.items() if name != BEAT):
            known[BEAT] = beat
            return self._status
        known.update(values)
        self._status = None
        self._status = self._lift() if mailbox.is_lift(self.unit) else self._station()
        return self._status

    def _lift(self) -> LiftStatus:
        of = self._raw.__getitem__
        text = of("Safety.Occupancy") or ""
        if text != self._text:
            self._occupied = occupied_places(self._places, text)
            self._text = text
        return LiftStatus(
            **self._common(),
            load_present=bool(of("Status.LoadPresent")),
            lift_mm=of("Status.PositionLift"),
            second_mm=of("Status.PositionSecond"),
            phase=Phase(of("Status.Phase")),
            person=bool(of("Safety.PersonDetected")),
            zone_clear=bool(of("Safety.ZoneClear")),
            occupied=self._occupied,
        )

    def _station(self) -> StationStatus:
        of = self._raw.get
        return StationStatus(
            **self._common(),
            gate=GateState(self._raw["Sensors.Gate"]),
            shutter=GateState(self._raw["Sensors.Shutter"]),
            zone_clear=bool(of("Sensors.ZoneClear")),
            person=bool(of("Sensors.PersonDetected")),
            occupied=bool(of("Sensors.Occupied")),
            length_mm=of("Intake.LengthMm") or 0,
            width_mm=of("Intake.WidthMm") or 0,
            height_mm=of("Intake.HeightMm") or 0,
            mass_kg=of("Intake.MassKg") or 0,
            plugged=bool(of("Intake.Plugged")),
            engine_running=bool(of("Intake.EngineRunning")),
            plate=of("Intake.Plate") or "",
        )

    def _common(self) -> dict[str, Any]:
        raw = self._raw

        def of(field: str) -> int:
            value = raw[f"Status.{field}"]
            if not isinstance(value, int):
                raise ValueError(f"Status.{field} is {value!r}")
            return value

        return {
            "ack": (of("AckEpoch"), of("AckSeq")),
            "reject": Reject(of("RejectCode")),
            "state": UnitState(of("State")),
            "job_state": JobState(of("JobState")),
            "current": (of("CurrentEpoch"), of("CurrentSeq")),
            "last_done": (of("LastDoneEpoch"), of("LastDoneSeq")),
            "last_done_state": JobState(of("LastDoneState")),
            "last_done_fault": Fault(of("LastDoneFault")),
            "fault": Fault(of("FaultCode")),
            "mode": Mode(of("Mode")),
            "mode_changes": of("ModeChanges"),
            "emergency": bool(of("EmergencyStop")),
        }


def occupied_places(places: list[str], text: str) -> frozenset[str]:
    """``text`` has one character, 0 or 1, for each of ``places``. Raises ``ValueError``."""
    if len(text) != len(places) or not set(text) <= {"0", "1"}:
        raise ValueError(f"Occupancy is {text!r} for {len(places)} places")
    return frozenset(one for one, flag in zip(places, text, strict=True) if flag == "1")


def _is_intake(unit: str) -> bool:
    return unit.partition(".")[2].startswith("I")
