"use strict";
// A lift's control program: two axes, shutters, and cars between carriage and place.

const { Axis } = require("./axis");
const { Kind, Reject, Fault, JobState } = require("./codes");
const { rulesForMove, rulesForPark, axesForbidden } = require("./rules");
const { Unit } = require("./unit");

const PHASE = {
  clear: 1, toSource: 1, openSource: 2, take: 2, shutSource: 2, toDestination: 3, openDestination: 4, put: 4,
  shutDestination: 4, park: 3,
};
const AFTER = {
  toSource: "openSource", openSource: "take", take: "shutSource", shutSource: "toDestination",
  toDestination: "openDestination", openDestination: "put", put: "shutDestination", shutDestination: null, park: null,
};
const FAULT_OF = {
  [Reject.NOT_AUTO]: Fault.MODE_CHANGED, [Reject.EMERGENCY_STOP]: Fault.EMERGENCY_STOP,
  [Reject.DRIVE_FAULT]: Fault.DRIVE_FAULT, [Reject.PERSON_IN_ZONE]: Fault.PERSON_IN_ZONE,
  [Reject.ZONE_NOT_CLEAR]: Fault.PERSON_IN_ZONE, [Reject.GATE_NOT_SHUT]: Fault.GATE_BLOCKED,
};

class Lift extends Unit {
  constructor(machine, kept, world, mutants) {
    super(machine.name, kept, world, mutants);
    this.machine = machine;
    this.lift = machine.name;
    this.kinds = [Kind.MOVE, Kind.PARK];
    this.axes = world.kept.axes[machine.name];
    this.vertical = new Axis(machine.vertical, this.axes.y, false);
    this.second = new Axis(machine.second, this.axes.x, machine.turns);
    this.transferLeft = 0;
    this.stations = []; // programs of the stations that it reaches
    this.others = []; // the other lifts
    if (this.running && mutants.has("resumes-by-itself")) this.start(kept.job);
    else for (const name of machine.stations) world.shutter(name, this.name)?.stop();
  }

  get load() {
    return this.world.kept.loads[this.name];
  }

  /** What the load sensor says. */
  loaded() {
    const stuck = (this.world.kept.faults.sensor_stuck || {})[this.name];
    return stuck ? Boolean(stuck.value) : Boolean(this.load);
  }

  broken() {
    return this.world.has("drive_fault", this.name);
  }

  get moving() {
    return this.vertical.moving || this.second.moving;
  }

  /** Is the station this lift's until its job ends? */
  serves(place) {
    const job = this.kept.job;
    return Boolean(job) && job.kind === Kind.MOVE && (job.src === place || job.dst === place);
  }

  check(command) {
    if (command.Kind === Kind.PARK) return rulesForPark(this, command);
    return rulesForMove(this, command);
  }

  checkResume(job) {
    if (this.moving) return Reject.BUSY;
    const axes = axesForbidden(this, { shutters: false });
    if (axes !== Reject.NONE) return axes;
    if (job.kind === Kind.PARK) return Reject.NONE;
    if (this.whereItStands(job) !== null) return Reject.NONE;
    return this.world.occupied(job.dst) ? Reject.DESTINATION_TAKEN : Reject.SOURCE_EMPTY;
  }

  /** After a transfer: do the sensors of place and carriage say that the car has changed over? */
  mismatch(job) {
    if (this.step === "take") return this.world.occupied(job.src) || !this.loaded();
    return this.loaded() || !this.world.occupied(job.dst);
  }

  /** Where the sensors say that an interrupted MOVE stands: its next step, "done", or null where they contradict. */
  whereItStands(job) {
    const [loaded, source, destination] = [this.loaded(), this.world.occupied(job.src), this.world.occupied(job.dst)];
    if (loaded) return source || destination ? null : "toDestination";
    if (source) return destination ? null : "toSource";
    return destination ? "done" : null;
  }

  // --- the job's steps ---

  start(job) {
    if (job.kind === Kind.PARK) return this.enter("park");
    if (job.step === null) return this.enter("toSource");
    this.enter(this.leftOpen() ? "clear" : this.whereItStands(job));
  }

  leftOpen() {
    return this.machine.stations.some((name) => this.world.shutter(name, this.name)?.shut === false);
  }

  enter(step) {
    const job = this.kept.job;
    if (step === "done") return this.end();
    job.step = step; // for people who read the file; nothing is concluded from it
    this.step = step;
    this.dirty = true;
    if (step === "clear") {
      for (const name of this.machine.stations) this.world.shutter(name, this.name)?.drive(0);
    } else if (step === "toSource") this.travel(job.src);
    else if (step === "toDestination") this.travel(job.dst);
    else if (step === "park") this.vertical.go(this.machine.places.get(job.dst).y);
    else if (step.startsWith("open")) this.shutterOf(this.placeOf(step))?.drive(1);
    else if (step.startsWith("shut")) this.shutterOf(this.placeOf(step))?.drive(0);
    else this.transferLeft = this.transferS(this.placeOf(step));
  }

