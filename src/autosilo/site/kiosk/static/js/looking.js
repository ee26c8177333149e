/** Before the camera: one movement at a time, as a picture, in words and spoken. The site chooses and judges them. */

import { movePicture } from "../presence/moves.js";
import { button, h } from "./dom.js";
import { t } from "./i18n.js";
import { backButton, preview } from "./parts.js";
import { chime, hush, speak } from "./sound.js";

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
  let down = false; // an answer to a frame of before may still come, and must not hide what is said now
  const dead = () => {
    down = true;
    arrow.hidden = frame.hidden = dots.hidden = more.hidden = time.hidden = true;
    body.dataset.prompt = "dead";
    hint.textContent = t("looking.camera_dead");
    speak(hint.textContent);
    usePass.className = "button primary";
    usePass.focus();
  };
  const back = () => {
    down = false;
    arrow.hidden = frame.hidden = dots.hidden = more.hidden = false;
    body.dataset.prompt = "";
    hint.textContent = t("looking.camera_back");
    speak(hint.textContent);
    usePass.className = "button quiet";
  };
  const instruct = (news) => {
    const again = news.again ? t(`again.${news.again}`) : "";
    title.textContent = t(`prompt.${news.prompt}`);
    arrow.replaceChildren(movePicture(news.prompt));
    const words = [again, title.textContent].filter(Boolean).join(" ");
    page.announce(words);
    speak(words);
  };
  const show = (news) => {
    if (down) return;
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
  arrow.append(movePicture("look"));
  page.onNews("gate", show);
  page.onLeave(hush);
  return [title, body, h("div", { class: "row" }, more, usePass, backButton(page))];
}
