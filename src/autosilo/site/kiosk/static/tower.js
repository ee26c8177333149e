/**
 * The tower as a living drawing: glass, cars behind it in their colours, lifts, gates, and a cat that watches them.
 *
 *   import { TowerView } from "./tower.js";
 *   const view = new TowerView(host, geometry, { paints: { VIN: "#rrggbb" }, label: "The car tower" });
 *   view.update(frame);            // a TowerLive frame, as often as they come
 *   view.highlight(vin);           // or null
 *   view.paint({ VIN: "#rrggbb" });
 *   view.destroy();
 *
 * `geometry` is what `autosilo.tower.drawing.drawing(site)` returns. Needs tower.css. No dependency, no inline style,
 * so it lives under a strict content policy. Movement is interpolated between frames; with `prefers-reduced-motion` it
 * jumps from frame to frame and nothing blinks.
 */

const SVG = "http://www.w3.org/2000/svg";
const CELL = 50; // one column
const FLOOR = 43; // one floor
const STREET = 92; // from the ground to the first floor's deck
const MAST = 13; // beside each rack
const SPINE = 20; // between two racks
const WALL = 20; // from the outer racks to the outer wall
const HEAD = 132;
const COLLAR = 30;
const EAR = 92;
const MARGIN = 46;
const DELAY_MS = 260; // frames come every 200 ms while something moves: draw between the last two
const BLINK_MS = 5200;
const NEUTRAL = "#b7bfcc";

let count = 0;

/** What a lift's counter says: the nearest floor, "G" for the street. */
export const floorLabel = (floor) => String(Math.round(floor) || "G");

/** What is written over a gate: "D1", or "L1 D1" where there is more than one lift. */
export function stationLabel(geometry, name) {
  const [lift, place] = (name ?? "").split(".");
  return geometry.lifts.length > 1 ? `${lift} ${place}` : place;
}

