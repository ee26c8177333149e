/** Clears a screen that its visitor has left: warns first, and gives as much more time as is asked for. */

import { $, button, h } from "./dom.js";
import { t } from "./i18n.js";
import { speak } from "./sound.js";

// before the camera nobody touches anything; the site's own limits end that screen sooner
const QUIET_S = { welcome: 90, looking: 240, pass: 75, code: 75, hello: 60, refused: 45, done: 60, thanks: 60 };
const WARNING_S = 20;
const WITHOUT_WARNING = new Set(["welcome"]);
const BEHIND = ["header", ".stage"]; // what the question covers

export class Idle {
  /** `waits()`: the visitor waits for somebody to look, so not touching the screen means nothing. */
  constructor({ onGone, onStay, waits = () => false }) {
    this.onGone = onGone;
    this.onStay = onStay;
    this.waits = waits;
    this.screen = "welcome";
    this.heard = performance.now();
    for (const kind of ["pointerdown", "keydown", "input"]) document.addEventListener(kind, () => this.#touch(), true);
    setInterval(() => this.#look(), 500);
  }

  shows(screen) {
    this.screen = screen;
    this.#touch();
  }

  #touch() {
    this.heard = performance.now();
    if (!$("idle").hidden) this.#hide();
  }

  #look() {
    const limit = QUIET_S[this.screen];
    if (!limit) return;
    if (this.waits()) this.#touch();
    const left = limit - (performance.now() - this.heard) / 1000;
    if (left <= 0) {
      this.#hide();
      this.heard = performance.now();
      this.onGone();
    } else if (left <= WARNING_S && !WITHOUT_WARNING.has(this.screen)) this.#warn(Math.ceil(left));
  }

  #warn(seconds) {
    const veil = $("idle");
    if (veil.hidden) {
      this.before = document.activeElement;
      const stay = button("more-time", t("yes"), () => this.onStay());
      this.text = h("p", { id: "idle-text" }, t("idle.text", { seconds }));
      veil.replaceChildren(
        h("div", { class: "dialog", role: "alertdialog", "aria-modal": "true", "aria-labelledby": "idle-title", "aria-describedby": "idle-text" }, h("h2", { id: "idle-title" }, t("idle.title")), this.text, stay),
      );
      veil.hidden = false;
      this.#cover(true);
      stay.focus();
      speak(`${t("idle.title")} ${this.text.textContent}`);
    }
    this.text.textContent = t("idle.text", { seconds });
  }

  #cover(covered) {
    for (const part of BEHIND) document.querySelector(part).inert = covered;
  }

  #hide() {
    if ($("idle").hidden) return;
    $("idle").hidden = true;
    $("idle").replaceChildren();
    this.#cover(false);
    this.before?.isConnected && this.before.focus();
  }
}
