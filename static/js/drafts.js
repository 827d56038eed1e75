// What is being written about an article or a passage outlives a closed tab: it is kept in this browser until it is
// saved or thrown away.

const fieldOf = (form) => form?.querySelector("textarea[name=note]");
const forms = () => [...document.querySelectorAll("form[data-draft], #editor #editing form")];
const keyOf = (form) => `draft ${form.getAttribute("action")}`;

function line(form, field, key) {
  const words = document.createElement("p");
  words.className = "small";
  words.setAttribute("role", "status");
  const away = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet sm", textContent: "Discard it" });
  away.addEventListener("click", () => {
    localStorage.removeItem(key);
    field.value = field.defaultValue;
    words.remove();
    field.focus();
  });
  words.append("Your unsaved note is back. ", away);
  field.before(words);
}

// Whatever comes onto the page with a field for a note is given what was not saved the last time.
function offer(form) {
  const [field, key] = [fieldOf(form), keyOf(form)];
  if (!field || form.dataset.offered) return;
  form.dataset.offered = "yes";
  const draft = localStorage.getItem(key);
  if (draft === null) return;
  if (draft === field.value) return localStorage.removeItem(key);
  if (form.querySelector(".errorlist")) return;
  const details = form.closest("details");
  if (details) details.open = true;
  field.value = draft;
  line(form, field, key);
}

let sent = ""; // the key of what was just sent, until it is known to be saved

function settle() {
  if (sent && !forms().some((form) => keyOf(form) === sent)) {
    localStorage.removeItem(sent);
  }
  sent = "";
  forms().forEach(offer);
}

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (form && forms().includes(form) && target === fieldOf(form)) localStorage.setItem(keyOf(form), target.value);
});
document.addEventListener("submit", ({ target }) => { if (forms().includes(target)) sent = keyOf(target); }, true);
document.addEventListener("click", ({ target }) => {
  const form = target.closest?.("[data-close]")?.closest("form");
  if (form) localStorage.removeItem(keyOf(form));
}, true);
document.addEventListener("keydown", (event) => {
  const form = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form;
  if (form && form.matches("[data-draft]")) form.requestSubmit();
});
// Saved: the page has the notes as they are now, and the reader goes on where they wrote.
document.addEventListener("htmx:after:swap", () => {
  const notes = document.getElementById("notes");
  if (notes && !notes.contains(document.activeElement) && sent.endsWith("/note/")) notes.querySelector("summary:not([hidden])")?.focus({ preventScroll: true });
  document.dispatchEvent(new Event("texts"));
  settle();
});
document.addEventListener("texts", settle);

const editor = document.getElementById("editor");
if (editor) new MutationObserver(() => forms().forEach(offer)).observe(editor, { childList: true });
settle();
