"""The tower's mailbox, version 1: names, codes and checksum. See docs/reference/mailbox.md.

Every lift and every station is a *unit* with a mailbox of its own: a lift moves cars (``L1``), a station moves its gate
(``L1.D1``), and the one goes on while the other works. Every node is a UInt32 or a String, because independent OPC UA
stacks disagree about Int64. NodeIds are strings in the namespace ``NAMESPACE``: ``<unit>.<group>.<field>``.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from zlib import crc32

NAMESPACE = "urn:autosilo:tower:1"
VERSION = 1
WATCHDOG_S = 2.0
"""Either side takes the other for dead when its heartbeat has not changed for so long."""
RETAINED_JOBS = 16
MAX_UINT32 = 2**32 - 1


def controller_uri(site: str) -> str:
    """Application URI in the controller's certificate."""
    return f"urn:autosilo:{site}:controller"


def plc_uri(site: str) -> str:
    """Application URI in the PLC's certificate."""
    return f"urn:autosilo:{site}:plc"


class Kind(IntEnum):
    """What a command asks for."""

    NONE = 0
    SYNC = 1
    """Moves nothing. Raises the epoch, so that nothing of an older epoch can start any more."""
    MOVE = 2
    """Lift: bring the car in ``Src`` to ``Dst``; both are bays or stations that this lift reaches."""
    OPEN_GATE = 3
    """Station: open its gate; ``Src`` names the station."""
    SHUT_GATE = 4
    """Station: shut its gate; ``Src`` names the station."""
    RESUME = 5
    """Continue the interrupted job; all its interlocks are checked again."""
    PARK = 6
    """Lift: bring the empty carriage to the level of ``Dst``."""


class UnitState(IntEnum):
    """State of a unit by PackML (ANSI/ISA-TR88.00.02): only those states that this machine can be in."""

    STOPPED = 2
    """Mode is not Auto."""
    IDLE = 4
    SUSPENDED = 5
    """A job is interrupted by something outside (power, controller); RESUME continues it."""
    EXECUTE = 6
    ABORTED = 9
    """Emergency stop."""
    HELD = 11
    """A job is interrupted by the machine's own protection; somebody must look, then RESUME."""


class JobState(IntEnum):
    """State of a job by ISA-95 job control (OPC 10031-4)."""

    NONE = 0
    NOT_ALLOWED_TO_START = 1
    """Rejected; the reject code says why."""
    ALLOWED_TO_START = 2
    RUNNING = 3
    INTERRUPTED = 4
    ENDED = 5
    ABORTED = 6


class Reject(IntEnum):
    """Why a command was not begun."""

    NONE = 0
    BAD_CRC = 1
    OLD_EPOCH = 2
    OLD_SEQ = 3
    EXPIRED = 4
    UNKNOWN_KIND = 5
    UNKNOWN_PLACE = 6
    BUSY = 7
    """Another job runs or is interrupted."""
    NOTHING_TO_RESUME = 8
    CONTROLLER_SILENT = 9
    SOURCE_EMPTY = 10
    DESTINATION_TAKEN = 11
    CARRIAGE_LOADED = 12
    PATH_BLOCKED = 13
    """A car stands in the front bay, before a rear one."""
    STATION_IN_USE = 14
    """A gate of a station that a lift serves just now, or the other way round."""
    NOT_AUTO = 20
    EMERGENCY_STOP = 21
    PERSON_IN_ZONE = 22
    GATE_NOT_SHUT = 23
    ZONE_NOT_CLEAR = 24
    DRIVE_FAULT = 25
    CHARGER_PLUGGED = 26
    TOO_LARGE = 27
    TOO_HEAVY = 28
    ENGINE_RUNNING = 29
    """The car in the intake is still switched on."""
    SHUTTER_NOT_SHUT = 30


class Fault(IntEnum):
    """What interrupted or aborted a job."""

    NONE = 0
    POWER_LOSS = 1
    """The PLC was without power during the job."""
    PERSON_IN_ZONE = 2
    EMERGENCY_STOP = 3
    MODE_CHANGED = 4
    DRIVE_FAULT = 5
    GATE_BLOCKED = 6
    """Something stood in the closing gate; it has opened again and the job is aborted."""
    SENSOR_MISMATCH = 7
    """After a transfer the place's sensor and the carriage's contradict each other."""
    SHUTTER_BLOCKED = 8


