/**
 * Live towers: one event stream a page, a drawing for each site on it, and the panel of the chosen car.
 *
 * The page says everything by attributes: [data-live] holds the stream's address and the drawing's module; each
 * [data-tower] is a host for the drawing of a site whose geometry stands in #geometry-<site>; paints stand in #paints.
 * `frame` events are what a site sends now; `quiet` ones show how its cars stood when it was last heard.
 */

const page = document.querySelector("[data-live]");
const { TowerView } = await import(page.dataset.towerModule);
const paints = JSON.parse(document.getElementById("paints").textContent);
const towers = new Map();

for (const host of page.querySelectorAll("[data-tower]")) {
  const site = host.dataset.tower;
  const geometry = JSON.parse(document.getElementById(`geometry-${site}`).textContent);
  if (!geometry.lifts?.length) continue;
  const view = new TowerView(host, geometry, { paints, label: host.dataset.label });
  towers.set(site, { host, view, at: new Map() });
  if (page.dataset.carUrl) makeChoosable(towers.get(site));
}

const source = new EventSource(page.dataset.live);
source.addEventListener("frame", (event) => show(JSON.parse(event.data), true));
source.addEventListener("quiet", (event) => show(JSON.parse(event.data), false));
source.addEventListener("ended", () => {
  source.close();
  location.reload(); // signed out: the server leads to the login
});
source.addEventListener("error", () => {
  for (const site of towers.keys()) markLive(site, false);
});
addEventListener("pagehide", () => source.close());

function show(frame, live) {
  const tower = towers.get(frame.site);
  if (!tower) return;
  tower.view.update(frame);
  markLive(frame.site, live);
  tower.at = placesOf(frame);
  for (const [place, vin] of tower.at) {
    const cell = document.querySelector(`[data-place-of="${CSS.escape(vin)}"]`);
    if (cell && cell.textContent !== place) cell.textContent = place;
  }
}

/** place -> VIN of every car that stands somewhere in the frame. */
function placesOf(frame) {
  const found = new Map(Object.entries(frame.bays).filter(([, vin]) => vin));
  for (const station of frame.stations) if (station.car) found.set(station.station, station.car);
  for (const lift of frame.lifts) if (lift.car) found.set(lift.lift, lift.car);
  return found;
}

function markLive(site, live) {
  const { host } = towers.get(site);
  host.toggleAttribute("data-quiet", !live);
  for (const badge of document.querySelectorAll(`[data-live-badge="${CSS.escape(site)}"]`)) badge.hidden = !live;
  for (const note of document.querySelectorAll(`[data-quiet-note="${CSS.escape(site)}"]`)) note.hidden = live;
}

/** A click on a bay, a gate or a lift shows its car; the table below does the same for keyboards. */
function makeChoosable(tower) {
  for (const [lift, rack] of tower.view.racks) {
    for (const [place, { cell }] of rack.bays) choosable(tower, cell, place);
    for (const [place, { gate }] of rack.stations) choosable(tower, gate, place);
    choosable(tower, rack.shuttle, lift);
  }
  for (const button of document.querySelectorAll("[data-choose]"))
    button.addEventListener("click", () => choose(tower, button.dataset.choose));
}

function choosable(tower, shape, place) {
  shape.dataset.place = place;
  shape.addEventListener("click", () => {
    const vin = tower.at.get(place);
    if (vin) choose(tower, vin);
  });
}

async function choose(tower, vin) {
  tower.view.highlight(vin);
  const address = page.dataset.carUrl.replace("VIN", encodeURIComponent(vin));
  await htmx.ajax("GET", address, { target: "#car", swap: "innerHTML" });
  document.getElementById("car").scrollIntoView({ block: "nearest" }); // on a phone it lies below the tower
}