export class TowerView {
  constructor(host, geometry, { paints = {}, label = "", scene = true } = {}) {
    this.id = `tw${++count}`;
    this.geometry = geometry;
    this.paints = { ...paints };
    this.marked = null;
    this.samples = [];
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.look = { x: 0, y: 0 };
    this.frame = null;
    this.raf = 0;
    this.#measure();
    this.svg = el("svg", {
      class: "tw",
      viewBox: `${-MARGIN} ${-EAR - 14} ${this.width + 2 * MARGIN} ${this.height + EAR + 44}`,
      role: "img",
      preserveAspectRatio: "xMidYMax meet",
    });
    this.title = el("title", {}, label);
    this.svg.append(this.title, this.#defs(), ...(scene ? [this.#skyline()] : []), this.#ground(), this.#body());
    this.racks = new Map(geometry.lifts.map((lift) => [lift.name, this.#rack(lift)]));
    this.svg.append(this.#gloss(), this.#faceOfCat());
    host.append(this.svg);
    this.blink = setInterval(() => this.#blink(), BLINK_MS);
    this.draw = this.draw.bind(this);
  }

  /** Take a TowerLive frame. */
  update(frame) {
    const now = performance.now();
    const last = this.samples.at(-1);
    // after a pause the old sample would be interpolated across the whole pause: bring it up to now
    if (last && now - last.t > 2 * DELAY_MS) last.t = now - 200;
    this.samples.push({ t: now, lifts: new Map(frame.lifts.map((lift) => [lift.lift, lift])) });
    if (this.samples.length > 12) this.samples.shift();
    this.frame = frame;
    this.#settle(frame);
    if (this.still.matches) this.#place(Infinity);
    else if (!this.raf) this.raf = requestAnimationFrame(this.draw);
  }

  /** Mark one car wherever it is. */
  highlight(vin) {
    this.marked = vin;
    if (this.frame) this.#settle(this.frame);
  }

  /** Learn colours of cars. */
  paint(paints) {
    Object.assign(this.paints, paints);
    if (this.frame) this.#settle(this.frame);
  }

  describe(text) {
    this.title.textContent = text;
  }

  destroy() {
    cancelAnimationFrame(this.raf);
    clearInterval(this.blink);
    this.svg.remove();
  }

  // --- measures ---------------------------------------------------------------------------------

  #measure() {
    const { lifts, columns, floors } = this.geometry;
    this.rackWidth = columns * CELL + 2 * MAST;
    this.width = 2 * WALL + lifts.length * this.rackWidth + (lifts.length - 1) * SPINE;
    this.height = HEAD + COLLAR + floors * FLOOR + 16 + STREET;
    this.street = this.height;
  }

  #rackLeft(name) {
    const index = this.geometry.lifts.findIndex((lift) => lift.name === name);
    return WALL + index * (this.rackWidth + SPINE);
  }

  /** Deck height of a floor; floor 0 is the street, fractions lie between. */
  #y(floor) {
    const first = this.street - STREET;
    if (floor <= 1) return this.street - 6 + (first - this.street + 6) * Math.max(0, floor);
    return first - (floor - 1) * FLOOR;
  }

  /** Middle of a column within its rack. */
  #x(column) {
    return MAST + (column - 0.5) * CELL;
  }

  // --- the standing parts -----------------------------------------------------------------------

  #defs() {
    const ref = (name) => `${this.id}-${name}`;
    const gradient = (name, stops, vertical = true) => {
      const shape = el("linearGradient", { id: ref(name), x1: 0, y1: 0, x2: vertical ? 0 : 1, y2: vertical ? 1 : 0.35 });
      for (const [offset, color, opacity] of stops)
        shape.append(el("stop", { offset, "stop-color": color, "stop-opacity": opacity ?? 1 }));
      return shape;
    };
    const glow = (name, color, strength) => {
      const shape = el("radialGradient", { id: ref(name) });
      shape.append(
        el("stop", { offset: 0, "stop-color": color, "stop-opacity": strength }),
        el("stop", { offset: 1, "stop-color": color, "stop-opacity": 0 }),
      );
      return shape;
    };
    const defs = el("defs");
    defs.append(
      gradient("wall", [[0, "#2a3550"], [0.22, "#1a2337"], [1, "#0d1320"]]),
      gradient("edge", [[0, "#5a6a8c"], [1, "#2a3550"]]),
      gradient("lit", [[0, "#ffdf9a", 0.5], [1, "#ffb52e", 0.1]]),
      gradient("dim", [[0, "#8fa3c8", 0.13], [1, "#8fa3c8", 0.05]]),
      gradient("gloss", [[0, "#ffffff", 0.09], [0.5, "#ffffff", 0.03], [1, "#ffffff", 0]], false),
      gradient("spill", [[0, "#8ff0cf", 0.75], [1, "#8ff0cf", 0]]),
      gradient("iris", [[0, "#ffd98a"], [0.55, "#ffb52e"], [1, "#e08a00"]]),
      gradient("collar", [[0, "#ea5a47"], [1, "#b93222"]]),
      gradient("bell", [[0, "#ffe2a1"], [1, "#e79a12"]]),
      glow("halo", "#ffb52e", 0.42),
      glow("shade", "#000000", 0.4),
      this.#carSymbol(ref("car")),
    );
    return defs;
  }

  /** A car from its front; origin at the middle of its wheels, body in `currentColor`. */
  #carSymbol(id) {
    const car = el("symbol", { id, viewBox: "-20 -31 40 32", overflow: "visible" });
    car.append(
      el("ellipse", { cx: 0, cy: -0.5, rx: 18, ry: 2, fill: "#000", "fill-opacity": 0.35 }),
      el("path", { d: "M-16.6-5h6v4.2q0 .8-.8.8h-4.4q-.8 0-.8-.8zM10.6-5h6v4.200q0 .8-.8.8h-4.400q-.8 0-.8-.8z", fill: "#090c12" }),
      el("path", {
        d: "M-18-4.500V-12.500Q-18-16.6-14.4-17.300L-11.2-25Q-10-28-6.6-28H6.600Q10-28 11.2-25L14.4-17.300Q18-16.6 18-12.500V-4.500Q18-3 16.5-3H-16.500Q-18-3-18-4.500Z",
        fill: "currentColor",
      }),
      el("path", { d: "M-14-17.200Q0-18.8 14-17.200L15.5-15.400Q0-17.2-15.5-15.400Z", fill: "#fff", "fill-opacity": 0.28 }),
      el("path", { d: "M-12.3-17.900L-9.7-24.200Q-9-26-6.6-26H6.600Q9-26 9.7-24.200L12.3-17.900Q0-19.4-12.3-17.900Z", fill: "#0a1120", "fill-opacity": 0.82 }),
      el("path", { d: "M-8.5-25.200L-4-25.200L-8.6-18.600L-11.3-18.300Z", fill: "#fff", "fill-opacity": 0.18 }),
      el("path", { d: "M-16.8-13.500q4.5-.6 8.3 1.400q-.6 1.7-2.3 1.700h-4.600q-1.8 0-1.4-3.100zM16.8-13.500q-4.5-.6-8.3 1.400q.6 1.7 2.3 1.700h4.600q1.8 0 1.4-3.100z", fill: "#fff8e2" }),
      el("rect", { x: -9.5, y: -8, width: 19, height: 3.2, rx: 1.6, fill: "#000", "fill-opacity": 0.32 }),
    );
    return car;
  }