class Mode(IntEnum):
    """Key switch at the machine."""

    AUTO = 1
    MANUAL = 2
    SERVICE = 3


class GateState(IntEnum):
    SHUT = 0
    OPENING = 1
    OPEN = 2
    SHUTTING = 3


class MachineryItemState(StrEnum):
    """State of the machine by OPC 40001-1 (OPC UA for Machinery), clause 12: its names."""

    NOT_AVAILABLE = "NotAvailable"
    OUT_OF_SERVICE = "OutOfService"
    NOT_EXECUTING = "NotExecuting"
    EXECUTING = "Executing"


class OperationMode(StrEnum):
    """What the machine is used for by OPC 40001-1 (MachineryOperationMode), clause 13: its names."""

    NONE = "None"
    MAINTENANCE = "Maintenance"
    SETUP = "Setup"
    PROCESSING = "Processing"


OPERATION_MODE = {
    Mode.AUTO: OperationMode.PROCESSING,
    Mode.MANUAL: OperationMode.SETUP,
    Mode.SERVICE: OperationMode.MAINTENANCE,
}
"""What a position of the key switch means."""

# --- fields: name -> type, by group ------------------------------------------------------------

UINT32 = "UInt32"
STRING = "String"

COMMAND = {
    "Epoch": UINT32,
    "JobId": UINT32,
    "Kind": UINT32,
    "Src": STRING,
    "Dst": STRING,
    "VehicleClass": UINT32,
    "Deadline": UINT32,
    "Crc": UINT32,
    "Seq": UINT32,
}
"""Written by the controller, in this order: ``Seq`` last."""

UNIT_STATUS = {
    "AckEpoch": UINT32,
    "AckSeq": UINT32,
    "RejectCode": UINT32,
    "State": UINT32,
    "JobState": UINT32,
    "CurrentEpoch": UINT32,
    "CurrentSeq": UINT32,
    "LastDoneEpoch": UINT32,
    "LastDoneSeq": UINT32,
    "LastDoneState": UINT32,
    "LastDoneFault": UINT32,
    "FaultCode": UINT32,
    "ItemState": STRING,
    "OperationMode": STRING,
    "Mode": UINT32,
    "ModeChanges": UINT32,
    "EmergencyStop": UINT32,
}
"""``Status`` of every unit, written by the PLC. ``ItemState`` and ``OperationMode`` by OPC 40001-1. A station's
``Mode``, ``ModeChanges`` and ``EmergencyStop`` are those of the lift that has it. ``ModeChanges`` is retained."""

LIFT_STATUS = UNIT_STATUS | {
    "LoadPresent": UINT32,
    "PositionLift": UINT32,
    "PositionSecond": UINT32,
    "Phase": UINT32,
}
"""``Status`` of a lift. Positions in mm above floor 0, and in mm along the columns or thousandths of a degree."""

HEARTBEAT = {"Controller": UINT32, "Plc": UINT32}
"""One counter each way; only ``Controller`` is writable."""

SAFETY = {
    "PersonDetected": UINT32,
    "ZoneClear": UINT32,
    "DoorsShut": UINT32,
    "Places": STRING,
    "Occupancy": STRING,
}
"""Of a lift, read-only. ``PersonDetected`` and ``ZoneClear``: its hoistway and its stations without a shutter;
``DoorsShut``: all its shutters, and the gates of stations without one. ``Occupancy`` has one character, 0 or 1, for
each name in the comma-separated ``Places``."""

SENSORS = {"Gate": UINT32, "Shutter": UINT32, "ZoneClear": UINT32, "PersonDetected": UINT32, "Occupied": UINT32}
"""Of a station. ``Gate`` and ``Shutter`` are ``GateState``s; a station without a shutter says SHUT."""

