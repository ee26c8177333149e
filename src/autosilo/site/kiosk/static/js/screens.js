/** One function a screen: takes what the site said and the page's services, returns elements. */

import { button, h, icon, ICONS } from "./dom.js";
import { between, duration, has, number, t, when } from "./i18n.js";
import { looking } from "./looking.js";
import { backButton, heading, lead, preview } from "./parts.js";
import { floorLabel } from "../tower.js";

const TOKEN_KEYS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford: no I, L, O, U

export const SCREENS = { welcome, away, looking, pass, code, hello, coming, gate, done, intake, checks, thanks, refused };

function welcome(_, page) {
  const choice = (id, paths, title, text, message) =>
    h(
      "button",
      { type: "button", class: "choice", "data-testid": id, onclick: () => page.say(message) },
      icon(paths),
      h("span", { class: "choice-title" }, title),
      h("span", { class: "choice-text" }, text),
    );
  return [
    heading(t("welcome.title")),
    lead(t("welcome.lead")),
    h(
      "div",
      { class: "choices" },
      choice("choose-face", ICONS.face, t("welcome.face"), t("welcome.face.text"), { t: "face" }),
      choice("choose-pass", ICONS.pass, t("welcome.pass"), t("welcome.pass.text"), { t: "pass_screen" }),
    ),
    h("p", { class: "small" }, t("welcome.privacy")),
  ];
}

/** The line to the site is down: who was being served is not shown, and is found again when it is back. */
function away(_, page) {
  return [sign(ICONS.stop, "wait"), heading(t("away.title")), lead(t("away.lead"), "away"), h("div", { class: "row" }, button("call", t("help"), () => page.help(), "quiet"))];
}

function pass(message, page) {
  const input = h("input", {
    class: "token",
    id: "token",
    "data-testid": "pass-input",
    type: "text",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    maxlength: 24,
    "aria-describedby": "token-hint note",
    value: "AS1-",
  });
  const fold = () => {
    let body = input.value.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/^AS1/, "");
    if (body.length > 12) body = body.replace(/^AS1/, ""); // a whole pass was pasted behind the prefix
    body = body.slice(0, 12);
    input.value = ["AS1", ...(body.match(/.{1,4}/g) ?? [])].join("-") + (body ? "" : "-");
    go.disabled = body.length !== 12;
  };
  const send = () => !go.disabled && page.say({ t: "pass", token: input.value });
  const go = button("pass-submit", t("pass.go"), send, "primary", { disabled: true });
  input.addEventListener("input", fold);
  input.addEventListener("focus", () => input.setSelectionRange(input.value.length, input.value.length));
  input.addEventListener("keydown", (event) => event.key === "Enter" && send());
  const press = (key) => {
    input.value = key === "⌫" ? input.value.replace(/.-?$/, "") : input.value + key;
    fold();
  };
  const keys = [...TOKEN_KEYS, "⌫"].map((key) =>
    h("button", { type: "button", class: "key", "aria-label": key === "⌫" ? t("code.delete") : key, onclick: () => press(key) }, key),
  );
  const side = h("div", { class: "scan" });
  const words = t(message.second_factor ? "pass.second_factor" : "pass.lead");
  const text = lead(words, "pass-lead");
  const camera = (works) => {
    side.hidden = !works;
    text.textContent = works ? words : t("pass.camera_dead");
  };
  side.append(preview(message, page, { id: "pass-camera", onDead: () => camera(false), onBack: () => camera(true) }), h("i", { class: "corners" }));
  return [
    heading(t("pass.title")),
    text,
    h(
      "div",
      { class: "pass" },
      side,
      h("div", { class: "typed" }, h("label", { for: "token" }, t("pass.label")), input, h("p", { class: "small", id: "token-hint" }, t("pass.hint")), h("div", { class: "keys letters" }, ...keys)),
    ),
    noteLine(page),
    h("div", { class: "row" }, go, backButton(page)),
  ];
}

