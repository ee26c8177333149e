/** Before the camera: one movement at a time, as a picture, in words and spoken. The site chooses and judges them. */

import { button, h, s } from "./dom.js";
import { t } from "./i18n.js";
import { backButton, preview } from "./parts.js";
import { chime, hush, speak } from "./sound.js";

const HEAD = ["M32 8c-11 0-17 8-17 20 0 14 8 25 17 25s17-11 17-25c0-12-6-20-17-20z"];
const FACE = { look: [0, 0], left: [-7, 0], right: [7, 0], up: [0, -7], closer: [0, 0] };
const ARROW = {
  look: [],
  left: ["M12 30H-6M1 22l-8 8 8 8"],
  right: ["M52 30h18M63 22l8 8-8 8"],
  up: ["M32 2v-16M24-7l8-8 8 8"],
  closer: ["M-4 -6l10 10M6-4v8h-8M68-6L58 4M58-4v8h8M-4 66l10-10M6 64v-8h-8M68 66L58 56M58 64v-8h8"],
};

/** A head that does it, as seen in a mirror: the person's left is on the left. */
function picture(prompt) {
  const [x, y] = FACE[prompt];
  const face = `M${24 + x} ${26 + y}v2M${40 + x} ${26 + y}v2M${32 + x} ${27 + y}v7h-3M${26 + x} ${42 + y}q6 4 12 0`;
  const svg = s("svg", { viewBox: "-16 -18 96 90", class: `move move-${prompt}`, "aria-hidden": "true", focusable: "false" });
  for (const d of [...HEAD, face]) svg.append(s("path", { d }));
  for (const d of ARROW[prompt]) svg.append(s("path", { d, class: "move-arrow" }));
  return svg;
}

export function looking(message, page) {
  const title = h("h1", { tabindex: "-1", id: "title", "data-testid": "prompt" }, t("looking.title"));
  const hint = h("p", { class: "hint", role: "status", "data-testid": "hint" }, t("looking.starting"));
  const dots = h("div", { class: "dots", role: "img", "data-testid": "moves" });
  const frame = h("div", { class: "portrait", "data-hint": "starting" });
  const arrow = h("div", { class: "move-box" });
  const time = h("progress", { class: "bar-progress", "data-testid": "time-left", "aria-label": t("looking.time"), max: 1, value: 1, hidden: true });
  const more = button("more-time-to-move", t("looking.more_time"), () => moreTime(), "quiet");
  const usePass = message.held
    ? button("use-code", t("looking.use_code"), () => page.say({ t: "code_screen" }), "quiet")
    : button("use-pass", t("looking.use_pass"), () => page.say({ t: "pass_screen" }), "quiet");
  const body = h("div", { class: "looking" }, frame, h("div", { class: "words" }, arrow, hint, dots, time));
  const now = { prompt: "", again: null, hint: "", done: 0 };

  const moreTime = () => {
    page.say({ t: "more_time" });
    more.disabled = true;
    more.textContent = t("looking.more_time.given");
  };
  const dead = () => {
    arrow.hidden = frame.hidden = dots.hidden = more.hidden = time.hidden = true;
    body.dataset.prompt = "dead";
    hint.textContent = t("looking.camera_dead");
    speak(hint.textContent);
    usePass.className = "button primary";
    usePass.focus();
  };
  const back = () => {
    arrow.hidden = frame.hidden = dots.hidden = more.hidden = false;
    body.dataset.prompt = "";
    hint.textContent = t("looking.camera_back");
    speak(hint.textContent);
    usePass.className = "button quiet";
  };
  const instruct = (news) => {
    const again = news.again ? t(`again.${news.again}`) : "";
    title.textContent = t(`prompt.${news.prompt}`);
    arrow.replaceChildren(picture(news.prompt));
    const words = [again, title.textContent].filter(Boolean).join(" ");
    page.announce(words);
    speak(words);
  };
  const show = (news) => {
    const well = news.again ? t(`again.${news.again}`) : news.prompt === "look" ? t("hint.good") : "";
    const hinted = news.hint === "good" ? well : t(`hint.${news.hint}`);
    if (news.prompt !== now.prompt || news.again !== now.again) instruct(news);
    else if (news.hint !== now.hint && news.hint !== "good") speak(hinted);
    if (news.done > now.done) chime();
    if (hint.textContent !== hinted) hint.textContent = hinted;
    body.dataset.prompt = news.prompt;
    frame.dataset.hint = news.hint;
    if (dots.childElementCount !== news.moves) dots.replaceChildren(...Array.from({ length: news.moves }, () => h("i")));
    dots.querySelectorAll("i").forEach((dot, index) => dot.classList.toggle("on", index < news.done));
    dots.setAttribute("aria-label", t("looking.moves", { done: news.done, moves: news.moves }));
    time.hidden = news.left_s === null;
    if (news.left_s !== null) time.value = news.left_s / news.limit_s;
    Object.assign(now, news);
  };

  frame.append(preview(message, page, { id: "camera", onDead: dead, onBack: back, needed: true }));
  arrow.append(picture("look"));
  page.onNews("gate", show);
  page.onLeave(hush);
  return [title, body, h("div", { class: "row" }, more, usePass, backButton(page))];
}
