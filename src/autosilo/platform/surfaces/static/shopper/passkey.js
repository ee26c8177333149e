// Passkeys: asks the server for a challenge, the device for its answer, and sends that back. Without script, or where
// the browser has none, the form stays hidden and the other ways are there.

const form = document.querySelector("form[data-passkey]");
const said = form.querySelector("[data-said]");
const button = form.querySelector("button");

if (window.PublicKeyCredential) form.hidden = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  button.disabled = true;
  said.textContent = form.dataset.busy;
  said.textContent = (await go().catch(explain)) ?? "";
  button.disabled = false;
});

async function go() {
  const asked = await post(form.dataset.ask);
  if (asked.location) return leave(asked.location);
  const options = readable(asked.publicKey);
  const made = form.dataset.passkey === "enrol"
    ? await navigator.credentials.create({ publicKey: options })
    : await navigator.credentials.get({ publicKey: options });
  const fields = Object.fromEntries(new FormData(form));
  const answer = await post(form.dataset.send, { ...fields, credential: sendable(made) });
  return leave(answer.location);
}

function leave(location) {
  window.location.assign(location);
  return form.dataset.busy;
}

function explain(error) {
  if (error.title) return error.title;
  if (error.name === "InvalidStateError") return form.dataset.known;
  return form.dataset.failed; // closed by the person, timed out, or no passkey here: browsers do not tell which
}

async function post(address, content = {}) {
  const headers = {
    "Content-Type": "application/json",
    Accept: "application/json",
    "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
  };
  const reply = await fetch(address, { method: "POST", headers, body: JSON.stringify(content) });
  const answer = await reply.json();
  if (reply.ok || answer.location) return answer;
  throw answer;
}

// Bytes are base64url in JSON (Web Authentication Level 3, section 5.1).
function readable(options) {
  const bytes = (one) => ({ ...one, id: decode(one.id) });
  return {
    ...options,
    challenge: decode(options.challenge),
    ...(options.user && { user: bytes(options.user) }),
    ...(options.excludeCredentials && { excludeCredentials: options.excludeCredentials.map(bytes) }),
    ...(options.allowCredentials && { allowCredentials: options.allowCredentials.map(bytes) }),
  };
}

function sendable(made) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = encode(made.response[name]);
  }
  if (made.response.getTransports) response.transports = made.response.getTransports();
  return {
    id: made.id,
    rawId: encode(made.rawId),
    type: made.type,
    clientExtensionResults: made.getClientExtensionResults(),
    response,
  };
}

function decode(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function encode(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
