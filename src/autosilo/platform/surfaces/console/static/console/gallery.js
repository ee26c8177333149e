// Adding many reference photos: one at a time, each reduced here before it is sent and answered for in its own line. What did
// not arrive stays and can be sent again. Without this script the form sends up to twenty at once.

const MAX_SIDE = 1600; // pixels: more than the networks look at is only slow
const QUALITY = 0.9;

const form = document.querySelector("[data-teach]");
const list = document.querySelector("[data-answers]");
const files = form.querySelector("[data-files]");
const [box, meter, words] = ["[data-progress]", "[data-meter]", "[data-progress-words]"].map((place) => form.querySelector(place));
let [queue, done, whole, running] = [[], 0, 0, false];

form.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopPropagation(); // one may go on choosing while photos are sent
  const chosen = [...files.files];
  files.value = "";
  for (const file of chosen) enqueue(file, {});
  if (!chosen.length && !running) files.focus();
});

function enqueue(file, options, before = null) {
  const line = document.createElement("li");
  line.className = "photo-answer";
  line.dataset.reason = "waiting";
  line.append(document.createElement("span"), named(file.name));
  if (before) before.replaceWith(line);
  else list.append(line);
  queue.push({ file, options, line });
  whole += 1;
  told();
  if (!running) run();
}

async function run() {
  running = true;
  while (queue.length) {
    const one = queue.shift();
    await send(one);
    done += 1;
    told();
  }
  running = false;
  [done, whole] = [0, 0];
  const added = document.querySelector('[data-reason="added"]');
  document.querySelector("[data-after]").hidden = !added;
  if (added) htmx.ajax("GET", location.href, { target: "#looks", select: "#looks", swap: "outerHTML" });
}

async function send({ file, options, line }) {
  const body = new FormData(form);
  body.delete("photo");
  body.append("photo", await shrunk(file), file.name);
  if (options.sure) body.set("sure", "on");
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
  } catch {
    return lost(line, file, options, "textLost");
  }
  if (!answer.ok || answer.redirected) {
    const word = { 401: "textSignedOut", 413: "textLarge", 429: "textOften" }[answer.status] ?? "textLost";
    return lost(line, file, options, word);
  }
  const part = document.createElement("template");
  part.innerHTML = (await answer.text()).trim();
  const said = part.content.firstElementChild;
  line.replaceWith(said);
  const sure = said.querySelector("[data-sure]");
  if (!sure) return;
  sure.hidden = false;
  sure.addEventListener("click", () => enqueue(file, { sure: true }, said));
}

function lost(line, file, options, word) {
  line.dataset.reason = "lost";
  const again = document.createElement("button");
  Object.assign(again, { type: "button", className: "button button-small", textContent: form.dataset.textAgain });
  again.addEventListener("click", () => enqueue(file, options, line));
  line.replaceChildren(document.createElement("span"), named(file.name, form.dataset[word]), again);
}

function named(name, said = "") {
  const words = document.createElement("span");
  const bold = document.createElement("b");
  bold.className = "photo-name";
  bold.textContent = name;
  words.append(bold, ` ${said}`);
  return words;
}

function told() {
  box.hidden = false;
  [meter.max, meter.value] = [whole || 1, done];
  words.textContent = form.dataset.textProgress.replace("{done}", done).replace("{whole}", whole);
}

/** At most MAX_SIDE pixels, upright; as it is where this browser cannot read it: the server says why. */
async function shrunk(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file;
  }
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}
