/** The camera: on only while a screen needs it, a few frames a second, and gone at once afterwards. */

const FRAME_MS = 150; // the site takes eight a second at most
const LONG_SIDE = 800;
const QUALITY = 0.85;

export class Camera {
  constructor(video, { onFrame, onDead }) {
    this.video = video;
    this.onFrame = onFrame;
    this.onDead = onDead;
    this.canvas = document.createElement("canvas");
    this.stopped = false;
  }

  async start() {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      if (this.stopped) return stream.getTracks().forEach((track) => track.stop());
      this.stream = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => this.#dead());
      this.video.srcObject = stream;
      await this.video.play();
      this.timer = setInterval(() => this.#grab(), FRAME_MS);
    } catch {
      this.#dead();
    }
  }

  stop() {
    this.stopped = true;
    clearInterval(this.timer);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.video.srcObject = null;
  }

  #dead() {
    if (this.stopped) return;
    this.stop();
    this.onDead();
  }

  #grab() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width || this.busy) return;
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
