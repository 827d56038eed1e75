// How far one has read: what stayed on the screen for a second is seen. It is told to the server now and then, and the
// page opens there the next time: once, and never against the reader.

const form = document.getElementById("place");
const prose = document.querySelector("[data-section=article] > .prose");
const STEADY = 1000; // how long something is on the screen before it is seen
const EVERY = 10; // such moments before the first report, and between two of them

let seen = Number(form.dataset.seen || -1);
let told = seen;
let before = Infinity; // up to where the screen reached a moment ago
let moments = 0; // since the last report
let spent = 0; // on this page: who only looks in has not begun to read

const blocks = () => [...prose.children].filter((each) => !each.matches(".mk, .marginal"));

// The last block that is on the screen or above it: to its end, or so that it fills the upper half.
function reached(all) {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const box = all[middle].getBoundingClientRect();
    if (box.bottom <= innerHeight || box.top < innerHeight / 2) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function percent(all, place) {
  const sizes = all.map((each) => each.textContent.length);
  const sum = (parts) => parts.reduce((total, size) => total + size, 0);
  return Math.floor((100 * sum(sizes.slice(0, place + 1))) / (sum(sizes) || 1));
}

function show(far) {
  if (!far) return;
  const minutes = Number(form.dataset.minutes);
  const left = far < 100 && minutes ? ` · ${Math.max(1, Math.round((minutes * (100 - far)) / 100))} min left` : "";
  for (const line of document.querySelectorAll(".left")) line.textContent = `${far}%${left}`;
  document.querySelector("#rbar .line").style.setProperty("--read", far / 100);
}

function tell(leaving) {
  if (seen <= told || spent < EVERY || (moments < EVERY && !leaving)) return;
  moments = 0;
  told = seen;
  const body = new FormData(form);
  body.set("place", `${seen}/${percent(blocks(), seen)}`);
  navigator.sendBeacon(form.action, body);
}

function look() {
  if (document.hidden) return;
  const all = blocks();
  const now = reached(all);
  const steady = Math.min(now, before);
  before = now;
  moments += 1;
  spent += 1;
  if (steady > seen && all[steady]) {
    seen = steady;
    show(percent(all, seen));
  }
  tell(false);
}

function say(far) {
  const line = document.createElement("li");
  line.className = "pop";
  const top = Object.assign(document.createElement("a"), { className: "btn quiet sm", href: "#main", textContent: "Back to the top" });
  line.append(Object.assign(document.createElement("p"), { textContent: `You are where you left off, at ${far}%.` }), top);
  document.getElementById("flash").append(line);
  document.dispatchEvent(new Event("texts"));
}

// A fragment, a match of a search, a page gone back to and a reader who has scrolled all know better.
function restore() {
  const all = blocks();
  const arrived = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  const block = all[Math.min(seen, all.length - 1)];
  if (!block || !arrived || location.hash || document.getElementById("matches") || scrollY > 0) return;
  if ("done" in form.dataset || seen >= all.length - 1 || block.getBoundingClientRect().bottom < innerHeight) return;
  block.scrollIntoView({ block: "end", behavior: "instant" });
  say(percent(all, seen));
}

if (prose) {
  restore();
  setInterval(look, STEADY);
  document.addEventListener("visibilitychange", () => { if (document.hidden) tell(true); });
  addEventListener("pagehide", () => tell(true));
}
