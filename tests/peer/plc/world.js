"use strict";
// Cars, people, gates and sensors: what the control programs see and drive. Kept through a power cut in a file.

const DRIVE_IN_OUT_S = 6;
const SHUT = 0, OPENING = 1, OPEN = 2, SHUTTING = 3;

/** A gate or a shutter: `open` from 0 to 1, driven towards `goal`. */
class Leaf {
  constructor(kept, travelS) {
    this.kept = kept; // {open, goal}
    this.travelS = travelS;
  }

  drive(goal) {
    this.kept.goal = goal;
  }

  stop() {
    this.kept.goal = this.kept.open;
  }

  get shut() {
    return this.kept.open === 0 && this.kept.goal === 0;
  }

  get open() {
    return this.kept.open === 1 && this.kept.goal === 1;
  }

  get shutting() {
    return this.kept.goal === 0 && this.kept.open > 0;
  }

  get state() {
    if (this.shut) return SHUT;
    if (this.open) return OPEN;
    return this.kept.goal === 1 ? OPENING : SHUTTING;
  }

  step(dt) {
    const { open, goal } = this.kept;
    if (open === goal) return false;
    const way = dt / this.travelS;
    this.kept.open = goal > open ? Math.min(goal, open + way) : Math.max(goal, open - way);
    return true;
  }
}

class World {
  constructor(site, kept) {
    this.site = site;
    this.kept = kept;
    this.gates = new Map();
    this.shutters = new Map(); // "station lift" -> Leaf: one towards each lift
    for (const station of site.stations.values()) {
      this.gates.set(station.name, this.leaf(`gate ${station.name}`, site.gateS));
      for (const lift of station.columns.keys()) {
        if (station.shutterS) this.shutters.set(`${station.name} ${lift}`, this.leaf(`${station.name} ${lift}`, station.shutterS));
      }
    }
  }

  static fresh(site, inventory) {
    const world = { cars: {}, places: {}, loads: {}, axes: {}, leaves: {}, visits: {}, faults: {}, modes: {} };
    for (const [place, car] of Object.entries(inventory)) {
      world.cars[car.vin] = car;
      world.places[place] = car.vin;
    }
    for (const lift of site.lifts.values()) {
      const home = lift.places.get(lift.stations[0]);
      world.axes[lift.name] = { x: home.x, y: home.y };
      world.loads[lift.name] = null;
      world.modes[lift.name] = 1;
    }
    return world;
  }

  leaf(key, travelS) {
    this.kept.leaves[key] ??= { open: 0, goal: 0 };
    return new Leaf(this.kept.leaves[key], travelS);
  }

  // --- sensors ---

  has(kind, at) {
    return Boolean((this.kept.faults[kind] || {})[at]);
  }

  /** What the sensor of a place says; a stuck one says what it was told to. */
  occupied(place) {
    const stuck = (this.kept.faults.sensor_stuck || {})[place];
    return stuck ? Boolean(stuck.value) : place in this.kept.places;
  }

  carAt(place) {
    return this.kept.cars[this.kept.places[place]] || null;
  }

  person(zone) {
    return this.has("person", zone);
  }

  zoneClear(station) {
    return !(this.person(station) || this.has("gate_blocked", station) || station in this.kept.visits);
  }

  shutter(station, lift) {
    return this.shutters.get(`${station} ${lift}`) || null;
  }

  shuttersOf(station) {
    return [...this.site.stations.get(station).columns.keys()].map((lift) => this.shutter(station, lift)).filter(Boolean);
  }

  // --- drivers ---

  arrive(station, car) {
    this.mayDrive(station);
    if (this.occupied(station) || station in this.kept.visits) return "occupied";
    if (car.vin in this.kept.cars) return "already_inside";
    this.kept.visits[station] = { car, leaving: false, left: DRIVE_IN_OUT_S / this.site.pace };
    return null;
  }

  depart(station, vin) {
    this.mayDrive(station);
    const visit = this.kept.visits[station];
    if (visit && visit.leaving && visit.car.vin === vin) return null; // who says it twice does not begin anew
    if (this.kept.places[station] !== vin) return "no_such_car";
    if (visit) return "occupied";
    this.kept.visits[station] = { car: this.kept.cars[vin], leaving: true, left: DRIVE_IN_OUT_S / this.site.pace };
    return null;
  }

  mayDrive(station) {
    const gate = this.gates.get(station);
    if (!gate) throw new Error("no_such_station");
    if (!gate.open) throw new Error("gate_shut");
  }

  /** Returns whether anything moved. */
  step(dt) {
    let moved = false;
    for (const leaf of [...this.gates.values(), ...this.shutters.values()]) moved = leaf.step(dt) || moved;
    for (const [station, visit] of Object.entries(this.kept.visits)) {
      visit.left -= dt;
      moved = true;
      if (visit.left > 0) continue;
      delete this.kept.visits[station];
      if (visit.leaving) {
        delete this.kept.places[station];
        delete this.kept.cars[visit.car.vin];
      } else {
        this.kept.places[station] = visit.car.vin;
        this.kept.cars[visit.car.vin] = visit.car;
      }
    }
    return moved;
  }
}

module.exports = { World };
