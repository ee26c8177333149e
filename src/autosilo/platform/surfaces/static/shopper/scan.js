import { wire } from "./camera.js";

const form = document.getElementById("scan");
wire(form, {
  afterTake(blob, { picture, off }) {
    off();
    picture(blob);
    form.requestSubmit();
  },
});

// The answer may be below the edge of a phone's screen.
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "scan-result") event.target.scrollIntoView({ block: "nearest", behavior: "smooth" });
});
