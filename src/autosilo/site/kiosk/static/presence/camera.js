/** The camera: on only while a screen needs it, a few frames a second, and gone at once afterwards. One that dies or hangs
 * is reported once and tried again until it works. */

const FRAME_MS = 150; // the site takes eight a second at most
const LONG_SIDE = 800;
const QUALITY = 0.85;
const HANGS_MS = 6000; // without one new frame for so long, at the start too
const RETRY_MS = 3000;

export class Camera {
  constructor(video, { onFrame, onDead, onBack = () => {} }) {
    this.video = video;
    this.onFrame = onFrame;
    this.onDead = onDead;
    this.onBack = onBack;
    this.reported = false;
    this.canvas = document.createElement("canvas");
    this.stopped = false;
  }

  /** Begins anew; what an earlier start still brings is dropped. */
  async start() {
    const run = (this.run = {});
    this.seen = { at: performance.now(), time: -1 };
    this.watch = setInterval(() => this.#look(), 1000);
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      if (run !== this.run) return stream.getTracks().forEach((track) => track.stop());
      this.stream = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => run === this.run && this.#dead());
      this.video.srcObject = stream;
      await this.video.play();
      if (run === this.run) this.timer = setInterval(() => this.#grab(), FRAME_MS);
    } catch {
      if (run === this.run) this.#dead();
    }
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.again);
    this.#release();
  }

  #release() {
    this.run = null;
    this.busy = false;
    clearInterval(this.timer);
    clearInterval(this.watch);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  /** A camera that hangs says nothing: its pictures stop. A page in the background shows none either, and is let be. */
  #look() {
    const { currentTime } = this.video;
    if (currentTime !== this.seen.time || document.hidden) this.seen = { at: performance.now(), time: currentTime };
    else if (performance.now() - this.seen.at > HANGS_MS) this.#dead();
  }

  #dead() {
    if (this.stopped) return;
    this.#release();
    if (!this.reported) {
      this.reported = true;
      this.onDead();
    }
    this.again = setTimeout(() => this.start(), RETRY_MS);
  }

  #grab() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width || this.busy) return;
    if (this.reported) {
      this.reported = false;
      this.onBack();
    }
    const scale = Math.min(1, LONG_SIDE / Math.max(width, height));
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.canvas.getContext("2d").drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    this.busy = true;
    this.canvas.toBlob(
      (blob) => {
        this.busy = false;
        if (blob && !this.stopped) this.onFrame(blob);
      },
      "image/jpeg",
      QUALITY,
    );
  }
}
