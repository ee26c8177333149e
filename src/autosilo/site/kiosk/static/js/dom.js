/** Small helpers to build and fill the page; text is always text, never markup. */

export const $ = (id) => document.getElementById(id);

/** h("button", { class: "key", onclick, "data-testid": "x" }, "text", child, …) */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A big button. */
export function button(id, text, onclick, kind = "primary", extra = {}) {
  return h("button", { type: "button", class: `button ${kind}`, "data-testid": id, onclick, ...extra }, text);
}

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element: s("path", { d: "…" }). */
export function s(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** One line icon of 24 units. */
export function icon(paths) {
  const shape = s("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" });
  for (const d of paths) shape.append(s("path", { d }));
  return shape;
}

export const ICONS = {
  face: ["M4 8V6a2 2 0 0 1 2-2h2M16 4h2a2 2 0 0 1 2 2v2M20 16v2a2 2 0 0 1-2 2h-2M8 20H6a2 2 0 0 1-2-2v-2", "M9 9.500v1M15 9.500v1M12 10v3h-1M9 15.500q3 2 6 0"],
  pass: ["M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4z", "M14 14h2v2h-2zM18 14h2M14 18v2M17 17h3v3h-3z"],
  gate: ["M3 20V7l9-4 9 4v13", "M7 20v-9h10v9M7 14h10M7 17h10"],
  check: ["M4 12.500l5.500 5.500L20 7"],
  stop: ["M12 3l9 16H3z", "M12 10v4M12 16.500v.5"],
};
