/** Parts that several screens share. */

import { Camera } from "../presence/camera.js";
import { button, h } from "./dom.js";
import { t } from "./i18n.js";

export const heading = (text) => h("h1", { tabindex: "-1", id: "title" }, text);
export const lead = (text, id) => h("p", { class: "lead", "data-testid": id }, text);
export const backButton = (page) => button("back", t("back"), () => page.say({ t: "home" }), "quiet");

/** A mirror of the camera; frames go to the site under the session's nonce. Where it is `needed`, its failure is reported. */
export function preview(message, page, { id, onDead, onBack, needed = false }) {
  const video = h("video", { class: "mirror", muted: true, playsinline: true, "data-testid": id, "aria-hidden": "true" });
  video.muted = true;
  const camera = new Camera(video, {
    onFrame: (blob) => page.show(message.nonce, blob),
    onDead: () => {
      if (needed) page.say({ t: "camera_dead" });
      onDead();
    },
    onBack,
  });
  page.onLeave(() => camera.stop());
  camera.start();
  return video;
}
