/** A short tone for "that was right": who turns the head cannot read. Silent where the browser has no sound. */

const TONE_HZ = 880;
const TONE_S = 0.12;
const LOUDNESS = 0.15;

let context;

export function chime() {
  if (!window.AudioContext) return;
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
