/** A head that does what is asked, as seen in a mirror: the person's left is on the left. For kiosk and shop. */

const SVG = "http://www.w3.org/2000/svg";
const HEAD = ["M32 8c-11 0-17 8-17 20 0 14 8 25 17 25s17-11 17-25c0-12-6-20-17-20z"];
const FACE = { look: [0, 0], left: [-7, 0], right: [7, 0], up: [0, -7], closer: [0, 0] };
const ARROW = {
  look: [],
  left: ["M12 30H-6M1 22l-8 8 8 8"],
  right: ["M52 30h18M63 22l8 8-8 8"],
  up: ["M32 2v-16M24-7l8-8 8 8"],
  closer: ["M-4 -6l10 10M6-4v8h-8M68-6L58 4M58-4v8h8M-4 66l10-10M6 64v-8h-8M68 66L58 56M58 64v-8h8"],
};

/** An SVG for one of look, left, right, up, closer. */
export function movePicture(prompt) {
  const [x, y] = FACE[prompt];
  const face = `M${24 + x} ${26 + y}v2M${40 + x} ${26 + y}v2M${32 + x} ${27 + y}v7h-3M${26 + x} ${42 + y}q6 4 12 0`;
  const svg = drawn("svg", { viewBox: "-16 -18 96 90", class: `move move-${prompt}`, "aria-hidden": "true", focusable: "false" });
  for (const d of [...HEAD, face]) svg.append(drawn("path", { d }));
  for (const d of ARROW[prompt]) svg.append(drawn("path", { d, class: "move-arrow" }));
  return svg;
}

function drawn(tag, props) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, value);
  return node;
}
