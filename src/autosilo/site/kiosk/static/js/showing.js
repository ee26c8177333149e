/** Whoever called for help may let the operator see them: asked once, off by default, with a sign and an end while it is on. */

import { Camera } from "../presence/camera.js";
import { $, button, h } from "./dom.js";
import { t } from "./i18n.js";

const EVERY_MS = 250; // four pictures a second are enough to see what is wrong

export class Showing {
  constructor(page) {
    this.page = page;
    this.box = $("showing");
    this.camera = null;
    this.nonce = null;
  }

  /** After a call went out. Where the browser has no camera nothing is offered. */
  offer() {
    if (this.nonce || !navigator.mediaDevices?.getUserMedia) return;
    this.#fill("offer", [
      h("h2", { id: "showing-title", tabindex: "-1" }, t("show.offer")),
      h("p", {}, t("show.words")),
      h("div", { class: "row" }, button("show-me", t("show.yes"), () => this.page.say({ t: "show_me" })), button("show-not", t("show.no"), () => this.hide(), "quiet")),
    ]);
  }

  /** What the site says of it: `nonce` for the frames, null when it is over. */
  hear({ nonce, watched }) {
    if (!nonce) return this.hide();
    if (nonce !== this.nonce) this.#start(nonce);
    this.box.dataset.watched = String(watched);
    this.state.textContent = t(watched ? "show.watched" : "show.waiting");
    return undefined;
  }

  /** Off: nothing is taken or shown any more. */
  hide() {
    this.camera?.stop();
    this.camera = this.nonce = null;
    this.box.hidden = true;
    this.box.replaceChildren();
  }

  end() {
    if (this.nonce) this.page.say({ t: "hide_me" });
    this.hide();
  }

  #start(nonce) {
    this.camera?.stop();
    this.nonce = nonce;
    let last = 0;
    const video = h("video", { class: "mirror", muted: true, playsinline: true, "aria-hidden": "true" });
    video.muted = true;
    this.state = h("p", { class: "showing-state", role: "status", "data-testid": "show-state" });
    this.#fill("on", [
      h("h2", { id: "showing-title", tabindex: "-1" }, h("i", { class: "showing-dot", "aria-hidden": "true" }), t("show.on")),
      h("div", { class: "showing-now" }, video, this.state),
      h("div", { class: "row" }, button("show-end", t("show.end"), () => this.end())),
    ]);
    this.camera = new Camera(video, {
      onFrame: (blob) => {
        const now = performance.now();
        if (now - last < EVERY_MS || nonce !== this.nonce) return;
        last = now;
        this.page.show(nonce, blob);
      },
      onDead: () => {
        this.end();
        this.page.toast(t("show.camera_dead"));
      },
    });
    this.camera.start();
  }

  #fill(state, parts) {
    this.box.dataset.state = state;
    this.box.replaceChildren(...parts);
    this.box.hidden = false;
    $("showing-title").focus({ preventScroll: true });
    this.page.announce([...this.box.querySelectorAll("h2, p")].map((part) => part.textContent).join(" "));
  }
}
