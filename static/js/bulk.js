// Rows are selected by X, Shift X and their boxes, and the bar says how many. Without this, ?select=1 shows boxes and bar.

const picked = new Set();
let anchor;
let sent = false;

const bar = () => document.getElementById("bulk");
const boxes = () => [...document.querySelectorAll("#main .sel:not(:disabled)")];
const rowOf = (id) => document.querySelector(`#main article[data-link="${id}"]`);
const say = (words) => { document.getElementById("live").textContent = words; };
const inMode = () => new URLSearchParams(location.search).has("select");

// The boxes as they are after a swap may belong to other articles than before.
function show() {
  const all = boxes();
  const here = new Set(all.map((box) => box.value));
  for (const id of picked) if (!here.has(id)) picked.delete(id);
  const open = picked.size > 0 || inMode();
  for (const box of all) {
    box.checked = picked.has(box.value);
    box.hidden = !open;
    if (open) box.ariaLabel = `Select ${rowOf(box.value).querySelector("h3 a").textContent}`;
  }
  if (!bar() || bar().elements.all) return;
  bar().hidden = !open;
  document.getElementById("selected").textContent = `${picked.size || "None"} selected`;
}

function pick(box, on, shift) {
  const all = boxes();
  const from = shift ? all.findIndex((each) => each.value === anchor) : -1;
  const at = all.indexOf(box);
  const range = from < 0 ? [box] : all.slice(Math.min(from, at), Math.max(from, at) + 1);
  for (const each of range) {
    if (on || from >= 0) picked.add(each.value);
    else picked.delete(each.value);
  }
  anchor = box.value;
  show();
  say(document.getElementById("selected").textContent);
}

function focusRow(row) {
  document.querySelector("#main article.on")?.classList.remove("on");
  row?.classList.add("on");
  (row?.querySelector("h3 a") ?? document.getElementById("main")).focus({ preventScroll: true });
}

function clear() {
  picked.clear();
  show();
  say("Nothing selected");
  focusRow(rowOf(anchor));
}

document.addEventListener("rowkey", (event) => {
  const box = event.target.querySelector(".sel:not(:disabled)");
  if (event.detail.key !== "x" || !box) return;
  event.preventDefault();
  pick(box, !box.checked, event.detail.shift);
});

document.addEventListener("click", (event) => {
  if (event.target.matches?.(".sel")) pick(event.target, event.target.checked, event.shiftKey);
  else if (event.target.closest?.("[data-clear]") && !inMode()) {
    event.preventDefault();
    clear();
  }
});

// A finger that stays on a row selects it; the click and the menu that would follow are for nothing.
const HELD = 400; // less than the browser waits for its own menu
let holding;
let held = false;

const letGo = () => clearTimeout(holding);

document.addEventListener("pointerdown", (event) => {
  letGo();
  held = false;
  const box = event.pointerType === "touch" && event.target.closest?.("#main article[data-link]")?.querySelector(".sel:not(:disabled)");
  if (!box || event.target === box) return;
  holding = setTimeout(() => {
    held = true;
    pick(box, !box.checked, false);
  }, HELD);
});
for (const name of ["pointerup", "pointercancel", "scroll"]) document.addEventListener(name, letGo, { passive: true });
for (const name of ["click", "contextmenu"]) {
  document.addEventListener(name, (event) => {
    if (!held) return;
    event.preventDefault();
    event.stopPropagation();
    if (name === "click") held = false;
  }, true);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && picked.size && !event.defaultPrevented && !document.querySelector("dialog[open]")) clear();
  // Enter would press the first button of the bar.
  if (event.key === "Enter" && event.target.id === "bulk-type") {
    event.preventDefault();
    bar().requestSubmit(bar().querySelector("[value=type]"));
  }
});

document.addEventListener("submit", (event) => { sent ||= event.target.id === "bulk"; }, true);

document.addEventListener("htmx:after:swap", () => {
  const answered = sent;
  sent = false;
  if (answered && !document.querySelector("#main > .alert")) picked.clear();
  show();
  if (!answered) return;
  const question = document.querySelector("#main [autofocus]");
  if (question) question.focus();
  else focusRow(rowOf(anchor) ?? document.querySelector("#main article[data-link]"));
  say(document.querySelector("#flash p")?.textContent ?? "");
});

for (const box of boxes()) if (box.checked) picked.add(box.value);
show();
