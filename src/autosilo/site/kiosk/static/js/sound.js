/** Spoken instructions and a short tone: who turns the head cannot read. Silent where the browser has no voice. */

import { language } from "./i18n.js";

const VOICE = { en: "en-GB", "zh-hans": "zh-CN" };
const TONE_HZ = 880;
const TONE_S = 0.12;
const LOUDNESS = 0.15;

let on = true;
let context;

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
export function chime() {
  if (!on || !window.AudioContext) return;
  context ??= new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = TONE_HZ;
  volume.gain.setValueAtTime(LOUDNESS, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + TONE_S);
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + TONE_S);
}
