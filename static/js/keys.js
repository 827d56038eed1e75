// Single keys. Off inside fields, with modifiers, and where the reader turned them off (data-keys="off" on <html>).
// A page offers what it can do as elements with data-key: the key clicks them ("n", or "shift n").

const root = document.documentElement;
const GO = {
  l: "/library/", h: "/highlights/", r: "/review/", i: "/library/?state=inbox", t: "/tags/", s: "/statistics/",
  v: "/shelves/", m: "/import/", b: "/bin/",
};
const ROW_STATES = { d: "finished", e: "archived", i: "inbox" };
let leader = 0;

const ROW = "#main article[data-link]";
const rows = () => [...document.querySelectorAll(ROW)];
const marked = () => document.querySelector(`${ROW}.on`);
// Whoever goes from row to row by Tab means the one they are at.
const current = () => document.activeElement?.closest(ROW) ?? marked();

function typing(target) {
  return target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
}

// Space presses what it is on, except the title of a row.
function presses(target) {
  return target.closest?.("button, summary, input") || (target.closest?.("a") && !target.closest("h3"));
}

function click(key) {
  const element = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  element?.click();
  return Boolean(element);
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(current());
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  mark(next);
  next.scrollIntoView({ block: "nearest" });
  return true;
}

// Whoever comes back from an article goes on at its row.
if (location.hash.startsWith("#row-")) document.getElementById(location.hash.slice(1))?.classList.add("on");

function mark(row) {
  marked()?.classList.remove("on");
  row?.classList.add("on");
  row?.querySelector("h3 a").focus({ preventScroll: true });
  row?.dispatchEvent(new CustomEvent("current", { bubbles: true }));
}

// A small action on the current row: the answer is this page again, from which htmx takes the list and the message.
function act(row, path, values) {
  const token = document.querySelector("#row-action [name=csrfmiddlewaretoken]")?.value;
  if (!token || !window.htmx) return false;
  const at = rows().indexOf(row);
  const here = location.pathname + location.search;
  window.htmx.ajax("POST", `/read/${row.dataset.link}/${path}/`, {
    source: "#main",
    target: "#main",
    swap: "outerMorph",
    select: "#main",
    selectOOB: "#flash",
    values: { ...values, next: here, csrfmiddlewaretoken: token },
  }).then(() => stayAt(row.dataset.link, at));
  return true;
}
// Other scripts ask for such an action too.
document.addEventListener("act", ({ target, detail }) => act(target, detail.path, detail.values));

// The row may have left the list: then the one that took its place is the current one.
function stayAt(id, at) {
  const all = rows();
  mark(all.find((row) => row.dataset.link === id) ?? all[Math.min(at, all.length - 1)]);
  const told = document.querySelector("#flash p");
  if (told) document.getElementById("live").textContent = told.textContent;
}

function onRow(key, shift) {
  const row = current();
  if (!row) return false;
  // What other scripts do with a row and a key: whoever does it takes the event.
  const event = new CustomEvent("rowkey", { bubbles: true, cancelable: true, detail: { key, shift } });
  if (!row.dispatchEvent(event)) return true;
  if (key === "f") return act(row, "favourite", {});
  if (ROW_STATES[key]) return act(row, "state", { state: ROW_STATES[key] });
  return false;
}

function slash() {
  const box = [...document.querySelectorAll("[data-slash]")].reverse().find((input) => input.offsetParent);
  if (!box) location.assign("/search/");
  else box.select();
  box?.focus();
  return true;
}

function press(key, shift) {
  if (Date.now() - leader < 1200 && GO[key]) {
    location.assign(GO[key]);
    return true;
  }
  leader = key === "g" ? Date.now() : 0;
  if (key === "/") return slash();
  if (key === "?") return showShortcuts();
  if (key === "j") return move(1);
  if (key === "k") return move(-1);
  return onRow(key, shift) || click(key);
}

// What no element offers, another script may take.
function offer(key) {
  return !document.dispatchEvent(new CustomEvent("key", { detail: key, cancelable: true }));
}

function showShortcuts() {
  const dialog = document.getElementById("shortcuts");
  dialog?.showModal();
  return Boolean(dialog);
}

document.addEventListener("keydown", (event) => {
  if (root.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.defaultPrevented || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === " " && presses(event.target)) return;
  const key = event.key.toLowerCase();
  if ((event.shiftKey && click(`shift ${key}`)) || press(key, event.shiftKey) || (!event.shiftKey && offer(key))) event.preventDefault();
});
// The palette presses keys too, also where single keys are off.
document.addEventListener("press", (event) => press(event.detail));
