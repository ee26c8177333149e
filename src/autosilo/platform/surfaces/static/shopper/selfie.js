import { wire } from "./camera.js";

const form = document.getElementById("selfie");
const consent = form.querySelector("[data-consent]");

// The camera stays on: when the server finds something wrong, one corrects it and takes the next picture.
wire(form, {
  mayTake(say) {
    if (consent.checked) return true;
    say("textConsent");
    const note = document.createElement("p");
    note.className = "note note-warn";
    note.textContent = form.dataset.textConsent;
    document.getElementById("selfie-said").replaceChildren(note);
    consent.focus();
    return false;
  },
  afterTake() {
    form.requestSubmit();
  },
});
