"use strict";
// The process that a power cut kills: the PLC itself. It gets everything ready, and begins when the parent says so;
// a second one waits as a spare, since the OPC UA stack takes seconds to load. Orders of the world's door come from
// the parent, too.

const fs = require("fs");
const { Plc } = require("./plc");
const { MailboxServer } = require("./server");
const { readSite } = require("./site");

class Powered {
  constructor(options) {
    this.options = options;
    this.site = readSite(options.site, options.pace);
    this.server = new MailboxServer({ site: this.site, pki: options.pki, folder: options.folder, port: options.port });
    this.plc = null;
  }

  prepare(mutants) {
    this.mutants = new Set(mutants);
    return this.server.prepare(this.mutants);
  }

  async go() {
    await this.server.listen();
    this.begin();
  }

  begin() {
    const { inventory, folder } = this.options;
    const cars = inventory ? JSON.parse(fs.readFileSync(inventory, "utf8")) : {};
    this.plc = new Plc(this.site, folder, cars, this.mutants);
    this.plc.run(this.server);
  }

  /** A machine as new, with other deliberate mistakes: for tests of many mutants. */
  reset(mutants) {
    this.plc.stop();
    this.plc.forget();
    this.mutants = new Set(mutants);
    this.server.reset(this.mutants);
    this.begin();
    return [200, { ok: true }];
  }

  order(path, body) {
    return path === "/reset" ? this.reset(body.mutants || []) : this.plc.order(path, body);
  }
}

async function main() {
  const options = JSON.parse(process.env.PEER_OPTIONS);
  const powered = new Powered(options);
  await powered.prepare(options.mutants);
  process.on("disconnect", () => process.exit(0));
  process.on("message", ({ go, mutants, id, path, body }) => {
    if (go) {
      powered.mutants = new Set(mutants);
      powered.server.reset(powered.mutants);
      powered.go().then(() => process.send({ ready: true }));
      return;
    }
    const [status, answer] = powered.order(path, body);
    process.send({ id, status, answer });
  });
  process.send({ prepared: true });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