INTAKE = {
    "LengthMm": UINT32,
    "WidthMm": UINT32,
    "HeightMm": UINT32,
    "MassKg": UINT32,
    "Plugged": UINT32,
    "EngineRunning": UINT32,
    "Plate": STRING,
}
"""Of an intake station besides: what its scanner, scale and camera say of the car; 0 or empty without one."""


class Phase(IntEnum):
    """What a running job is doing, for screens."""

    NONE = 0
    TO_SOURCE = 1
    TAKING = 2
    TO_DESTINATION = 3
    PUTTING = 4
    GATE = 5


def retained_fields() -> dict[str, str]:
    """``Job00`` … ``Job15``, newest first."""
    return {f"Job{index:02d}": STRING for index in range(RETAINED_JOBS)}


_BOTH = {"Command": COMMAND, "Heartbeat": HEARTBEAT, "Retained": retained_fields()}
LIFT_GROUPS = _BOTH | {"Status": LIFT_STATUS, "Safety": SAFETY}
STATION_GROUPS = _BOTH | {"Status": UNIT_STATUS, "Sensors": SENSORS}
WRITABLE = {f"Command.{field}" for field in COMMAND} | {"Heartbeat.Controller"}
"""``<group>.<field>`` that the controller may write, in every unit."""


def node(unit: str, group: str, field: str) -> str:
    """Identifier of a node, e.g. ``L1.Command.Seq`` or ``L1.D1.Sensors.Gate``."""
    return f"{unit}.{group}.{field}"


def is_lift(unit: str) -> bool:
    """``L1`` is a lift, ``L1.D1`` a station."""
    return "." not in unit


def unit_nodes(unit: str) -> dict[str, str]:
    """Every node of one unit's mailbox -> its type."""
    groups = LIFT_GROUPS if is_lift(unit) else STATION_GROUPS
    if not is_lift(unit) and unit.partition(".")[2].startswith("I"):
        groups = groups | {"Intake": INTAKE}
    return {node(unit, group, field): kind for group, fields in groups.items() for field, kind in fields.items()}


# --- values ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """One order to one unit. ``deadline`` is in whole seconds since 1970 (UTC); after it the PLC does not begin."""

    epoch: int
    seq: int
    job_id: int
    kind: int
    src: str = ""
    dst: str = ""
    vehicle_class: int = 0
    deadline: int = 0

    def checksum(self) -> int:
        """CRC-32 (ISO-HDLC, as in zlib) of the fields as UTF-8 text joined with ``;``, in the order of this class."""
        parts = (
            self.epoch,
            self.seq,
            self.job_id,
            self.kind,
            self.src,
            self.dst,
            self.vehicle_class,
            self.deadline,
        )
        return crc32(";".join(str(part) for part in parts).encode())

    def fields(self) -> dict[str, int | str]:
        """Values by field of ``COMMAND``, in the order in which they are written."""
        return {
            "Epoch": self.epoch,
            "JobId": self.job_id,
            "Kind": self.kind,
            "Src": self.src,
            "Dst": self.dst,
            "VehicleClass": self.vehicle_class,
            "Deadline": self.deadline,
            "Crc": self.checksum(),
            "Seq": self.seq,
        }


@dataclass(frozen=True, slots=True)
class RetainedJob:
    """One line of the retained log: a job that the PLC accepted, and how it stands."""

    epoch: int
    seq: int
    job_id: int
    kind: int
    src: str
    dst: str
    state: JobState
    fault: Fault

    def text(self) -> str:
        """``epoch;seq;job;kind;src;dst;state;fault``."""
        numbers = (self.epoch, self.seq, self.job_id, self.kind)
        return ";".join((*map(str, numbers), self.src, self.dst, str(int(self.state)), str(int(self.fault))))

    @classmethod
    def parse(cls, text: str) -> "RetainedJob | None":
        """The entry, or None for an empty or malformed line."""
        parts = text.split(";")
        try:
            epoch, seq, job_id, kind = (int(part) for part in parts[:4])
            src, dst, state, fault = parts[4:]
            return cls(epoch, seq, job_id, kind, src, dst, JobState(int(state)), Fault(int(fault)))
        except ValueError:
            return None
