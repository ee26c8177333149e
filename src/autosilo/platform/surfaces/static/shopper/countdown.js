// The moving part of a trial's page.
//
// Time left, by the second. The server says what its clock shows (a demo clock may run ahead of the real one); from there
// this page's own clock counts on.

let seen = null;
let began = 0;

setInterval(tick, 1000);
tick();

function tick() {
  const place = document.querySelector("[data-countdown]");
  if (!place) return;
  if (place !== seen) {
    seen = place;
    began = performance.now();
  }
  const passed = (performance.now() - began) / 1000;
  const left = Number(place.dataset.countdown) - Number(place.dataset.now) - passed;
  place.textContent = words(Math.abs(left), place.dataset);
}

function words(seconds, unit) {
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / 86400);
  const two = (number) => String(number).padStart(2, "0");
  const clock = `${two(Math.floor(whole / 3600) % 24)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return days ? `${days} ${unit.days} ${clock}` : clock;
}

// What changed is said once, politely: the part that is exchanged cannot say it itself.
let said = state();
document.addEventListener("htmx:afterSwap", () => {
  const now = state();
  if (now && now !== said) {
    said = now;
    document.getElementById("announce").textContent = now;
  }
});

function state() {
  const words = ["[data-testid=trial-state]", "#offer-title", "#next"].map((place) => document.querySelector(place)?.textContent.trim());
  return words.filter(Boolean).join(". ");
}
