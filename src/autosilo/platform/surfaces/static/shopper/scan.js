// The scan: viewfinder, sending with progress, what to do when the photo did not arrive, and choosing among several cars.
// Without this script the page is a form with a file field.

import { wire } from "./camera.js";
import { watch } from "./framing.js";

const form = document.getElementById("scan");
const result = document.getElementById("scan-result");
const part = (name) => form.querySelector(`[data-${name}]`);
const [preview, overlay, framing, busy, lost, finder] = ["preview", "overlay", "framing", "busy-part", "lost", "viewfinder"].map(part);
let waiting = false; // a photo that has not arrived
let picked = null; // the car that was tapped when it did not

wire(form, {
  afterTake(blob, { picture, off }) {
    off();
    picture(blob);
    form.requestSubmit();
  },
  framing(video) {
    finder.style.aspectRatio = "";
    part("guide").toggleAttribute("hidden", false);
    const end = watch(video, (word) => {
      framing.hidden = false;
      framing.dataset.word = word;
      framing.textContent = form.dataset[`text${word[0].toUpperCase()}${word.slice(1)}`];
    });
    return () => {
      end();
      framing.hidden = true;
    };
  },
  changed() { // another picture: nothing said of the one before holds
    overlay.replaceChildren();
    lost.hidden = true;
    waiting = false;
    picked = null;
  },
});

preview.addEventListener("load", () => {
  part("guide").toggleAttribute("hidden", true);
  const shape = preview.naturalWidth / preview.naturalHeight;
  finder.style.aspectRatio = String(Math.min(Math.max(shape, 0.75), 2)); // a very tall picture would push all else away
  place();
});

// --- sending ---

form.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target !== form) return;
  lost.hidden = true;
  busy.hidden = false;
  part("sent").value = 0;
  say("textSending");
});
form.addEventListener("htmx:xhr:progress", (event) => {
  const { loaded, total } = event.detail;
  if (!total || busy.hidden) return;
  part("sent").value = (100 * loaded) / total;
  if (loaded >= total) say("textLooking");
});
form.addEventListener("htmx:afterRequest", (event) => {
  if (event.target === form) busy.hidden = true;
});
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
  document.addEventListener(
    name,
    (event) => {
      if (event.detail.elt !== form) return;
      event.stopPropagation(); // said here, beside the photo
      const status = event.detail.xhr?.status;
      const word = status === 429 ? "textOften" : status === 413 ? "textLarge" : status ? "textFailed" : navigator.onLine ? "textFailed" : "textOffline";
      waiting = !status;
      picked = event.detail.requestConfig?.parameters?.at ?? null;
      part("lost-words").textContent = form.dataset[word];
      busy.hidden = true;
      lost.hidden = false;
      lost.scrollIntoView({ block: "nearest" });
    },
    true,
  );
addEventListener("online", () => waiting && form.requestSubmit());
lost.querySelector("button").addEventListener("click", (event) => {
  if (!picked) return;
  Object.assign(event.currentTarget, { name: "at", value: picked }); // the same car as before
});

// --- the answer ---

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== result) return;
  dress();
  result.scrollIntoView({ block: "nearest", behavior: "smooth" });
});
dress();

/** What only works with script. */
function dress() {
  for (const button of result.querySelectorAll("[data-pick]")) {
    button.hidden = false;
    button.addEventListener("click", () => pick(button.dataset.pick));
  }
  const correction = result.querySelector("[data-correction]");
  if (correction) dressCorrection(correction);
  place();
}

function pick(slug) {
  const fold = document.getElementById("scan-correct");
  fold.open = true;
  const choice = fold.querySelector("[name=model]");
  choice.value = slug;
  choice.dispatchEvent(new Event("change"));
  fold.scrollIntoView({ block: "nearest", behavior: "smooth" });
  choice.focus({ preventScroll: true });
}

/** The photo goes along only with the consent, and is the one in the scan's own field. */
function dressCorrection(correction) {
  const named = (name) => correction.querySelector(name);
  const [choice, consent, photo] = ["[name=model]", "[data-consent]", "[name=photo]"].map(named);
  const parts = Object.fromEntries(["make", "consent", "photo"].map((name) => [name, named(`[data-part=${name}]`)]));
  const file = part("file");
  const update = () => {
    const sold = choice.value && choice.value !== "-";
    parts.make.hidden = choice.value !== "-";
    parts.consent.hidden = !sold;
    parts.photo.hidden = Boolean(file.files.length) || !consent.checked;
    if (file.files.length || !consent.checked) photo.files = consent.checked && sold ? file.files : new DataTransfer().files;
  };
  choice.addEventListener("change", update);
  consent.addEventListener("change", update);
  update();
}

// --- several cars ---

/** Puts the buttons of the cars over the photo, where they are. Without a photo on the page they stay a list. */
function place() {
  overlay.replaceChildren();
  const list = result.querySelector("[data-cars]");
  if (!list) return;
  list.hidden = !part("file").files.length;
  if (preview.hidden || !preview.naturalWidth) return;
  const room = shown();
  for (const button of list.querySelectorAll("[data-car]")) {
    const [left, top, right, bottom] = button.dataset.car.split(",").map(Number);
    const spot = button.cloneNode(true);
    spot.className = "finder-car";
    spot.removeAttribute("data-testid");
    Object.assign(spot.style, {
      left: `${room.left + left * room.width}px`, top: `${room.top + top * room.height}px`,
      width: `${(right - left) * room.width}px`, height: `${(bottom - top) * room.height}px`,
    });
    overlay.append(spot);
    button.onclick = (event) => { // the twin in the form: a button outside of it is not sent along
      event.preventDefault();
      spot.click();
    };
  }
}

/** Where in the viewfinder the photo is: it is shown whole. */
function shown() {
  const [wide, high] = [finder.clientWidth, finder.clientHeight];
  const scale = Math.min(wide / preview.naturalWidth, high / preview.naturalHeight);
  const [width, height] = [preview.naturalWidth * scale, preview.naturalHeight * scale];
  return { left: (wide - width) / 2, top: (high - height) / 2, width, height };
}

new ResizeObserver(place).observe(finder);

function say(key) {
  part("busy-words").textContent = form.dataset[key];
  part("said").textContent = form.dataset[key];
}