function code(message, page) {
  const input = h("input", {
    class: "digits",
    id: "code",
    "data-testid": "code-input",
    type: "text",
    inputmode: "numeric",
    autocomplete: "off",
    maxlength: message.digits,
    "aria-describedby": "note",
  });
  const check = () => {
    input.value = input.value.replace(/\D/g, "");
    if (input.value.length === message.digits) page.say({ t: "code", code: input.value });
  };
  input.addEventListener("input", check);
  const press = (key) => {
    input.value = key === "⌫" ? input.value.slice(0, -1) : (input.value + key).slice(0, message.digits);
    check();
  };
  const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "⌫"].map((key) =>
    key ? h("button", { type: "button", class: "key", "data-testid": `key-${key === "⌫" ? "delete" : key}`, "aria-label": key === "⌫" ? t("code.delete") : key, onclick: () => press(key) }, key) : h("span"),
  );
  page.onNews("note", () => {
    input.value = "";
    input.focus();
  });
  page.focus(input);
  const words = h("div", { class: "words" }, lead(t("code.lead")), h("label", { class: "spoken", for: "code" }, t("code.label")), input, noteLine(page));
  return [heading(t("code.title")), h("div", { class: "code" }, words, h("div", { class: "keys numbers" }, ...keys)), h("div", { class: "row" }, backButton(page))];
}

function hello(message, page) {
  const { purpose, greeting, car } = message;
  const go = button("confirm", t(message.in_progress ? "hello.go_on" : `hello.${purpose}.go`), () => page.say({ t: "confirm" }));
  page.focus(go);
  return [
    h("h1", { tabindex: "-1", id: "title", "data-testid": "greeting", "data-unspoken": true }, t(`hello.${purpose}.title`, { name: greeting })),
    lead(t(`hello.${purpose}.lead`, { model: car.model })),
    carCard(car, [[t(`hello.${purpose}.until`), when(message.until), "until"]]),
    h("div", { class: "row" }, go, button("not-me", t("hello.not_me"), () => page.say({ t: "home" }), "quiet")),
  ];
}

function coming(message, page) {
  const eta = h("p", { class: "eta", "data-testid": "eta" });
  const range = h("p", { class: "eta-range", "data-testid": "eta-range" });
  const bar = h("progress", { class: "bar-progress", max: 1, value: 0, "aria-labelledby": "title" });
  const longest = page.remember("eta", Math.max(message.wait?.likely_s ?? 0, page.remember("eta") ?? 0));
  const tell = (wait) => {
    const seconds = wait ? wait.likely_s : null;
    eta.textContent = seconds === null ? "" : seconds < 4 ? t("coming.soon") : t("coming.eta", { time: duration(seconds) });
    range.textContent = seconds === null || seconds < 4 ? "" : between(wait.low_s, wait.high_s);
    bar.value = seconds === null || !longest ? 0 : Math.max(0.04, 1 - seconds / longest);
  };
  const there = { low_s: 0, likely_s: 0, high_s: 0 };
  tell(message.phase === "at_gate" ? there : message.wait);
  page.onNews("eta", (news) => tell(news.wait));
  const floor = h("b", { "data-testid": "floor" }, "–");
  page.onNews("live", ({ frame }) => {
    const at = floorOf(frame, message.car.vin);
    floor.textContent = at === null ? "–" : floorLabel(at);
  });
  return [
    heading(t("coming.title")),
    lead(t(`coming.${message.phase}`), "phase"),
    h("div", { class: "count" }, h("div", { class: "floor" }, h("span", {}, t("coming.floor")), floor), h("div", { class: "wait" }, eta, range, bar)),
    carCard(message.car),
    nextVisitor(page),
  ];
}

function gate(message, page) {
  const leaving = message.phase === "leaving";
  return [
    sign(ICONS.gate, "good"),
    heading(t("gate.title")),
    lead(leaving ? t("gate.leaving") : t("gate.lead", { station: page.station(message.station) }), "gate-lead"),
    carCard(message.car),
    nextVisitor(page),
  ];
}

