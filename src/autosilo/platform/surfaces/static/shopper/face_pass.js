// The pass whose key opens one's face template, kept in this browser alone: as the drawing of its QR code, by visit.
// The server shows it once and never again.

const PREFIX = "autosilo-face-pass:";
const KEPT_MS = 40 * 24 * 3600 * 1000; // longer than a booking ahead and a trial together
const SVG = "http://www.w3.org/2000/svg";
const DRAWN = ["d", "fill", "stroke", "class", "transform"];

function tidy(now) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && !(read(key)?.at > now - KEPT_MS)) localStorage.removeItem(key);
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function taken(svg) {
  const paths = [...svg.querySelectorAll("path")].map((path) => DRAWN.map((name) => path.getAttribute(name)));
  return { viewBox: svg.getAttribute("viewBox"), paths };
}

function drawn({ viewBox, paths }) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("class", "qr");
  for (const values of paths) {
    const path = document.createElementNS(SVG, "path");
    DRAWN.forEach((name, index) => values[index] !== null && path.setAttribute(name, values[index]));
    svg.append(path);
  }
  return svg;
}

function keep(ticket) {
  const pass = { at: Date.now(), token: ticket.dataset.token, ...taken(ticket.querySelector(".ticket-qr svg")) };
  localStorage.setItem(PREFIX + ticket.dataset.trial, JSON.stringify(pass));
  document.querySelector("[data-kept]").hidden = false;
}

function show(place) {
  const key = PREFIX + place.dataset.trial;
  const pass = read(key);
  if (!pass) return;
  if (pass.token !== place.dataset.token) {
    localStorage.removeItem(key); // an old pass opens nothing any more
    return;
  }
  document.querySelector("[data-qr]").replaceChildren(drawn(pass));
  place.textContent = place.dataset.textWith;
}

try {
  tidy(Date.now());
  const ticket = document.querySelector("[data-face-pass]");
  const place = document.querySelector("[data-with-face]");
  if (ticket) keep(ticket);
  if (place) show(place);
} catch {
  // a browser that keeps nothing: the printed or photographed pass is the only one, and the page says so
}
