// Passkeys: a form [data-passkey] asks the browser to make or to use one, and posts what it answers.

const NEEDS = "Passkeys need a secure address: https://, or localhost on this machine.";
const STOPPED = "That didn’t work, or was cancelled. Nothing was changed. Try again.";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

function creation(options) {
  return PublicKeyCredential.parseCreationOptionsFromJSON?.(options) ?? { ...options,
    challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: listed(options.excludeCredentials) };
}

function request(options) {
  return PublicKeyCredential.parseRequestOptionsFromJSON?.(options) ?? { ...options,
    challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials) };
}

const PARTS = ["attestationObject", "authenticatorData", "clientDataJSON", "signature", "userHandle"];

function written(credential) {
  if (credential.toJSON) return credential.toJSON();
  const given = PARTS.filter((part) => credential.response[part]);
  const response = Object.fromEntries(given.map((part) => [part, text(credential.response[part])]));
  const { id, type } = credential;
  return { id, rawId: id, type, response, clientExtensionResults: credential.getClientExtensionResults() };
}

async function asked(form) {
  const { options, optionsFrom } = form.dataset;
  if (options) return JSON.parse(options).publicKey;
  const answer = await fetch(optionsFrom, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options.publicKey;
}

async function ceremony(form) {
  const publicKey = await asked(form);
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: creation(publicKey) })
    : navigator.credentials.get({ publicKey: request(publicKey) });
}

function prepare(form) {
  const [button, status] = [form.querySelector("button"), form.querySelector("[role=status]")];
  const supported = window.PublicKeyCredential && window.isSecureContext;
  button.disabled = !supported;
  status.textContent = supported ? "" : NEEDS;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    status.textContent = "";
    try {
      form.elements.credential.value = JSON.stringify(written(await ceremony(form)));
      form.submit();
    } catch {
      status.textContent = STOPPED;
    }
  });
}

document.querySelectorAll("[data-passkey]").forEach(prepare);