  /** A quiet city behind it, wider than the view. */
  #skyline() {
    const group = el("g", { class: "tw-skyline" });
    for (const [depth, tallest, step] of [["far", 0.5, 74], ["near", 0.27, 58]]) {
      let d = "";
      for (let x = -900, n = 3; x < this.width + 900; n = (n * 7 + 11) % 31) {
        const width = step * (0.5 + (n % 9) / 9);
        const height = this.height * tallest * (0.35 + (n % 13) / 18);
        d += `M${x.toFixed(0)} ${this.street}v${-height.toFixed(0)}h${width.toFixed(0)}v${height.toFixed(0)}z`;
        x += width + (n % 4) * 9;
      }
      group.append(el("path", { class: `tw-${depth}`, d }));
    }
    return group;
  }

  #ground() {
    const group = el("g");
    const y = this.street;
    group.append(
      el("ellipse", { cx: this.width / 2, cy: y + 4, rx: this.width * 0.62, ry: 15, fill: `url(#${this.id}-shade)` }),
      el("path", { class: "tw-kerb", d: `M-900 ${y}H${this.width + 900}` }),
      el("path", { class: "tw-road", d: `M-900 ${y + 18}H${this.width + 900}` }),
    );
    return group;
  }

  #body() {
    const w = this.width;
    const tip = w * 0.07;
    const base = Math.min(w * 0.3, 120);
    const brow = 20;
    const d =
      `M0 ${this.street}V40C0 10 ${tip * 0.2} ${-EAR * 0.62} ${tip - 4} ${-EAR + 6}Q${tip} ${-EAR - 3} ${tip + 8} ${-EAR + 6}` +
      `C${base * 0.62} ${-EAR * 0.6} ${base * 0.86} ${brow - 22} ${base} ${brow - 4}Q${w / 2} ${brow - 20} ${w - base} ${brow - 4}` +
      `C${w - base * 0.86} ${brow - 22} ${w - base * 0.62} ${-EAR * 0.6} ${w - tip - 8} ${-EAR + 6}` +
      `Q${w - tip} ${-EAR - 3} ${w - tip + 4} ${-EAR + 6}C${w - tip * 0.2} ${-EAR * 0.62} ${w} 10 ${w} 40V${this.street}Z`;
    const inner = (flip) => {
      const x = (value) => (flip ? w - value : value);
      return `M${x(tip * 0.75)} ${brow + 12}C${x(tip * 0.8)} ${-EAR * 0.25} ${x(tip)} ${-EAR * 0.5} ${x(tip + 4)} ${-EAR * 0.66}C${x(base * 0.5)} ${-EAR * 0.42} ${x(base * 0.62)} ${-EAR * 0.1} ${x(base * 0.72)} ${brow - 6}Q${x(tip * 1.4)} ${brow - 4} ${x(tip * 0.75)} ${brow + 12}Z`;
    };
    const group = el("g");
    group.append(
      el("path", { d, fill: `url(#${this.id}-wall)`, stroke: `url(#${this.id}-edge)`, "stroke-width": 2.5 }),
      el("path", { class: "tw-ear", d: inner(false) }),
      el("path", { class: "tw-ear", d: inner(true) }),
    );
    return group;
  }

  #gloss() {
    const w = this.width;
    const top = HEAD + COLLAR;
    return el("path", {
      d: `M${w * 0.12} ${top + 12}H${w * 0.4}L${w * 0.14} ${this.street - STREET}H${w * 0.045}V${top + 90}Z`,
      fill: `url(#${this.id}-gloss)`,
      "pointer-events": "none",
    });
  }

  #faceOfCat() {
    const w = this.width;
    const middle = w / 2;
    const apart = Math.min(w * 0.22, 108);
    const size = Math.min(w * 0.115, 50);
    const y = HEAD * 0.5;
    const face = el("g", { class: "tw-face" });
    this.eyes = [-1, 1].map((side) => {
      const eye = el("g", { transform: `translate(${middle + side * apart} ${y}) rotate(${side * -7})` });
      const clip = el("clipPath", { id: `${this.id}-eye${side}` });
      const almond = `M${-size} 0Q${-size * 0.25} ${-size * 0.88} ${size * 0.35} ${-size * 0.52}Q${size * 0.85} ${-size * 0.2} ${size} 0Q${size * 0.3} ${size * 0.7} ${-size * 0.3} ${size * 0.55}Q${-size * 0.75} ${size * 0.38} ${-size} 0Z`;
      clip.append(el("path", { d: almond }));
      eye.append(clip);
      const pupil = el("g");
      pupil.append(
        el("ellipse", { rx: size * 0.15, ry: size * 0.6, fill: "#0a0d14" }),
        el("circle", { cx: size * 0.12, cy: -size * 0.22, r: size * 0.085, fill: "#fff", "fill-opacity": 0.95 }),
      );
      const inside = el("g", { "clip-path": `url(#${this.id}-eye${side})` });
      inside.append(el("path", { d: almond, fill: `url(#${this.id}-iris)` }), pupil);
      const lid = el("g", { class: "tw-lid" });
      lid.append(inside);
      eye.append(el("circle", { r: size * 1.7, fill: `url(#${this.id}-halo)` }), lid);
      face.append(eye);
      return { pupil, lid, size, x: middle + side * apart, y };
    });
    const nose = y + size * 0.72;
    face.append(
      el("path", { class: "tw-nose", d: `M${middle - 8} ${nose}h16q1 0 .4 1.200l-6.8 7.400q-1.6 1.6-3.2 0l-6.8-7.400q-.6-1.2.4-1.200z` }),
      el("path", { class: "tw-line", d: `M${middle} ${nose + 9}v5q-3 7-12 4M${middle} ${nose + 14}q3 7 12 4` }),
    );
    for (const side of [-1, 1])
      for (const [from, to] of [[0, -6], [7, 7], [14, 20]])
        face.append(
          el("path", { class: "tw-line tw-whisker", d: `M${middle + side * (apart * 0.52)} ${nose + from}Q${middle + side * (apart + 10)} ${nose + (from + to) / 2 - 3} ${middle + side * (w / 2 + 22)} ${nose + to}` }),
        );
    face.append(
      el("rect", { x: -4, y: HEAD, width: w + 8, height: COLLAR - 10, rx: 8, fill: `url(#${this.id}-collar)` }),
      el("circle", { cx: middle, cy: HEAD + COLLAR - 6, r: 15, fill: `url(#${this.id}-bell)`, stroke: "#9a6408", "stroke-width": 1 }),
      el("path", { d: `M${middle - 14} ${HEAD + COLLAR - 6}h28M${middle} ${HEAD + COLLAR - 2}v8`, stroke: "#8a5a08", "stroke-width": 2, fill: "none", "stroke-linecap": "round" }),
    );
    return face;
  }

  #rack(lift) {
    const group = el("g", { transform: `translate(${this.#rackLeft(lift.name)} 0)` });
    const top = this.#y(this.geometry.floors) - FLOOR - 6;
    const inner = this.rackWidth - 2 * MAST;
    const rack = { bays: new Map(), stations: new Map(), counter: null };
    group.append(el("rect", { class: "tw-shaft", x: 3, y: top, width: this.rackWidth - 6, height: this.street - top, rx: 5 }));
    for (let floor = 1; floor <= this.geometry.floors; floor++)
      group.append(el("text", { class: "tw-floor", x: MAST / 2, y: this.#y(floor) - FLOOR / 2 + 3 }, String(floor)));
    // rear bays first, so that what stands in front covers them
    const bays = [...lift.bays].sort((one, other) => Number(other.rear) - Number(one.rear));
    for (const bay of bays) rack.bays.set(bay.name, this.#bay(group, bay));
    group.append(el("rect", { class: "tw-lobby", x: MAST, y: this.street - STREET + 8, width: inner, height: STREET - 8 }));
    for (const station of lift.stations) rack.stations.set(station.name, this.#station(group, station));
    Object.assign(rack, this.#carriage(group, top));
    this.svg.append(group);
    return rack;
  }

  #bay(parent, bay) {
    const at = `translate(${this.#x(bay.column)} ${this.#y(bay.floor)})`;
    const cell = el("g", { class: bay.rear ? "tw-bay tw-rear" : "tw-bay", transform: at });
    const w = CELL - 5;
    const h = FLOOR - 6;
    if (bay.rear) {
      const car = this.#car(30);
      car.setAttribute("transform", `translate(${-w / 4 + 4} ${-h / 2 + 6})`);
      cell.append(car, el("rect", { class: "tw-mark", x: -w / 2 - 1, y: -h - 1, width: w + 2, height: h + 2, rx: 5 }));
      parent.append(cell);
      return { cell, car };
    }
    cell.append(
      el("rect", { class: "tw-glass", x: -w / 2, y: -h, width: w, height: h, rx: 4, fill: `url(#${this.id}-dim)` }),
      el("rect", { class: "tw-light", x: -w / 2, y: -h, width: w, height: h, rx: 4, fill: `url(#${this.id}-lit)` }),
    );
    const car = this.#car(38);
    cell.append(
      car,
      el("path", { class: "tw-cross", d: `M${-w / 2 + 5} ${-h + 5}L${w / 2 - 5} -5M${w / 2 - 5} ${-h + 5}L${-w / 2 + 5} -5` }),
      el("rect", { class: "tw-mark", x: -w / 2 - 1, y: -h - 1, width: w + 2, height: h + 2, rx: 5 }),
    );
    parent.append(cell);
    return { cell, car };
  }

  #car(width) {
    const height = (width * 32) / 40;
    return el("use", { class: "tw-car", href: `#${this.id}-car`, x: -width / 2, y: -height + 0.6, width, height });
  }

  #station(parent, station) {
    const w = CELL - 2;
    const h = 52;
    const id = `${this.id}-${station.name.replace(/\W/g, "")}`;
    const gate = el("g", { class: `tw-gate tw-${station.role}`, transform: `translate(${this.#x(station.column)} ${this.street})` });
    const clip = el("clipPath", { id });
    clip.append(el("rect", { x: -w / 2, y: -h, width: w, height: h }));
    gate.append(clip);
    const shutter = el("g", { class: "tw-shutter" });
    shutter.append(el("rect", { class: "tw-slats", x: -w / 2, y: -h, width: w, height: h }));
    for (let y = -h + 7; y < 0; y += 7) shutter.append(el("path", { class: "tw-slat", d: `M${-w / 2} ${y}h${w}` }));
    const car = this.#car(44);
    const inside = el("g", { "clip-path": `url(#${id})` });
    inside.append(el("rect", { class: "tw-hall", x: -w / 2, y: -h, width: w, height: h }), car, shutter);
    gate.append(
      el("path", { class: "tw-spill", d: `M${-w / 2} 0H${w / 2}L${w / 2 + 16} 26H${-w / 2 - 16}Z`, fill: `url(#${this.id}-spill)` }),
      inside,
      el("rect", { class: "tw-frame", x: -w / 2, y: -h, width: w, height: h, rx: 2 }),
      ...(station.airlock ? [el("rect", { class: "tw-inner", x: -w / 2 + 2, y: -h - 3, width: w - 4, height: 4.5, rx: 2 })] : []),
      el("rect", { class: "tw-sign", x: -22, y: -h - 19, width: 44, height: 15, rx: 7.5 }),
      el("text", { class: "tw-signtext", x: 0, y: -h - 8 }, stationLabel(this.geometry, station.name)),
    );
    parent.append(gate);
    return { gate, car };
  }

  #carriage(parent, top) {
    const inner = this.rackWidth - 2 * MAST;
    const cables = el("path", { class: "tw-cable" });
    const beam = el("g", { class: "tw-lift" });
    const shuttle = el("g");
    const w = CELL - 1;
    const h = FLOOR - 3;
    const car = this.#car(40);
    shuttle.append(
      el("circle", { class: "tw-aura", r: 46, cy: -h / 2, fill: `url(#${this.id}-halo)` }),
      el("rect", { class: "tw-cage", x: -w / 2, y: -h, width: w, height: h, rx: 5 }),
      car,
      el("rect", { class: "tw-shuttle", x: -w / 2, y: 0, width: w, height: 3.5, rx: 1.7 }),
    );
    beam.append(
      el("rect", { class: "tw-beam", x: MAST - 6, y: 1, width: inner + 12, height: 4.5, rx: 2.2 }),
      el("rect", { class: "tw-shoe", x: MAST - 9, y: -7, width: 6, height: 20, rx: 2 }),
      el("rect", { class: "tw-shoe", x: this.rackWidth - MAST + 3, y: -7, width: 6, height: 20, rx: 2 }),
      shuttle,
    );
    const beside = this.geometry.lifts.length % 2 ? 44 : 0; // the bell hangs in the middle
    const counter = el("text", { class: "tw-counter", x: this.rackWidth / 2 + beside, y: top + 1 }, "");
    parent.append(cables, beam, counter);
    return { cables, beam, shuttle, car, cableTop: top, counter };
  }

  // --- what a frame says ------------------------------------------------------------------------

  /** Everything that does not need to be interpolated. */
  #settle(frame) {
    this.svg.classList.toggle("tw-held", Boolean(frame.held));
    this.svg.classList.toggle("tw-offline", !frame.connected);
    const blocked = new Set(frame.blocked ?? []);
    for (const rack of this.racks.values())
      for (const [name, { cell, car }] of rack.bays) {
        this.#fill(cell, car, frame.bays[name] ?? null);
        cell.classList.toggle("tw-blocked", blocked.has(name));
      }
    for (const station of frame.stations) {
      const drawn = this.#findStation(station.station);
      if (!drawn) continue;
      drawn.gate.dataset.gate = station.gate;
      drawn.gate.dataset.shutter = station.shutter ?? "shut";
      drawn.gate.classList.toggle("tw-person", !station.zone_clear);
      this.#fill(drawn.gate, drawn.car, station.car);
    }
    for (const lift of frame.lifts) {
      const rack = this.racks.get(lift.lift);
      if (!rack) continue;
      rack.beam.dataset.state = lift.in_service === false ? "out" : lift.state;
      this.#fill(rack.beam, rack.car, lift.car);
    }
  }

  #fill(holder, car, vin) {
    holder.classList.toggle("tw-full", Boolean(vin));
    holder.classList.toggle("tw-marked", Boolean(vin) && vin === this.marked);
    if (vin) car.setAttribute("color", this.paints[vin] ?? NEUTRAL);
  }

  #findStation(name) {
    for (const rack of this.racks.values()) if (rack.stations.has(name)) return rack.stations.get(name);
    return null;
  }

  // --- movement ---------------------------------------------------------------------------------

  draw(now) {
    const watching = this.#place(now - DELAY_MS);
    const newest = this.samples.at(-1)?.t ?? 0;
    const settled = now - DELAY_MS > newest && watching;
    this.raf = settled ? 0 : requestAnimationFrame(this.draw);
  }

  /** Put lifts where they were at `t`; true when the eyes have come to rest. */
  #place(t) {
    let target = null;
    for (const [name, rack] of this.racks) {
      const at = this.#at(name, t);
      if (!at) continue;
      const y = this.#y(at.floor);
      const x = this.#x(at.column);
      rack.beam.setAttribute("transform", `translate(0 ${y.toFixed(2)})`);
      rack.shuttle.setAttribute("transform", `translate(${x.toFixed(2)} 0)`);
      rack.cables.setAttribute("d", `M${MAST - 6} ${rack.cableTop}V${y.toFixed(2)}M${this.rackWidth - MAST + 6} ${rack.cableTop}V${y.toFixed(2)}`);
      const floor = floorLabel(at.floor);
      if (rack.counter.textContent !== floor) rack.counter.textContent = floor;
      const busy = at.state === "moving" || at.state === "transferring";
      const mine = this.marked && at.car === this.marked;
      const weight = mine ? 3 : busy ? 2 : 1;
      if (!target || weight > target.weight) target = { weight, x: this.#rackLeft(name) + x, y };
    }
    if (!target) return true;
    // nothing to follow: look at whoever stands before the tower
    return this.#watch(target.weight > 1 ? target : { x: this.width / 2, y: HEAD + (this.height - HEAD) * 0.3 });
  }

  #at(name, t) {
    let before = null;
    for (const sample of this.samples) {
      const lift = sample.lifts.get(name);
      if (!lift) continue;
      if (sample.t >= t) {
        if (!before) return lift;
        const share = (t - before.t) / Math.max(1, sample.t - before.t);
        const mix = (a, b) => a + (b - a) * share;
        return { ...lift, floor: mix(before.lift.floor, lift.floor), column: mix(before.lift.column, lift.column) };
      }
      before = { t: sample.t, lift };
    }
    return before?.lift ?? null;
  }

  /** Turn the eyes towards a point, softly. */
  #watch({ x, y }) {
    const dx = Math.max(-1, Math.min(1, (x - this.width / 2) / (this.width * 0.42)));
    const dy = Math.max(-0.4, Math.min(1, (y - HEAD) / (this.height - HEAD)));
    const ease = this.still.matches ? 1 : 0.14;
    this.look.x += (dx - this.look.x) * ease;
    this.look.y += (dy - this.look.y) * ease;
    for (const eye of this.eyes)
      eye.pupil.setAttribute(
        "transform",
        `translate(${(this.look.x * eye.size * 0.5).toFixed(2)} ${(this.look.y * eye.size * 0.26).toFixed(2)})`,
      );
    return Math.abs(dx - this.look.x) + Math.abs(dy - this.look.y) < 0.01;
  }

  #blink() {
    if (this.still.matches || document.hidden) return;
    for (const { lid } of this.eyes) lid.classList.add("tw-blink");
    setTimeout(() => this.eyes.forEach(({ lid }) => lid.classList.remove("tw-blink")), 150);
  }
}

function el(name, attributes = {}, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (text !== undefined) node.textContent = text;
  return node;
}