function done(_, page) {
  return [sign(ICONS.check, "good"), heading(t("done.title")), lead(t("done.lead")), h("div", { class: "row" }, finish(page))];
}

function intake(message, page) {
  const open = message.phase === "intake_open";
  return [
    sign(ICONS.gate, open ? "good" : "wait"),
    heading(t(open ? "intake.title" : "intake.preparing.title")),
    lead(open ? t("intake.lead", { station: page.station(message.station) }) : t("intake.preparing"), "intake-lead"),
    carCard(message.car),
    nextVisitor(page),
  ];
}

function checks(message, page) {
  return [
    sign(ICONS.check, "wait"),
    heading(t("checks.title")),
    lead(t(`checks.${message.phase}`), "checks-lead"),
    h("progress", { class: "bar-progress", "aria-labelledby": "title" }),
    carCard(message.car),
    nextVisitor(page),
  ];
}

function thanks(message, page) {
  const facts = [];
  if (message.odometer_km !== null) facts.push([t("thanks.odometer"), `${number(message.odometer_km)} km`, "odometer"]);
  if (message.charge !== null) facts.push([t("thanks.charge"), `${number(message.charge * 100)} %`, "charge"]);
  return [
    sign(ICONS.check, "good"),
    heading(t("thanks.title")),
    lead(t("thanks.lead", { model: message.car.model })),
    facts.length ? h("dl", { class: "facts" }, ...facts.flatMap(fact)) : null,
    h("div", { class: "row" }, finish(page)),
  ];
}

const NO_FACE = ["unknown_face", "not_live", "timed_out", "changed", "wrong_moves", "second_person"];
const RETRY_FACE = new Set(NO_FACE);
const RETRY_INTAKE = new Set(["too_large", "too_heavy", "plugged_in", "engine_running", "person_in_zone", "unknown_plate", "wrong_car", "no_free_bay", "timed_out", "not_admitted", "busy"]);
const CALLED = new Set(["locked", "not_here", "out_of_service", "bay_blocked", "no_free_bay", "already_here"]);
const USE_PASS = new Set([...NO_FACE, "face_paused", "no_faces"]);

function refused(message, page) {
  const { reason } = message;
  const visit = Boolean(message.purpose); // a refusal of a visit in progress, not of a visitor
  const key = reason === "timed_out" && !visit ? "refused.timed_out.face" : `refused.${reason}`;
  const values = { since: message.since && when(message.since), until: message.until && when(message.until) };
  const held = message.held && reason === "unknown_face" ? "refused.held.unknown_face" : key;
  const buttons = [];
  if (message.held) {
    buttons.push(button("use-code", t("looking.use_code"), () => page.say({ t: "code_screen" })));
    buttons.push(button("show-pass", t("refused.held.again"), () => page.say({ t: "pass_screen" }), "quiet"));
  }
  if (!visit && !message.held && RETRY_FACE.has(reason)) buttons.push(button("retry-face", t("retry"), () => page.say({ t: "face" })));
  if (!visit && !message.held && USE_PASS.has(reason)) buttons.push(button("use-pass", t("looking.use_pass"), () => page.say({ t: "pass_screen" })));
  if ((visit && RETRY_INTAKE.has(reason)) || reason === "busy") buttons.push(button("retry", t("retry"), () => page.say({ t: "confirm" })));
  const first = buttons.length === 0;
  const waits = !message.line && CALLED.has(reason); // the staff hear of it when the line is back
  const doing = waits ? "refused.line_down" : message.held ? "refused.held.do" : `${key}.do`;
  buttons.push(button("home", t("home"), () => page.say({ t: "home" }), first ? "primary" : "quiet"));
  buttons.push(button("call", t("help"), () => page.help(), "quiet"));
  return [
    sign(ICONS.stop, "bad"),
    h("h1", { tabindex: "-1", id: "title", "data-testid": "refused-title" }, t(has(`${key}.title`) ? `${key}.title` : "refused.title")),
    h("p", { class: "lead", "data-testid": "refused-reason", "data-reason": reason }, t(held, values)),
    h("p", { class: "do", "data-testid": "refused-do" }, [t(doing, values), waits && page.phone()].filter(Boolean).join(" ")),
    h("div", { class: "row" }, ...buttons),
  ];
}

