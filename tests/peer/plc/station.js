"use strict";
// A station's control program: its gate.

const { Kind, Reject, Fault, JobState } = require("./codes");
const { Unit } = require("./unit");

const FAULT_OF = {
  [Reject.NOT_AUTO]: Fault.MODE_CHANGED, [Reject.EMERGENCY_STOP]: Fault.EMERGENCY_STOP,
  [Reject.DRIVE_FAULT]: Fault.DRIVE_FAULT,
};

class Station extends Unit {
  constructor(place, kept, world, mutants) {
    super(place.name, kept, world, mutants);
    this.place = place;
    this.lift = place.owner;
    this.kinds = [Kind.OPEN_GATE, Kind.SHUT_GATE];
    this.gate = world.gates.get(place.name);
    this.lifts = []; // control programs of the lifts that reach it; filled in by the PLC
    if (!(this.running && this.mutant("resumes-by-itself"))) this.gate.stop();
  }

  broken() {
    return this.world.has("drive_fault", this.name);
  }

  get airlock() {
    return this.place.shutterS > 0;
  }

  check(command) {
    if (command.Src !== this.name) return Reject.UNKNOWN_PLACE;
    if (this.kept.job) return Reject.BUSY;
    return this.forbidden(command.Kind);
  }

  checkResume(job) {
    return this.forbidden(job.kind);
  }

  machine() {
    if (this.world.kept.modes[this.lift] !== 1 && !this.mutant("moves-in-manual")) return Reject.NOT_AUTO;
    if (this.world.has("emergency_stop", this.lift)) return Reject.EMERGENCY_STOP;
    return this.broken() ? Reject.DRIVE_FAULT : Reject.NONE;
  }

  forbidden(kind) {
    const machine = this.machine();
    if (machine !== Reject.NONE) return machine;
    if (kind === Kind.SHUT_GATE) return this.world.zoneClear(this.name) || this.mutant("gate-ignores-zone") ? Reject.NONE : Reject.ZONE_NOT_CLEAR;
    if (this.lifts.some((lift) => lift.serves(this.name)) && !this.mutant("gate-ignores-lift")) return Reject.STATION_IN_USE;
    if (!this.airlock && this.lifts.some((lift) => lift.kept.job) && !this.mutant("gate-ignores-lift")) return Reject.STATION_IN_USE;
    return this.world.shuttersOf(this.name).every((one) => one.shut) ? Reject.NONE : Reject.SHUTTER_NOT_SHUT;
  }

  start(job) {
    this.gate.drive(job.kind === Kind.OPEN_GATE ? 1 : 0);
  }

  halt() {
    this.gate.stop();
  }

  scan() {
    if (this.gate.shutting && !this.world.zoneClear(this.name) && !this.mutant("gate-ignores-zone")) this.reverse();
    if (!this.running) return;
    const machine = this.machine();
    if (machine !== Reject.NONE) return this.interrupt(FAULT_OF[machine]);
    const reached = this.kept.job.kind === Kind.OPEN_GATE ? this.gate.open : this.gate.shut;
    if (reached) this.setJob(JobState.ENDED, Fault.NONE);
  }

  reverse() {
    this.gate.drive(1);
    if (this.running && this.kept.job.kind === Kind.SHUT_GATE) this.setJob(JobState.ABORTED, Fault.GATE_BLOCKED);
  }

  publish() {
    const world = this.world;
    const open = world.shuttersOf(this.name).find((one) => !one.shut);
    const values = {
      Sensors: {
        Gate: this.gate.state,
        Shutter: open ? open.state : 0,
        ZoneClear: world.zoneClear(this.name) ? 1 : 0,
        PersonDetected: world.person(this.name) ? 1 : 0,
        Occupied: world.occupied(this.name) ? 1 : 0,
      },
    };
    if (this.place.intake) values.Intake = this.intake();
    return { ...values, Retained: this.retained(), Status: this.status() };
  }

  intake() {
    const car = this.world.carAt(this.name);
    return {
      LengthMm: car ? car.length_mm : 0, WidthMm: car ? car.width_mm : 0, HeightMm: car ? car.height_mm : 0,
      MassKg: car ? car.mass_kg : 0, Plugged: car && car.plugged ? 1 : 0,
      EngineRunning: car && car.engine_running ? 1 : 0, Plate: car ? car.plate : "",
    };
  }
}

module.exports = { Station };
