/**
 * A walk from bay to bay. An answer that did not reach the server stays on the page, says so, and is sent again with the
 * same number: it counts once, however often it arrives.
 */

let lost = null; // the form whose answer did not arrive

addEventListener("htmx:beforeRequest", (event) => {
  const form = answer(event);
  if (!form) return;
  note()?.setAttribute("hidden", "");
  busy(form, true);
});

for (const [name, why] of [["htmx:sendError", "offline"], ["htmx:timeout", "offline"], ["htmx:responseError", "failed"]])
  document.addEventListener(
    name,
    (event) => {
      const form = answer(event);
      if (!form) return;
      event.stopPropagation(); // said here, where the answer was given
      busy(form, false);
      lost = form;
      const words = note().querySelector("[data-lost-title]");
      words.textContent = event.detail.xhr?.status === 429 ? words.dataset.textOften : words.dataset[why === "offline" ? "textOffline" : "textFailed"];
      note().removeAttribute("hidden");
      note().scrollIntoView({ block: "center" });
    },
    true,
  );

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-again]")) again();
});
addEventListener("online", again);

addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "walk" && event.target?.id !== "walk") return;
  lost = null;
  keepInSight();
  document.querySelector("[data-arrive]")?.focus({ preventScroll: true }); // the next place is read out
});

addEventListener("htmx:oobAfterSwap", keepInSight);
keepInSight();

/** Where the list scrolls by itself (beside the place, on a wide screen), the shown place stays in it. */
function keepInSight() {
  const list = document.querySelector(".walk-rows");
  const here = list?.querySelector("[aria-current]");
  if (here && list.scrollHeight > list.clientHeight) list.scrollTop = here.parentElement.offsetTop - list.offsetTop - list.clientHeight / 3;
}

function again() {
  if (lost?.isConnected) lost.requestSubmit();
}

function answer(event) {
  const form = event.detail?.elt ?? event.target;
  return form instanceof HTMLFormElement && form.hasAttribute("data-answer") ? form : null;
}

function busy(form, on) {
  const button = form.querySelector("button");
  for (const each of document.querySelectorAll(".walk-actions button")) each.toggleAttribute("disabled", on);
  button.toggleAttribute("data-busy", on);
}

function note() {
  return document.querySelector("[data-lost]");
}
