"use strict";
// The machine as its site file describes it. The file comes as JSON (the same keys as the TOML).
// Own reading of docs/reference/site-file.md; nothing here is shared with the project's code.

const fs = require("fs");

const two = (n) => String(n).padStart(2, "0");

/** Read a site. `pace` divides every duration of the machine. */
function readSite(path, pace) {
  const raw = JSON.parse(fs.readFileSync(path, "utf8"));
  const tower = raw.tower;
  const stations = new Map();
  for (const lift of tower.lifts) {
    for (const one of lift.stations || []) {
      const name = `${lift.name}.${one.name}`;
      stations.set(name, {
        name,
        owner: lift.name,
        intake: one.name.startsWith("I"),
        shutterS: (one.shutter_s || 0) / pace,
        columns: new Map([[lift.name, one.column], ...(one.shared || []).map((s) => [s.lift, s.column])]),
      });
    }
  }
  const lifts = new Map(tower.lifts.map((lift) => [lift.name, readLift(tower, lift, stations, pace)]));
  const classes = tower.classes.map((c) => ({
    length: c.length_mm,
    width: c.width_mm,
    height: c.height_mm,
    mass: c.mass_kg,
  }));
  return { slug: raw.slug, pace, lifts, stations, classes, gateS: tower.gate.travel_s / pace };
}

function readLift(tower, lift, stations, pace) {
  const turns = lift.turntable_speed_deg_s !== undefined;
  const step = turns ? 360 / tower.columns : tower.column_pitch_m;
  const speed = turns ? lift.turntable_speed_deg_s : lift.shuttle_speed_m_s;
  const acceleration = turns ? lift.turntable_acceleration_deg_s2 : lift.shuttle_acceleration_m_s2;
  const places = new Map();
  const blocked = new Set(lift.blocked || []);
  for (let floor = 1; floor <= tower.floors; floor++) {
    for (let column = 1; column <= tower.columns; column++) {
      const bay = `B${two(floor)}${two(column)}`;
      if (blocked.has(bay)) continue;
      const at = { x: column * step, y: floor * tower.floor_pitch_m, classIndex: classOf(tower, floor), bay: true };
      places.set(`${lift.name}.${bay}`, { ...at, name: `${lift.name}.${bay}`, front: null });
      if (tower.depth === 2 && !blocked.has(`${bay}R`)) {
        places.set(`${lift.name}.${bay}R`, { ...at, name: `${lift.name}.${bay}R`, front: `${lift.name}.${bay}` });
      }
    }
  }
  const reached = [...stations.values()].filter((s) => s.columns.has(lift.name));
  reached.sort((a, b) => (a.owner === lift.name ? 0 : 1) - (b.owner === lift.name ? 0 : 1));
  for (const one of reached) {
    places.set(one.name, { name: one.name, x: one.columns.get(lift.name) * step, y: 0, bay: false, front: null });
  }
  return {
    name: lift.name,
    turns,
    vertical: { speed: lift.speed_m_s * pace, acceleration: lift.acceleration_m_s2 * pace * pace },
    second: { speed: speed * pace, acceleration: acceleration * pace * pace },
    transferS: lift.transfer_s / pace,
    transferRearS: (lift.transfer_rear_s || lift.transfer_s) / pace,
    places,
    stations: reached.map((s) => s.name),
  };
}

function classOf(tower, floor) {
  const listed = tower.classes.findIndex((c) => (c.floors || []).includes(floor));
  return listed >= 0 ? listed : tower.classes.findIndex((c) => c.floors === undefined);
}

module.exports = { readSite };
