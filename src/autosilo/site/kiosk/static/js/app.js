/** The kiosk page: shows the screen that the site names, and says what the visitor did. Decisions are the site's. */

import { stationLabel, TowerView } from "../tower.js";
import { $ } from "./dom.js";
import * as i18n from "./i18n.js";
import { Idle } from "./idle.js";
import { Link } from "./link.js";
import { SCREENS } from "./screens.js";
import { Showing } from "./showing.js";
import * as sound from "./sound.js";

const { t } = i18n;
const TOAST_MS = 9000;
const LATE_MS = 1500; // a short cut is not worth a word
const HELP_NOTES = new Set(["help_called", "help_known", "help_waits"]);

const state = { message: null, news: {}, leave: [], memory: {}, focus: null, lateTimer: 0, toastTimer: 0 };
let geometry;
let tower;
let link;
let idle;
let showing;

/** What a screen may do. */
const page = {
  say: (message) => link.say(message),
  help: () => callForHelp(),
  show: (nonce, blob) => link.show(nonce, blob),
  onLeave: (callback) => state.leave.push(callback),
  onNews: (kind, callback) => (state.news[kind] ??= []).push(callback),
  focus: (element) => (state.focus = element),
  remember: (key, value) => (value === undefined ? state.memory[key] : (state.memory[key] = value)),
  phone: () => geometry.phone && t("help.phone", { phone: geometry.phone }),
  station: (name) => stationLabel(geometry, name),
  announce: (text) => ($("say").textContent = text),
  toast: (text) => toast(text),
};

function hear(message) {
  if (message.t === "screen") return render(message);
  if (message.t === "live") live(message.frame);
  if (message.t === "time") $("clock").textContent = i18n.setNow(message.now);
  if (message.t === "showing") return showing.hear(message);
  if (message.t === "note" && HELP_NOTES.has(message.note)) return onHelp(message.note);
  for (const callback of state.news[message.t] ?? []) callback(message);
}

function render(message) {
  const before = state.message;
  const changed = before?.screen !== message.screen;
  state.leave.splice(0).forEach((callback) => callback());
  state.news = {};
  state.focus = null;
  state.message = message;
  if (message.screen === "welcome" && changed) forget();
  if (message.language) setLanguage(message.language, { again: false });
  const main = $("screen");
  main.replaceChildren(...SCREENS[message.screen](message, page).filter(Boolean));
  main.dataset.screen = message.screen;
  main.dataset.phase = message.phase ?? "";
  document.body.dataset.screen = message.screen;
  tower.highlight(message.car?.vin ?? null);
  if (message.car) tower.paint({ [message.car.vin]: message.car.paint });
  idle.shows(message.screen);
  if (changed && before) (state.focus ?? $("title"))?.focus({ preventScroll: true });
  announce(main, { aloud: changed && message.screen !== "welcome" });
}

/** Nothing of the last visitor stays on the page. */
function forget() {
  state.memory = {};
  setContrast(wantsContrast());
  setLow(false);
  setSound(true);
  $("toast").hidden = true;
  showing.end();
  $("say").textContent = "";
  setLanguage(i18n.defaultLanguage(), { again: false });
}

/** For a screen reader all of it; aloud no name, for others may stand by. */
function announce(main, { aloud }) {
  const parts = [...main.querySelectorAll("h1, .lead, .do")];
  const words = (nodes) => nodes.map((node) => node.textContent).join(" ");
  $("say").textContent = words(parts);
  if (aloud) sound.speak(words(parts.filter((node) => !("unspoken" in node.dataset))));
}

function live(frame) {
  tower.update(frame);
  notice(frame.held ? "tower.held" : frame.connected ? null : "tower.offline");
}

function notice(key) {
  const line = $("notice");
  const shown = link?.up === false ? "link.lost" : key;
  line.hidden = !shown;
  line.dataset.notice = shown ?? "";
  const text = shown ? t(shown) : "";
  if (line.textContent !== text) line.textContent = text;
}

function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(state.toastTimer);
  state.toastTimer = setTimeout(() => ($("toast").hidden = true), TOAST_MS);
}