  placeOf(step) {
    return ["openSource", "take", "shutSource"].includes(step) ? this.kept.job.src : this.kept.job.dst;
  }

  shutterOf(place) {
    return this.world.shutter(place, this.name);
  }

  transferS(place) {
    return this.machine.places.get(place).front ? this.machine.transferRearS : this.machine.transferS;
  }

  travel(place) {
    const to = this.machine.places.get(place);
    this.vertical.go(to.y);
    this.second.go(to.x);
  }

  halt() {
    this.vertical.brake();
    this.second.brake();
    for (const name of this.machine.stations) this.world.shutter(name, this.name)?.stop();
  }

  scan(dt) {
    this.vertical.step(dt);
    this.second.step(dt);
    this.axes.x = this.second.position;
    this.axes.y = this.vertical.position;
    this.reverseShutters();
    if (!this.running) return;
    const reject = axesForbidden(this, { shutters: false });
    if (reject !== Reject.NONE) return this.interrupt(FAULT_OF[reject]);
    if (this.reached(dt)) this.advance();
  }

  reached(dt) {
    if (this.step === "clear") return !this.leftOpen();
    if (["toSource", "toDestination", "park"].includes(this.step)) return !this.moving;
    if (this.step.startsWith("open")) return this.shutterOf(this.placeOf(this.step))?.open ?? true;
    if (this.step.startsWith("shut")) return this.shutterOf(this.placeOf(this.step))?.shut ?? true;
    this.transferLeft -= dt;
    return this.transferLeft <= 0;
  }

  advance() {
    const job = this.kept.job;
    if (this.step === "clear") {
      const next = this.whereItStands(job);
      return next === null ? this.interrupt(Fault.SENSOR_MISMATCH) : this.enter(next);
    }
    if (this.step === "take" || this.step === "put") {
      if (this.step === "take") this.take(job.src);
      else this.put(job.dst);
      if (this.mismatch(job)) return this.interrupt(Fault.SENSOR_MISMATCH);
    }
    const next = AFTER[this.step];
    if (next === null) return this.end();
    this.enter(next);
  }

  end() {
    this.setJob(JobState.ENDED, Fault.NONE);
  }

  take(place) {
    const { places, loads } = this.world.kept;
    loads[this.name] = places[place] || null;
    delete places[place];
  }

  put(place) {
    const { places, loads } = this.world.kept;
    if (loads[this.name]) places[place] = loads[this.name];
    loads[this.name] = null;
  }

  reverseShutters() {
    for (const name of this.machine.stations) {
      const shutter = this.world.shutter(name, this.name);
      if (!shutter || !shutter.shutting || !this.world.has("shutter_blocked", name)) continue;
      if (this.running) this.setJob(JobState.INTERRUPTED, Fault.SHUTTER_BLOCKED);
      shutter.drive(1);
    }
  }

  // --- mirror ---

  zoneClear() {
    return !this.person() && this.stations.every((one) => one.airlock || this.world.zoneClear(one.name));
  }

  person() {
    return this.world.person(this.name) || this.stations.some((one) => !one.airlock && this.world.person(one.name));
  }

  doorsShut() {
    return this.stations.every((one) => (one.airlock ? this.shutterOf(one.name).shut : one.gate.shut));
  }

  publish() {
    const names = [...this.machine.places.keys()];
    const circle = this.machine.turns ? 360000 : Infinity;
    const mirror = this.mirror(names);
    return {
      ...mirror,
      Retained: this.retained(),
      Status: {
        ...this.status(),
        LoadPresent: this.loaded() ? 1 : 0,
        PositionLift: Math.max(0, Math.round(this.vertical.position * 1000)),
        PositionSecond: Math.max(0, Math.round(this.second.position * 1000)) % circle,
        Phase: this.kept.job ? PHASE[this.step || this.kept.job.step] || 0 : 0,
      },
    };
  }

  mirror(names) {
    return {
      Safety: {
        PersonDetected: this.person() ? 1 : 0,
        ZoneClear: this.zoneClear() ? 1 : 0,
        DoorsShut: this.doorsShut() ? 1 : 0,
        Places: names.join(","),
        Occupancy: names.map((name) => (this.world.occupied(name) ? "1" : "0")).join(""),
      },
    };
  }
}

module.exports = { Lift };
