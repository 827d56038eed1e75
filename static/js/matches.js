// The matches of a search in an article: from one to the next and back, and away with them.

const bar = document.getElementById("matches");
const said = bar.querySelector(".said");
const clear = bar.querySelector(".clear");
const find = () => [...document.querySelectorAll("mark.match[id]")]; // the first piece of each match
let first = find();
const live = document.getElementById("live");
let at = -1;

const pieces = (mark) => document.querySelectorAll(`[data-mark="${mark.id}"]`);

function show(place) {
  if (at >= 0) for (const piece of pieces(first[at])) piece.removeAttribute("aria-current");
  at = (place + first.length) % first.length;
  const mark = first[at];
  for (const piece of pieces(mark)) piece.setAttribute("aria-current", "true");
  for (let box = mark; (box = box.parentElement?.closest("details"));) box.open = true;
  mark.scrollIntoView({ block: "center", behavior: "instant" });
  said.textContent = `${at + 1} of ${said.dataset.total}`;
  live.textContent = `Match ${at + 1} of ${said.dataset.total}`;
}

// One reads on from where the focus is.
function land(element) {
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

// Who presses a button of the bar may want to press it again.
function step(by) {
  show(at < 0 && by < 0 ? -1 : at + by);
  if (!bar.contains(document.activeElement)) land(first[at]);
}

function leave() {
  const place = first[at]?.parentElement ?? document.getElementById("main");
  const held = document.activeElement;
  const without = clear.getAttribute("href");
  for (const mark of document.querySelectorAll("mark.match")) mark.replaceWith(...mark.childNodes);
  for (const next of document.querySelectorAll("[name=next]")) {
    if (next.value.startsWith(`${clear.pathname}?q=`)) next.value = without;
  }
  history.replaceState(history.state, "", without);
  bar.remove();
  live.textContent = "Matches cleared";
  if (!held.isConnected || held === document.body) land(place);
}

bar.addEventListener("click", (event) => {
  const by = event.target.closest("[data-step]")?.dataset.step;
  if (by) step(Number(by));
  if (!event.target.closest(".clear") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  leave();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !bar.isConnected) return;
  if (!document.querySelector("dialog[open]")) leave();
});

document.addEventListener("texts", () => {
  first = find();
  if (first[at]) for (const piece of pieces(first[at])) piece.setAttribute("aria-current", "true");
});

const named = first.findIndex((mark) => `#${mark.id}` === location.hash);
if (named >= 0) {
  show(named);
  land(first[named]);
}
