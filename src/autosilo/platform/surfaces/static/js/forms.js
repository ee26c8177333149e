// Small manners that every page has: an error summary takes the focus, a form that was sent says so.

for (const summary of document.querySelectorAll("[data-focus]")) summary.focus();

// A long form post: <form data-busy-text="Looking at your photo …">
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.hasAttribute("hx-get")) return;
  const button = event.submitter ?? form.querySelector("button[type=submit], button:not([type])");
  if (form.dataset.sent) {
    event.preventDefault(); // a second press of the same button
    return;
  }
  form.dataset.sent = "yes";
  button?.setAttribute("data-busy", "");
  button?.setAttribute("aria-disabled", "true");
  if (form.dataset.busyText) say(form.dataset.busyText);
});

// Coming back by the back button: the page may be shown as it was left.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-busy]")) {
    button.removeAttribute("data-busy");
    button.removeAttribute("aria-disabled");
  }
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// An answer that htmx does not show: too often, broken, or none at all. Polling fails silently and tries again.
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (event.detail.requestConfig?.verb === "get") return;
    const words = document.body.dataset;
    const note = document.createElement("p");
    note.className = "note note-bad";
    note.textContent = event.detail.xhr?.status === 429 ? words.textTooOften : words.textFailed;
    document.querySelector(".messages").replaceChildren(note);
    note.scrollIntoView({ block: "center" });
  });
}

function say(text) {
  const place = document.getElementById("announce");
  if (place) place.textContent = text;
}
