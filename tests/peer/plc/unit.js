"use strict";
// What lift and station have in common: the mailbox, its numbers, the job and the log.

const { Kind, Reject, Fault, State, JobState, MODE_NAME, JOBS_KEPT } = require("./codes");
const { commandCrc } = require("./crc");

const WATCHDOG_S = 2.0;

class Unit {
  /** `kept` is retained: {epoch, seq, job, log, key}, the key switch only of lifts. `mutants` is a Set of deliberate mistakes, empty in earnest. */
  constructor(name, kept, world, mutants) {
    this.name = name;
    this.kept = kept;
    this.world = world;
    this.mutants = mutants;
    this.ack = { epoch: kept.epoch, seq: kept.seq, reject: Reject.NONE };
    this.lastLooked = "";
    this.beat = null;
    this.beatAt = -Infinity;
    this.dirty = false;
    this.owner = this; // the lift that has it, of a station; filled in by the PLC
    if (kept.job && kept.job.state === JobState.RUNNING) {
      if (mutants.has("resumes-by-itself")) return;
      this.setJob(JobState.INTERRUPTED, Fault.POWER_LOSS);
    }
  }

  static fresh() {
    return { epoch: 0, seq: 0, job: null, log: [], key: { mode: 1, changes: 0 } };
  }

  mutant(name) {
    return this.mutants.has(name);
  }

  hear(beat, now) {
    if (this.beat !== null && beat !== this.beat) this.beatAt = now;
    this.beat = beat;
  }

  /** One look into the mailbox. `now` in monotonic seconds, `wall` in seconds since 1970. */
  look(command, now, wall) {
    const key = `${command.Epoch} ${command.Seq} ${command.Crc}`;
    if (command.Seq === 0 || key === this.lastLooked) return;
    this.lastLooked = key;
    const reject = this.judge(command, now, wall);
    this.ack = { epoch: command.Epoch, seq: command.Seq, reject };
  }

  judge(command, now, wall) {
    if (command.Crc !== commandCrc(command) && !this.mutant("no-crc")) return Reject.BAD_CRC;
    if (command.Epoch < this.kept.epoch && !this.mutant("epoch-not-monotonic")) return Reject.OLD_EPOCH;
    const again = command.Epoch === this.kept.epoch && command.Seq <= this.kept.seq;
    if (again && !this.mutant("seq-not-monotonic")) return Reject.OLD_SEQ;
    this.kept.epoch = command.Epoch;
    this.kept.seq = command.Seq;
    this.dirty = true;
    if (wall > command.Deadline && !this.mutant("no-deadline")) return Reject.EXPIRED;
    if (command.Kind === Kind.SYNC) return Reject.NONE;
    if (now - this.beatAt > WATCHDOG_S && !this.mutant("no-watchdog")) return Reject.CONTROLLER_SILENT;
    if (command.Kind === Kind.RESUME) return this.resume();
    if (!this.kinds.includes(command.Kind)) return Reject.UNKNOWN_KIND;
    return this.startOf(command);
  }

  startOf(command) {
    const reject = this.check(command);
    if (reject === Reject.NONE) this.begin(command);
    return reject;
  }

  begin(command) {
    this.kept.job = {
      epoch: command.Epoch, seq: command.Seq, id: command.JobId, kind: command.Kind, src: command.Src,
      dst: command.Dst, class: command.VehicleClass, state: JobState.RUNNING, fault: Fault.NONE, step: null,
    };
    this.setJob(JobState.RUNNING, Fault.NONE);
    this.start(this.kept.job);
  }

  resume() {
    const job = this.kept.job;
    if (!job || job.state !== JobState.INTERRUPTED) return Reject.NOTHING_TO_RESUME;
    const reject = this.checkResume(job);
    if (reject !== Reject.NONE) return reject;
    this.setJob(JobState.RUNNING, Fault.NONE);
    this.start(job);
    return Reject.NONE;
  }

  /** New state of the job, in the log as well; an ended one leaves. */
  setJob(state, fault) {
    const job = this.kept.job;
    job.state = state;
    job.fault = fault;
    const line = [job.epoch, job.seq, job.id, job.kind, job.src, job.dst, state, fault].join(";");
    const own = `${job.epoch};${job.seq};`;
    this.kept.log = [line, ...this.kept.log.filter((one) => !one.startsWith(own))].slice(0, JOBS_KEPT);
    if (state === JobState.ENDED || state === JobState.ABORTED) this.kept.job = null;
    this.dirty = true;
  }

  get running() {
    return Boolean(this.kept.job) && this.kept.job.state === JobState.RUNNING;
  }

  interrupt(fault) {
    this.setJob(JobState.INTERRUPTED, fault);
    this.halt();
  }

  /** Where does the key switch stand? Each change of position counts, also one that was made without power. */
  lookAtKey() {
    const { key } = this.kept;
    const mode = this.world.kept.modes[this.lift];
    if (key.mode === mode) return;
    key.mode = mode;
    if (!this.mutant("no-mode-changes")) key.changes = (key.changes + 1) % 2 ** 32;
    this.dirty = true;
  }

  // --- status ---

  lastDone() {
    for (const line of this.kept.log) {
      const [epoch, seq, , , , , state, fault] = line.split(";");
      if (Number(state) >= JobState.ENDED) return { epoch: +epoch, seq: +seq, state: +state, fault: +fault };
    }
    return { epoch: 0, seq: 0, state: 0, fault: 0 };
  }

  state() {
    const job = this.kept.job;
    if (this.world.kept.modes[this.lift] !== 1) return State.STOPPED;
    if (this.world.has("emergency_stop", this.lift)) return State.ABORTED;
    if (job && job.state === JobState.INTERRUPTED) return job.fault === Fault.POWER_LOSS ? State.SUSPENDED : State.HELD;
    if (job) return State.EXECUTE;
    return this.broken() ? State.HELD : State.IDLE;
  }

  jobState(done) {
    if (this.ack.reject !== Reject.NONE) return JobState.REFUSED;
    return this.kept.job ? this.kept.job.state : done.state;
  }

  itemState(mode, state) {
    if (mode === 3) return "OutOfService";
    if (state === State.EXECUTE) return "Executing";
    return state === State.IDLE || state === State.STOPPED ? "NotExecuting" : "NotAvailable";
  }

  status() {
    const job = this.kept.job;
    const done = this.lastDone();
    const mode = this.world.kept.modes[this.lift];
    const state = this.state();
    return {
      State: state,
      JobState: this.jobState(done), CurrentEpoch: job ? job.epoch : 0, CurrentSeq: job ? job.seq : 0,
      LastDoneEpoch: done.epoch, LastDoneSeq: done.seq, LastDoneState: done.state, LastDoneFault: done.fault,
      FaultCode: job ? job.fault : 0, ItemState: this.itemState(mode, state), OperationMode: MODE_NAME[mode],
      Mode: mode, ModeChanges: this.owner.kept.key.changes,
      EmergencyStop: this.world.has("emergency_stop", this.lift) ? 1 : 0,
      RejectCode: this.ack.reject, AckEpoch: this.ack.epoch, AckSeq: this.ack.seq, // in this order: AckSeq last
    };
  }

  retained() {
    const log = this.mutant("no-retained-log") ? [] : this.kept.log;
    return Object.fromEntries([...Array(JOBS_KEPT).keys()].map((n) => [`Job${String(n).padStart(2, "0")}`, log[n] || ""]));
  }
}

module.exports = { Unit };