// --- parts ---

/** For whoever waits behind a visitor whose car is moving: small, so that nobody takes it for the next step. */
const nextVisitor = (page) => h("p", { class: "aside" }, button("next-visitor", t("coming.next"), () => page.say({ t: "home" }), "plain"));
const finish = (page) => button("finish", t("done.home"), () => page.say({ t: "home" }));
const sign = (paths, kind) => h("div", { class: `sign ${kind}`, "aria-hidden": "true" }, icon(paths));

function fact([name, value, id]) {
  return h("div", {}, h("dt", {}, name), h("dd", { "data-testid": id }, value));
}

/** Tells what the site answers to something typed. */
function noteLine(page) {
  const line = h("p", { class: "note", id: "note", role: "alert", "data-testid": "note" });
  page.onNews("note", (news) => (line.textContent = t(`note.${news.note}`, news)));
  return line;
}

/** With its plate on every screen: which of several equal cars it is can be settled after the visitor was greeted. */
function carCard(car, more = []) {
  const facts = [[t("hello.plate"), car.plate, "plate"], ...more];
  const shape = carShape();
  shape.style.color = car.paint;
  return h(
    "section",
    { class: "car", "data-testid": "car" },
    shape,
    h("div", { class: "car-words" }, h("strong", { "data-testid": "car-model" }, car.model), h("dl", { class: "facts" }, ...facts.flatMap(fact))),
  );
}

/** A car from its side, in `currentColor`; decoration only. */
function carShape() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 200 74");
  svg.setAttribute("class", "car-shape");
  svg.setAttribute("aria-hidden", "true");
  const path = (d, fill, opacity = 1) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [key, value] of Object.entries({ d, fill, "fill-opacity": opacity })) node.setAttribute(key, value);
    svg.append(node);
  };
  path("M8 64h184q-4 7-92 7T8 64z", "#000", 0.14);
  path("M6 50q-1-13 12-17l28-5q20-18 46-19h14q26 0 46 19l26 4q16 4 16 17v6q0 4-5 4H12q-6 0-6-5z", "currentColor");
  path("M56 29q16-13 36-14v15H58q-4 0-2-1zM97 15h10q20 1 34 14 1 2-2 2l-42-1z", "#0b1220", 0.82);
  path("M6 50q-1-6 2-10h186q1 3 1 9v2H6z", "#000", 0.1);
  path("M9 41q8-2 17 1-3 5-18 4zM193 38q-8 0-14 4 6 4 16 3-.500-4-2-7z", "#fff4d6");
  for (const x of [46, 154]) {
    path(`M${x - 17} 56a17 17 0 0 1 34 0z`, "#0b0f16", 0.85);
    path(`M${x - 13} 56a13 13 0 1 0 26 0a13 13 0 1 0-26 0z`, "#10151e");
    path(`M${x - 7} 56a7 7 0 1 0 14 0a7 7 0 1 0-14 0z`, "#aeb7c6");
  }
  return svg;
}

/** The floor at which the car is now, by the lift that carries it or the bay in which it stands. */
function floorOf(frame, vin) {
  const lift = frame.lifts.find((one) => one.car === vin);
  if (lift) return Math.max(0, lift.floor);
  const bay = Object.keys(frame.bays).find((name) => frame.bays[name] === vin);
  if (bay) return Number(bay.split(".B")[1].slice(0, 2));
  return frame.stations.some((one) => one.car === vin) ? 0 : null;
}
