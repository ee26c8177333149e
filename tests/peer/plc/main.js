"use strict";
// The peer PLC: `node main.js --site site.json --pki DIR --folder DIR --port N --world-port N [--pace N]
// [--inventory FILE] [--mutant NAME]…`. This process is the power switch and the world's door; the PLC is its child.
// The door has the twin's routes /arrive, /depart, /unplug, /fault, /mode, /power, /state, /readyz, and for tests /reset
// (a machine as new, with other mutants) and /logs.

const { fork } = require("child_process");
const http = require("http");
const os = require("os");
const path = require("path");
const { parseArgs } = require("util");

const PATIENT = 15; // the spare's niceness, so that it does not hold the live one up while it loads
const MUTANTS = require("./mutants.json");

function options() {
  const text = { type: "string" };
  const { values } = parseArgs({
    options: {
      site: text, pki: text, folder: text, port: text, "world-port": text, pace: text, inventory: text,
      mutant: { type: "string", multiple: true },
    },
  });
  const mutants = known(values.mutant || []);
  return {
    site: values.site, pki: values.pki, folder: values.folder, inventory: values.inventory, mutants,
    port: Number(values.port), worldPort: Number(values["world-port"]), pace: Number(values.pace || 1),
  };
}

/** Only root may take it back. */
function nice(child, value) {
  if (process.getuid() === 0) os.setPriority(child.pid, value);
}

function known(mutants) {
  for (const one of mutants) if (!(one in MUTANTS)) throw new Error(`no such mutant: ${one}`);
  return mutants;
}

class PowerSwitch {
  constructor(given) {
    this.given = given;
    this.mutants = given.mutants;
    this.child = null;
    this.spare = null;
    this.ready = false;
    this.asked = new Map();
    this.last = 0;
  }

  /** A process that has loaded everything and waits; resolves to it. */
  prepare() {
    const env = { ...process.env, PEER_OPTIONS: JSON.stringify(this.given), XDG_CONFIG_HOME: this.given.folder };
    const child = fork(path.join(__dirname, "powered.js"), { env });
    if (this.child) nice(child, PATIENT);
    this.waiting = child;
    return new Promise((resolve) => {
      child.on("message", (message) => {
        if (message.prepared) resolve(child);
        else if (message.ready) this.ready = true;
        else this.asked.get(message.id)?.(message);
      });
      child.on("exit", (code) => {
        if (this.child === child || code) process.exit(code || 1); // nobody cut its power
      });
    });
  }

  async on() {
    const child = this.spare || this.prepare();
    if (this.waiting) nice(this.waiting, 0);
    this.child = await child;
    this.child.send({ go: true, mutants: this.mutants });
    this.spare = this.prepare();
  }

  cut(seconds) {
    const child = this.child;
    this.child = null;
    this.ready = false;
    child?.kill("SIGKILL");
    for (const answer of this.asked.values()) answer({ status: 503, answer: { error: "no_power" } });
    this.asked.clear();
    setTimeout(() => this.on(), seconds * 1000);
  }

  ask(route, body) {
    if (!this.ready) return Promise.resolve({ status: 503, answer: { error: "no_power" } });
    const id = ++this.last;
    return new Promise((resolve) => {
      this.asked.set(id, (message) => {
        this.asked.delete(id);
        resolve(message);
      });
      this.child.send({ id, path: route, body });
    });
  }
}

async function answer(power, request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  let result;
  try {
    const body = text ? JSON.parse(text) : {};
    if (request.url === "/reset") power.mutants = known(body.mutants || []);
    if (request.url === "/power") {
      power.cut(body.off_s ?? 1);
      result = { status: 200, answer: { ok: true } };
    } else if (request.url === "/readyz") {
      result = { status: power.ready ? 200 : 503, answer: { ok: power.ready } };
    } else result = await power.ask(request.url, body);
  } catch (error) {
    result = { status: 400, answer: { error: error.message } };
  }
  response.writeHead(result.status, { "content-type": "application/json" });
  response.end(JSON.stringify(result.answer));
}

function main() {
  const given = options();
  const power = new PowerSwitch(given);
  power.on();
  http.createServer((request, response) => answer(power, request, response)).listen(given.worldPort, "127.0.0.1");
  const end = () => process.exit(0); // its children go with it: their channel to it closes
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

main();
