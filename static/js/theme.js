// The Aa panel and the reading settings apply at once and are kept by the same form that works without this.

const root = document.documentElement;
const THEMES = ["", "light", "sepia", "dark"];

function show(form) {
  const theme = form.elements.theme?.value ?? "";
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  const { text_size: size, face, measure, leading, justified, margin_notes: notes } = form.elements;
  const look = { size: size.value, face: face.value, measure: measure.value, leading: leading.value,
    justified: justified.checked ? "on" : "off", notes: notes.checked ? "on" : "off" };
  const noted = document.querySelector("[data-size]").dataset.notes !== look.notes;
  document.querySelectorAll("[data-size]").forEach((element) => Object.assign(element.dataset, look));
  if (noted) document.dispatchEvent(new Event("texts")); // notes that come back are put beside their lines
  document.querySelectorAll("[data-toggle]").forEach((button) => button.setAttribute("aria-pressed", notes.checked));
  form.querySelectorAll("output").forEach((output) => { output.textContent = `${size.value} pixels`; });
}

async function send(address, body) {
  const answer = await fetch(address, { method: "POST", body, redirect: "manual" }).catch(() => ({}));
  if (answer.ok || answer.type === "opaqueredirect") return;
  const live = document.getElementById("live");
  if (live) live.textContent = "This could not be saved. It lasts until you leave the page.";
}

// One after the other: of two quick changes the later must not be overtaken.
let saving = Promise.resolve();
function keep(form) {
  const body = new FormData(form);
  saving = saving.then(() => send(form.action, body));
}

const form = () => document.querySelector("form[data-appearance]");

document.addEventListener("input", (event) => {
  if (event.target.form?.matches("form[data-appearance]")) show(event.target.form);
});
document.addEventListener("change", (event) => {
  if (event.target.form?.matches("form[data-appearance]")) keep(event.target.form);
});

// A button that stands for a box of the panel: notes on and off.
document.addEventListener("click", (event) => {
  const box = form()?.elements[event.target.closest?.("[data-toggle]")?.dataset.toggle];
  if (!box) return;
  box.checked = !box.checked;
  show(form());
  keep(form());
  document.getElementById("live").textContent = box.checked ? "Notes are shown." : "Notes are hidden.";
});

function change(element, value) {
  element.value = value;
  show(form());
  keep(form());
}

document.addEventListener("keydown", (event) => {
  if (root.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey || !form()) return;
  if (event.target.closest?.("input:not([type=radio]), textarea, select")) return;
  const { text_size: size, theme } = form().elements;
  if (event.key === ",") change(size, Math.max(Number(size.min), Number(size.value) - 1));
  if (event.key === ".") change(size, Math.min(Number(size.max), Number(size.value) + 1));
  if (event.key === "s") change(theme, THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]);
});
