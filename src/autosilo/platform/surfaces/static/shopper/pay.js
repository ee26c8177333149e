// Pays with a card: the provider's script turns the card into a token, the server does the rest and is asked again when
// the holder had to confirm. What a browser says is no proof of payment, so the server always looks itself.
"use strict";
(() => {
  const MOST_QUESTIONS = 3; // a fee and a deposit may each make the bank ask, and one of them once more
  const form = document.querySelector("form[data-pay]");
  const said = form.querySelector("[data-said]");
  const button = form.querySelector("button");
  if (typeof Stripe === "undefined") {
    said.textContent = form.dataset.missing;
    button.disabled = true;
    return;
  }
  const provider = Stripe(form.dataset.key);
  const card = provider.elements().create("card");
  card.mount("#card");

  async function ask(name, value) {
    const body = new FormData(form);
    body.set(name, value);
    const reply = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const answer = await reply.json().catch(() => ({}));
    if (!reply.ok) return { status: "unknown", message: answer.title };
    return answer;
  }

  async function pay() {
    const made = await provider.createToken(card).catch((error) => ({ error }));
    if (made.error) return { status: "unreadable" };
    let state = await ask("token", made.token.id);
    for (let asked = 0; state.status === "requires_action" && asked < MOST_QUESTIONS; asked += 1) {
      await provider.confirmCardPayment(state.client_secret);
      state = await ask("look", "1");
    }
    return state;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    said.textContent = form.dataset.busy;
    const state = await pay().catch(() => ({ status: "unknown" }));
    if (state.status === "succeeded") {
      window.location.assign(form.dataset.done);
      return;
    }
    said.textContent = state.message || form.dataset[state.status] || form.dataset.unknown;
    button.disabled = false;
  });
})();
