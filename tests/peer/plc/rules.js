"use strict";
// Interlocks of a lift: what it refuses, and what stops it. The first reason found is told.

const { Reject } = require("./codes");

function machineForbids(lift) {
  if (lift.world.kept.modes[lift.name] !== 1 && !lift.mutant("moves-in-manual")) return Reject.NOT_AUTO;
  if (lift.world.has("emergency_stop", lift.name) && !lift.mutant("ignores-emergency-stop")) return Reject.EMERGENCY_STOP;
  return lift.broken() ? Reject.DRIVE_FAULT : Reject.NONE;
}

/** What stops the axes. Its own shutters stand open during a transfer: those are looked at only for a new job. */
function axesForbidden(lift, { shutters }) {
  const machine = machineForbids(lift);
  if (machine !== Reject.NONE) return machine;
  if (lift.person() && !lift.mutant("ignores-persons")) return Reject.PERSON_IN_ZONE;
  const exposed = lift.stations.filter((one) => one.airlock && !lift.shutterOf(one.name).shut);
  if (exposed.some((one) => !lift.world.zoneClear(one.name))) return Reject.ZONE_NOT_CLEAR;
  if (shutters && exposed.length) return Reject.SHUTTER_NOT_SHUT;
  for (const one of lift.stations.filter((s) => !s.airlock)) {
    if (!one.gate.shut && !lift.mutant("lift-ignores-gate")) return Reject.GATE_NOT_SHUT;
    if (!lift.world.zoneClear(one.name)) return Reject.ZONE_NOT_CLEAR;
  }
  return Reject.NONE;
}

function rulesForPark(lift, command) {
  if (!lift.machine.places.has(command.Dst)) return Reject.UNKNOWN_PLACE;
  if (lift.kept.job) return Reject.BUSY;
  if (lift.loaded()) return Reject.CARRIAGE_LOADED;
  return axesForbidden(lift, { shutters: true });
}

function rulesForMove(lift, command) {
  const { places } = lift.machine;
  const { Src: src, Dst: dst } = command;
  if (!places.has(src) || !places.has(dst) || src === dst) return Reject.UNKNOWN_PLACE;
  if (lift.kept.job) return Reject.BUSY;
  if (lift.loaded()) return Reject.CARRIAGE_LOADED;
  const checks = [
    () => axesForbidden(lift, { shutters: true }),
    () => stationForbids(lift, src) || stationForbids(lift, dst),
    () => (lift.world.occupied(src) ? Reject.NONE : Reject.SOURCE_EMPTY),
    () => destinationForbids(lift, dst),
    () => pathForbids(lift, src, dst),
    () => carForbids(lift, src, dst),
    () => classForbids(lift, command, dst),
  ];
  return checks.reduce((found, check) => found || check(), Reject.NONE);
}

function stationForbids(lift, place) {
  const station = lift.stations.find((one) => one.name === place);
  if (!station) return Reject.NONE;
  if (station.kept.job) return Reject.STATION_IN_USE;
  if (lift.others.some((one) => one.serves(place)) && !lift.mutant("no-reservations")) return Reject.STATION_IN_USE;
  if (!station.gate.shut && !lift.mutant("lift-ignores-gate")) return Reject.GATE_NOT_SHUT;
  return lift.world.zoneClear(place) ? Reject.NONE : Reject.ZONE_NOT_CLEAR;
}

function destinationForbids(lift, dst) {
  return lift.world.occupied(dst) && !lift.mutant("ignores-occupied") ? Reject.DESTINATION_TAKEN : Reject.NONE;
}

function pathForbids(lift, src, dst) {
  if (lift.mutant("ignores-front-bay")) return Reject.NONE;
  const { places } = lift.machine;
  const srcFront = places.get(src).front;
  const dstFront = places.get(dst).front;
  if (srcFront && lift.world.occupied(srcFront)) return Reject.PATH_BLOCKED;
  const inTheWay = dstFront && dstFront !== src && lift.world.occupied(dstFront);
  return inTheWay ? Reject.PATH_BLOCKED : Reject.NONE;
}

/** An intake has a scanner, a scale and a camera. */
function carForbids(lift, src, dst) {
  const station = lift.stations.find((one) => one.name === src);
  const car = lift.world.carAt(src);
  if (!station || !station.place.intake || !car || lift.mutant("no-intake-checks")) return Reject.NONE;
  if (car.plugged) return Reject.CHARGER_PLUGGED;
  if (car.engine_running) return Reject.ENGINE_RUNNING;
  const place = lift.machine.places.get(dst);
  if (!place.bay) return Reject.NONE;
  const bay = lift.world.site.classes[place.classIndex];
  return beyond(bay, { length: car.length_mm, width: car.width_mm, height: car.height_mm, mass: car.mass_kg });
}

function classForbids(lift, command, dst) {
  const place = lift.machine.places.get(dst);
  const { classes } = lift.world.site;
  if (!command.VehicleClass || !place.bay) return Reject.NONE;
  const needed = classes[command.VehicleClass - 1];
  return needed ? beyond(classes[place.classIndex], needed) : Reject.TOO_LARGE;
}

function beyond(bay, car) {
  if (car.length > bay.length || car.width > bay.width || car.height > bay.height) return Reject.TOO_LARGE;
  return car.mass > bay.mass ? Reject.TOO_HEAVY : Reject.NONE;
}

module.exports = { axesForbidden, rulesForMove, rulesForPark };
