"use strict";
// Numbers of docs/reference/mailbox.md.

const Kind = { SYNC: 1, MOVE: 2, OPEN_GATE: 3, SHUT_GATE: 4, RESUME: 5, PARK: 6 };

const Reject = {
  NONE: 0, BAD_CRC: 1, OLD_EPOCH: 2, OLD_SEQ: 3, EXPIRED: 4, UNKNOWN_KIND: 5, UNKNOWN_PLACE: 6, BUSY: 7,
  NOTHING_TO_RESUME: 8, CONTROLLER_SILENT: 9, SOURCE_EMPTY: 10, DESTINATION_TAKEN: 11, CARRIAGE_LOADED: 12,
  PATH_BLOCKED: 13, STATION_IN_USE: 14, NOT_AUTO: 20, EMERGENCY_STOP: 21, PERSON_IN_ZONE: 22, GATE_NOT_SHUT: 23,
  ZONE_NOT_CLEAR: 24, DRIVE_FAULT: 25, CHARGER_PLUGGED: 26, TOO_LARGE: 27, TOO_HEAVY: 28, ENGINE_RUNNING: 29,
  SHUTTER_NOT_SHUT: 30,
};

const Fault = {
  NONE: 0, POWER_LOSS: 1, PERSON_IN_ZONE: 2, EMERGENCY_STOP: 3, MODE_CHANGED: 4, DRIVE_FAULT: 5, GATE_BLOCKED: 6,
  SENSOR_MISMATCH: 7, SHUTTER_BLOCKED: 8,
};

const State = { STOPPED: 2, IDLE: 4, SUSPENDED: 5, EXECUTE: 6, ABORTED: 9, HELD: 11 };
const JobState = { NONE: 0, REFUSED: 1, ALLOWED: 2, RUNNING: 3, INTERRUPTED: 4, ENDED: 5, ABORTED: 6 };
const Mode = { auto: 1, manual: 2, service: 3 };
const MODE_NAME = { 1: "Processing", 2: "Setup", 3: "Maintenance" };

const U = "UInt32";
const S = "String";
const COMMAND = { Epoch: U, JobId: U, Kind: U, Src: S, Dst: S, VehicleClass: U, Deadline: U, Crc: U, Seq: U };
const STATUS = {
  AckEpoch: U, AckSeq: U, RejectCode: U, State: U, JobState: U, CurrentEpoch: U, CurrentSeq: U, LastDoneEpoch: U,
  LastDoneSeq: U, LastDoneState: U, LastDoneFault: U, FaultCode: U, ItemState: S, OperationMode: S, Mode: U,
  ModeChanges: U, EmergencyStop: U,
};
const LIFT_STATUS = { ...STATUS, LoadPresent: U, PositionLift: U, PositionSecond: U, Phase: U };
const HEARTBEAT = { Controller: U, Plc: U };
const SAFETY = { PersonDetected: U, ZoneClear: U, DoorsShut: U, Places: S, Occupancy: S };
const SENSORS = { Gate: U, Shutter: U, ZoneClear: U, PersonDetected: U, Occupied: U };
const INTAKE = { LengthMm: U, WidthMm: U, HeightMm: U, MassKg: U, Plugged: U, EngineRunning: U, Plate: S };
const JOBS_KEPT = 16;
const RETAINED = Object.fromEntries([...Array(JOBS_KEPT).keys()].map((n) => [`Job${String(n).padStart(2, "0")}`, S]));

/** Groups of a unit's mailbox. */
function groups(isLift, isIntake) {
  const both = { Command: COMMAND, Heartbeat: HEARTBEAT, Retained: RETAINED };
  if (isLift) return { ...both, Status: LIFT_STATUS, Safety: SAFETY };
  return { ...both, Status: STATUS, Sensors: SENSORS, ...(isIntake ? { Intake: INTAKE } : {}) };
}

module.exports = { Kind, Reject, Fault, State, JobState, Mode, MODE_NAME, COMMAND, JOBS_KEPT, groups };
