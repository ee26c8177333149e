// Help with framing while the camera is on: cheap guesses from a tiny grey picture, four times a second. They only advise;
// what is in the picture is for the server to say.

const [WIDE, HIGH] = [64, 48];
const EVERY_MS = 250;
const DARK = 38; // mean of 255, below which even a phone's picture is mostly noise
const MOVING = 9; // mean change of a pixel between two looks: a hand that swings
const STEADY_LOOKS = 3; // looks that must agree before anything is said anew
const BORDER = 0.18; // of each side: what lies outside of the drawn frame
const FILLED = 1.15; // how much more detail the frame must hold than its surroundings
const FLAT = 3; // mean step between neighbours, below which there is nothing to see in the frame

/** Says "dark", "still", "closer" or "good" through `say` whenever that has changed and lasts. Returns how to end it. */
export function watch(video, say) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDE, HIGH];
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  let [before, told, next, agreed] = [null, null, null, 0];
  const timer = setInterval(() => {
    if (!video.videoWidth) return;
    pen.drawImage(video, 0, 0, WIDE, HIGH);
    const now = grey(pen.getImageData(0, 0, WIDE, HIGH).data);
    const word = judged(now, before);
    before = now;
    agreed = word === next ? agreed + 1 : 1;
    next = word;
    if (agreed < STEADY_LOOKS || word === told) return;
    told = word;
    say(word);
  }, EVERY_MS);
  return () => clearInterval(timer);
}

/** What would help most; `now` and `before` are WIDE x HIGH grey values. Exported for tests. */
export function judged(now, before) {
  if (mean(now) < DARK) return "dark";
  if (before && mean(now.map((value, at) => Math.abs(value - before[at]))) > MOVING) return "still";
  const { inside, outside } = detail(now);
  return inside < FLAT || inside < outside * FILLED ? "closer" : "good";
}

function grey(pixels) {
  const values = new Float32Array(WIDE * HIGH);
  for (let at = 0; at < values.length; at++) values[at] = 0.299 * pixels[4 * at] + 0.587 * pixels[4 * at + 1] + 0.114 * pixels[4 * at + 2];
  return values;
}

/** Mean step between neighbouring pixels inside the frame and around it. */
function detail(values) {
  const sums = { inside: [0, 0], outside: [0, 0] };
  for (let y = 0; y < HIGH - 1; y++)
    for (let x = 0; x < WIDE - 1; x++) {
      const at = y * WIDE + x;
      const step = Math.abs(values[at] - values[at + 1]) + Math.abs(values[at] - values[at + WIDE]);
      const framed = x > WIDE * BORDER && x < WIDE * (1 - BORDER) && y > HIGH * BORDER && y < HIGH * (1 - BORDER);
      const sum = sums[framed ? "inside" : "outside"];
      sum[0] += step;
      sum[1] += 1;
    }
  return { inside: sums.inside[0] / sums.inside[1], outside: sums.outside[0] / sums.outside[1] };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