/** What became of the call; the telephone always works, also while the line is down. */
function sayOfHelp(key) {
  const text = [t(key), page.phone()].filter(Boolean).join(" ");
  toast(text);
  sound.speak(text);
}

/** A call that went out, or was out already: whoever it reaches may be let to see. */
function onHelp(note) {
  sayOfHelp(`note.${note}`);
  if (note !== "help_waits") showing.offer();
}

function callForHelp() {
  if (link.up) page.say({ t: "help" });
  else sayOfHelp("help.no_line");
}

function setLanguage(language, { again = true } = {}) {
  i18n.setLanguage(language);
  $("language").textContent = t("language.other");
  $("language").setAttribute("aria-label", t("language.label"));
  $("language").lang = i18n.other();
  $("contrast").textContent = t("contrast");
  $("contrast").setAttribute("aria-label", t("contrast.label"));
  $("reach").textContent = t("reach");
  $("reach").setAttribute("aria-label", t("reach.label"));
  $("sound").textContent = t("sound");
  $("sound").setAttribute("aria-label", t("sound.label"));
  $("help").textContent = t("help");
  $("site-name").textContent = geometry.name[language] ?? geometry.name.en;
  tower.describe(t("tower.label"));
  if (again && state.message) render({ ...state.message, language: undefined });
}

/** The kiosk's own: what its browser or its system asks for. */
const wantsContrast = () => matchMedia("(prefers-contrast: more)").matches;

function setContrast(high) {
  document.documentElement.dataset.contrast = high ? "high" : "normal";
  $("contrast").setAttribute("aria-pressed", String(high));
}

/** All that is touched stands in the lower band of the screen, within reach from a wheelchair. */
function setLow(low) {
  document.body.dataset.reach = low ? "low" : "normal";
  $("reach").setAttribute("aria-pressed", String(low));
}

function setSound(wanted) {
  sound.setOn(wanted);
  $("sound").setAttribute("aria-pressed", String(wanted));
}

/** Nobody has touched the page for a while: as it was before the last visitor. */
function leftAlone() {
  if (state.message?.screen === "welcome") {
    forget();
    return render({ ...state.message });
  }
  return page.say({ t: "home" });
}

function setUpBar() {
  $("language").addEventListener("click", () => setLanguage(i18n.other()));
  $("help").addEventListener("click", callForHelp);
  $("reach").addEventListener("click", () => setLow(document.body.dataset.reach !== "low"));
  $("contrast").addEventListener("click", () => setContrast(document.documentElement.dataset.contrast !== "high"));
  $("sound").addEventListener("click", () => setSound(!sound.isOn()));
  document.addEventListener("keydown", (event) => event.key === "Escape" && escape());
}

/** First what lies above, then the way back. */
function escape() {
  if ($("showing").hidden) page.say({ t: "home" });
  else if (showing.nonce) showing.end();
  else showing.hide();
}

function onState(up) {
  clearTimeout(state.lateTimer);
  document.body.dataset.link = up ? "up" : "down";
  if (up) notice(null);
  else state.lateTimer = setTimeout(lineLost, LATE_MS);
}

/** Nobody is there to say when this visitor has gone: nothing of a person stays on the screen meanwhile. */
function lineLost() {
  notice("link.lost");
  if (state.message && state.message.screen !== "welcome") render({ t: "screen", screen: "away" });
  state.memory = {};
  showing.hide();
}

async function start() {
  const [shape, paints] = await Promise.all([fetch("/geometry.json"), fetch("/paints.json")]);
  geometry = await shape.json();
  await i18n.load();
  i18n.setZone(geometry.time_zone);
  tower = new TowerView($("tower"), geometry, { paints: await paints.json() });
  showing = new Showing(page);
  setLanguage(i18n.defaultLanguage());
  setUpBar();
  setContrast(wantsContrast());
  idle = new Idle({ onGone: leftAlone, onStay: () => page.say({ t: "stay" }), waits: () => showing.nonce !== null });
  link = new Link({ onMessage: hear, onState });
}

/** A site process that is not up yet must not leave a dead page: try again until it is. */
start().catch(() => setTimeout(() => location.reload(), 2000));
