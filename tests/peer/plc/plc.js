"use strict";
// One power cycle: retained memory, control programs, scan cycle.

const { JobState } = require("./codes");
const { Lift } = require("./lift");
const { RetainedFile } = require("./retained");
const { Station } = require("./station");
const { Unit } = require("./unit");
const { World } = require("./world");

const SCAN_MS = 20;
const BEAT_S = 0.25;
const LATE_MS = 400; // of the mutant that publishes before it retains

class Plc {
  constructor(site, folder, inventory, mutants) {
    this.site = site;
    this.mutants = mutants;
    this.memoryFile = new RetainedFile(folder, "retained.json");
    this.worldFile = new RetainedFile(folder, "world.json");
    this.kept = this.memoryFile.read() || {};
    this.world = new World(site, this.worldFile.read() || World.fresh(site, inventory));
    this.stations = new Map([...site.stations.values()].map((s) => [s.name, new Station(s, this.memory(s.name), this.world, mutants)]));
    this.lifts = new Map([...site.lifts.values()].map((l) => [l.name, new Lift(l, this.memory(l.name), this.world, mutants)]));
    for (const lift of this.lifts.values()) {
      lift.others = [...this.lifts.values()].filter((one) => one !== lift);
      lift.stations = lift.machine.stations.map((name) => this.stations.get(name));
      for (const station of lift.stations) {
        station.lifts.push(lift);
        if (station.lift === lift.name) station.owner = lift;
      }
      lift.lookAtKey();
    }
    this.units = [...this.lifts.values(), ...this.stations.values()];
    this.beat = 0;
    this.lateAt = null;
    this.save();
  }

  memory(name) {
    this.kept[name] ??= Unit.fresh();
    return this.kept[name];
  }

  save() {
    this.worldFile.write(this.world.kept, false);
    if (this.mutants.has("nothing-retained")) return;
    this.memoryFile.write(this.kept, true);
  }

  /** Retain what changed; the mutant does it when it has long been told. */
  retain(now, moved) {
    const dirty = this.units.some((unit) => unit.dirty);
    for (const unit of this.units) unit.dirty = false;
    if (this.mutants.has("publishes-before-retained")) {
      if (dirty) this.lateAt ??= now + LATE_MS / 1000;
      if (this.lateAt === null || now < this.lateAt) return;
      this.lateAt = null;
      return this.save();
    }
    if (dirty) this.save();
    else if (moved) this.worldFile.write(this.world.kept, false);
  }

  run(server) {
    const start = process.hrtime.bigint();
    const clock = () => Number(process.hrtime.bigint() - start) / 1e9;
    let before = clock();
    let beatAt = before;
    this.timer = setInterval(() => {
      const now = clock();
      this.scan(server, now, now - before);
      before = now;
      if (now - beatAt < BEAT_S) return;
      beatAt = now;
      this.beat = (this.beat % 1000000) + 1;
    }, SCAN_MS);
  }

  stop() {
    clearInterval(this.timer);
  }

  /** Empty files: the next one begins as new. */
  forget() {
    this.memoryFile.remove();
    this.worldFile.remove();
  }

  scan(server, now, dt) {
    const moved = this.world.step(dt);
    for (const unit of this.units) {
      unit.hear(server.heartbeat(unit.name), now);
      unit.look(server.command(unit.name), now, Date.now() / 1000);
      unit.scan(dt);
    }
    this.retain(now, moved || [...this.lifts.values()].some((lift) => lift.moving || lift.running));
    for (const unit of this.units) {
      server.publish(unit.name, { ...unit.publish(), Heartbeat: { Plc: this.mutants.has("no-heartbeat") ? 0 : this.beat } });
    }
  }

  // --- what people do at the machine: [HTTP status, body] ---

  order(path, body) {
    const answer = this[path.slice(1)] && ORDERS.has(path) ? this[path.slice(1)](body) : [404, { error: "no_such_route" }];
    this.worldFile.write(this.world.kept, false);
    return answer;
  }

  arrive({ station, ...car }) {
    return this.drive(() => this.world.arrive(station, car));
  }

  depart({ station, vin }) {
    return this.drive(() => this.world.depart(station, vin));
  }

  drive(how) {
    try {
      const trouble = how();
      return trouble ? [409, { error: trouble }] : [200, { ok: true }];
    } catch (error) {
      return [409, { error: error.message }];
    }
  }

  unplug({ station }) {
    const car = this.world.carAt(station);
    if (car) car.plugged = false;
    return [200, { ok: true }];
  }

  fault({ kind, at, set = true, ...rest }) {
    const { faults } = this.world.kept;
    faults[kind] ??= {};
    if (set) faults[kind][at] = rest;
    else delete faults[kind][at];
    return [200, { ok: true }];
  }

  mode({ lift, mode }) {
    this.world.kept.modes[lift] = { auto: 1, manual: 2, service: 3 }[mode];
    this.lifts.get(lift).lookAtKey();
    return [200, { ok: true }];
  }

  logs() {
    return [200, Object.fromEntries(this.units.map((unit) => [unit.name, unit.kept.log]))];
  }

  state() {
    const { places, loads } = this.world.kept;
    const jobs = Object.fromEntries(this.units.map((unit) => [unit.name, unit.kept.job]));
    return [200, { places, loads, jobs, running: Object.values(jobs).some((j) => j && j.state === JobState.RUNNING) }];
  }
}

const ORDERS = new Set(["/logs", "/arrive", "/depart", "/unplug", "/fault", "/mode", "/state"]);

module.exports = { Plc };
