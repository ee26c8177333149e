// The face is captured live: the page shows what the server asks for and sends what the camera sees; the server judges.
// Turning the head one cannot read, so each step is also announced, and one that is done makes a tone and a short buzz.

import { Camera } from "../presence/camera.js";
import { chime } from "../presence/chime.js";
import { movePicture } from "../presence/moves.js";
import { showLicence } from "./portrait.js";

const ANSWER_MS = 3000; // without an answer for so long the next frame is sent all the same
const BUZZ_MS = 60;
const PROTOCOL = "autosilo.capture.v1";

const form = document.getElementById("selfie");
const words = JSON.parse(form.dataset.words);
const part = (name) => form.querySelector(`[data-${name}]`);
const said = document.getElementById("selfie-said");
const capture = { camera: null, socket: null, sentAt: 0, now: {} };

const say = (text) => { part("said").textContent = text; };

function warn(text) {
  const note = document.createElement("p");
  note.className = "note note-warn";
  note.dataset.testid = "selfie-problem";
  note.textContent = text;
  said.replaceChildren(...(text ? [note] : []));
}

function show(running) {
  part("stage").hidden = !running;
  part("start").hidden = running;
  part("stop").hidden = part("more").hidden = !running;
  form.classList.toggle("is-capturing", running);
}

// --- begin and end ---

async function start() {
  warn("");
  if (!part("consent").checked) {
    warn(words.consent);
    part("consent").focus();
    return;
  }
  part("start").disabled = true;
  const wanted = part("portrait")?.checked;
  if (wanted) capture.portrait ??= await showLicence(form, { ask, words, say, warn });
  const ticket = wanted && !capture.portrait ? null : (await ask(form.action))?.ticket;
  part("start").disabled = false;
  if (ticket) open(ticket, wanted ? capture.portrait : null);
}

/** What a view answers to the form; null when it said no, which the page tells. */
async function ask(address) {
  try {
    const answer = await fetch(address, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    if (answer.status === 429) warn(words.too_often);
    const told = await answer.json();
    if (told.words) warn(told.words);
    return answer.ok ? told : null;
  } catch {
    if (!said.firstChild) warn(words.line_gone);
    return null;
  }
}

function open(ticket, portrait) {
  Object.assign(capture, { now: {}, sentAt: 0, over: false });
  instruct({ prompt: "look" });
  part("hint").textContent = words.starting;
  part("more").disabled = false;
  show(true);
  part("stage").scrollIntoView({ block: "center" });
  part("title").focus({ preventScroll: true });
  const address = new URL(form.dataset.live, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = (capture.socket = new WebSocket(address, [PROTOCOL, ticket]));
  socket.addEventListener("open", () => {
    socket.send(JSON.stringify({ t: "begin", v: 1, portrait }));
    capture.camera = new Camera(part("video"), { onFrame: (blob) => send(socket, blob), onDead });
    capture.camera.start();
  });
  socket.addEventListener("message", (event) => socket === capture.socket && hear(JSON.parse(event.data)));
  socket.addEventListener("close", () => socket === capture.socket && end(words.line_gone));
}

function send(socket, blob) {
  const waits = capture.sentAt && performance.now() - capture.sentAt < ANSWER_MS;
  if (socket.readyState !== WebSocket.OPEN || waits) return;
  capture.sentAt = performance.now();
  capture.seen = true;
  socket.send(blob);
}

function onDead() {
  end(capture.seen ? words.camera_gone : words.denied);
}

/** Camera and line are let go of; `text` says why, and the page is as before. */
function end(text) {
  const { camera, socket } = capture;
  Object.assign(capture, { camera: null, socket: null, seen: false });
  camera?.stop();
  socket?.close();
  show(false);
  warn(text);
  part("start").focus();
}

// --- what the server says ---

function hear(news) {
  if (news.t === "over") return over(news);
  capture.sentAt = 0;
  guide(news);
}

function over(news) {
  if (news.portrait) capture.portrait = null;
  if (news.outcome !== "enrolled") return end(news.words);
  capture.socket = null; // it closes by itself
  capture.camera?.stop();
  chime();
  part("hint").textContent = words.done;
  say(words.done);
  if (!news.held) return location.assign(news.to);
  const onward = document.getElementById("selfie-held");
  onward.elements.held.value = news.held;
  onward.submit();
}

function guide(news) {
  const { now } = capture;
  if (news.prompt !== now.prompt || news.again !== now.again) instruct(news);
  if (news.done > (now.done ?? 0)) right();
  const steady = news.again ? words[`again.${news.again}`] : news.prompt === "look" ? words["hint.good"] : "";
  const hint = news.hint === "good" ? steady : words[`hint.${news.hint}`];
  if (part("hint").textContent !== hint) part("hint").textContent = hint;
  if (news.hint !== now.hint && news.hint !== "good") say(hint);
  part("stage").dataset.prompt = news.prompt;
  part("finder").dataset.seen = news.hint;
  dots(news);
  part("time").hidden = news.left_s === null;
  if (news.left_s !== null) part("time").value = news.left_s / news.limit_s;
  capture.now = news;
}

function instruct({ prompt, again }) {
  const title = words[`prompt.${prompt}`];
  part("title").textContent = title;
  part("move").replaceChildren(movePicture(prompt));
  say([again ? words[`again.${again}`] : "", title].filter(Boolean).join(" "));
}

function right() {
  chime();
  navigator.vibrate?.(BUZZ_MS);
}

function dots({ done, moves }) {
  const row = part("dots");
  if (row.childElementCount !== moves) row.replaceChildren(...Array.from({ length: moves }, () => document.createElement("i")));
  row.querySelectorAll("i").forEach((dot, index) => dot.classList.toggle("on", index < done));
  row.setAttribute("aria-label", words.moves.replace("{done}", done).replace("{moves}", moves));
}

// --- the page ---

part("start").addEventListener("click", start);
part("stop").addEventListener("click", () => end(words.stopped));
part("more").addEventListener("click", () => {
  capture.socket?.send(JSON.stringify({ t: "more_time", v: 1 }));
  part("more").disabled = true;
  say(words.more_time_given);
});
window.addEventListener("pagehide", () => capture.camera?.stop());
form.addEventListener("submit", (event) => event.preventDefault());
if (navigator.mediaDevices?.getUserMedia && window.WebSocket) part("with-camera").hidden = false;
else part("no-camera").hidden = false;
