/** Who lets themselves be seen at a kiosk: the newest picture, or that there is none. Nothing of it is kept by this page. */

const page = document.querySelector("[data-caller]");
const part = (name) => page.querySelector(`[data-caller-${name}]`);
const source = new EventSource(page.dataset.caller);

function show(state, words) {
  page.dataset.state = state;
  part("picture").hidden = state !== "seen";
  if (state !== "seen") part("picture").removeAttribute("src");
  if (part("state").textContent !== words) part("state").textContent = words;
}

source.addEventListener("picture", (event) => {
  const { kiosk, jpeg } = JSON.parse(event.data);
  part("picture").src = `data:image/jpeg;base64,${jpeg}`;
  show("seen", page.dataset.textSeen.replace("{kiosk}", kiosk));
});
source.addEventListener("nobody", () => show("nobody", page.dataset.textNobody));
source.addEventListener("away", () => show("away", page.dataset.textAway));
source.addEventListener("error", () => show("away", page.dataset.textAway));
source.addEventListener("ended", () => {
  source.close();
  location.reload(); // signed out: the server leads to the login
});
addEventListener("pagehide", () => source.close());
