"use strict";
// One driven axis, integrated in small steps: it speeds up, runs, and slows down so as to stop at its target.

const STEP_S = 0.002;

class Axis {
  constructor(ramp, position, round) {
    this.ramp = ramp;
    this.position = position;
    this.round = round; // a turntable: 360 degrees are none
    this.velocity = 0;
    this.target = null;
    this.braking = false;
  }

  go(target) {
    this.target = target;
    this.braking = false;
  }

  brake() {
    if (this.target !== null) this.braking = true;
  }

  get moving() {
    return this.target !== null;
  }

  remaining() {
    const way = this.target - this.position;
    return this.round ? ((((way + 180) % 360) + 360) % 360) - 180 : way;
  }

  step(dt) {
    for (let left = dt; left > 1e-9 && this.moving; left -= STEP_S) this.tick(Math.min(STEP_S, left));
  }

  tick(dt) {
    const { speed, acceleration } = this.ramp;
    if (this.braking) {
      const slower = Math.max(0, Math.abs(this.velocity) - acceleration * dt);
      this.velocity = Math.sign(this.velocity) * slower;
      this.advance(this.velocity * dt);
      if (slower === 0) this.target = null;
      return;
    }
    const way = this.remaining();
    const fastest = Math.min(speed, Math.sqrt(2 * acceleration * Math.abs(way)));
    const now = Math.min(Math.abs(this.velocity) + acceleration * dt, fastest);
    if (now * dt >= Math.abs(way)) {
      this.position = this.target;
      this.velocity = 0;
      this.target = null;
      return;
    }
    this.velocity = Math.sign(way) * now;
    this.advance(this.velocity * dt);
  }

  advance(way) {
    this.position += way;
    if (this.round) this.position = ((this.position % 360) + 360) % 360;
  }
}

module.exports = { Axis };
