// The portrait of a mobile licence: a link and a code for the wallet, and waiting until it was shown. The key that opens what
// the wallet shows is in this page's memory alone.

const EVERY_MS = 2000;

/** Resolves to { ask, key } once the wallet has shown the licence, to null when it did not or the shopper stops. */
export async function showLicence(form, { ask, words, say, warn }) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  const told = await ask(form.dataset.portraitAt);
  if (!told) return null;
  const drawn = document.createElement("template");
  drawn.innerHTML = told.qr; // our own server's drawing
  part("wallet-code").replaceChildren(drawn.content);
  part("wallet-link").href = told.link;
  part("wallet").hidden = false;
  part("wallet").scrollIntoView({ block: "center" });
  document.getElementById("show-portrait").focus({ preventScroll: true });
  say(words.wallet);
  const answer = await answered(form.dataset.portraitAt, told.ask, part("wallet-stop"));
  part("wallet").hidden = true;
  part("wallet-code").replaceChildren();
  if (answer.state !== "shown") {
    warn(answer.words || words.wallet_stopped);
    return null;
  }
  say(words.wallet_shown);
  return { ask: told.ask, key: told.key };
}

/** Asks again and again; a page in the background, or a moment without a network, asks later. */
function answered(address, id, stop) {
  return new Promise((resolve) => {
    const end = (answer) => {
      clearInterval(timer);
      stop.removeEventListener("click", stopped);
      resolve(answer);
    };
    const stopped = () => end({ state: "stopped" });
    const timer = setInterval(async () => {
      const told = await fetch(`${address}/${id}`).then((answer) => answer.json()).catch(() => null);
      if (told && told.state !== "open") end(told);
    }, EVERY_MS);
    stop.addEventListener("click", stopped);
  });
}
