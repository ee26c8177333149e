/** Spoken instructions and a short tone: who turns the head cannot read. Silent where the browser has no voice. */

import { chime as tone } from "../presence/chime.js";
import { language } from "./i18n.js";

const VOICE = { en: "en-GB", "zh-hans": "zh-CN" };

let on = true;

export const isOn = () => on;

export function setOn(wanted) {
  on = wanted;
  if (!on) hush();
}

/** Say it now; what was being said before is cut off. */
export function speak(text) {
  if (!on || !text || !window.speechSynthesis) return;
  speechSynthesis.cancel();
  const words = new SpeechSynthesisUtterance(text);
  words.lang = VOICE[language()];
  speechSynthesis.speak(words);
}

export const hush = () => window.speechSynthesis?.cancel();

/** That was right. */
export const chime = () => on && tone();
