/** The WebSocket to the site process; it comes back by itself. */

const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 5000;
const MAX_BUFFERED = 300_000; // bytes waiting to be sent: on a slow line frames are dropped, not queued

export class Link {
  constructor({ onMessage, onState }) {
    this.onMessage = onMessage;
    this.onState = onState;
    this.retry = FIRST_RETRY_MS;
    this.#open();
  }

  get up() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  say(message) {
    if (this.up) this.socket.send(JSON.stringify(message));
  }

  /** Send a camera frame under the session's nonce (hex); false when it was dropped. */
  show(nonce, blob) {
    if (!this.up || this.socket.bufferedAmount > MAX_BUFFERED) return false;
    const bytes = Uint8Array.from(nonce.match(/../g), (pair) => parseInt(pair, 16));
    this.socket.send(new Blob([bytes, blob]));
    return true;
  }

  #open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/ws`);
    this.socket.addEventListener("open", () => {
      this.retry = FIRST_RETRY_MS;
      this.say({ t: "hello", kiosk: kioskId(), name: kioskName() });
      this.onState(true);
    });
    this.socket.addEventListener("message", (event) => this.onMessage(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => {
      this.onState(false);
      setTimeout(() => this.#open(), this.retry);
      this.retry = Math.min(this.retry * 1.8, LAST_RETRY_MS);
    });
  }
}

/** What the site calls this machine, as it was set up: `/?kiosk=K2`. Said when a person is called to it. */
const kioskName = () => new URLSearchParams(location.search).get("kiosk") ?? "";

/** Names this machine, not a visitor: so that a reload finds the visit that it was showing. */
function kioskId() {
  let id = localStorage.getItem("kiosk");
  if (!id) {
    id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    localStorage.setItem("kiosk", id);
  }
  return id;
}
