"use strict";
// What survives a power cut. Written whole and flushed before anything of it is told to the controller.

const fs = require("fs");
const path = require("path");

class RetainedFile {
  constructor(folder, name) {
    fs.mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.path = path.join(folder, name);
  }

  read() {
    try {
      return JSON.parse(fs.readFileSync(this.path, "utf8"));
    } catch (error) {
      if (error.code === "ENOENT") return null;
      throw new Error(`${this.path}: ${error.message}`);
    }
  }

  remove() {
    fs.rmSync(this.path, { force: true });
  }

  write(value, flush) {
    const next = `${this.path}.next`;
    const file = fs.openSync(next, "w", 0o600);
    fs.writeSync(file, JSON.stringify(value));
    if (flush) fs.fsyncSync(file);
    fs.closeSync(file);
    fs.renameSync(next, this.path);
    if (!flush) return;
    const folder = fs.openSync(this.folder, "r");
    fs.fsyncSync(folder);
    fs.closeSync(folder);
  }
}

module.exports = { RetainedFile };
