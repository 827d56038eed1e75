// Search as it is typed, chips by keyboard, and recent searches, which only this browser knows.

const RECENT = "recent-searches-";
const MOST = 8;
const form = document.querySelector("form.q");
const box = form?.elements.q;
const results = () => document.getElementById("results");
const say = (words) => (document.getElementById("live").textContent = words);
let composing = false;
let current;
let slow;

function busy(on) {
  results().querySelector(".answer").setAttribute("aria-busy", on);
}

function stillSearching() {
  const all = document.querySelector('.rail a[href="/library/"] .n')?.textContent.trim();
  say(`Still searching ${all ? `${all} articles` : ""}`.trim());
}

// Narrowing lists are always open where they stand beside the results, and stay as they are where they fold away.
let unfolded = false;
function unfold() {
  const lists = document.querySelector(".folds");
  if (lists) lists.open ||= unfolded || matchMedia("(min-width:68.01rem)").matches;
}

const recent = () => {
  try {
    return JSON.parse(localStorage.getItem(form.dataset.recent)) ?? [];
  } catch {
    return [];
  }
};

function keep(list) {
  try {
    localStorage.setItem(form.dataset.recent, JSON.stringify(list.slice(0, MOST)));
  } catch {}
}

function remember() {
  const q = `${form.elements.with?.value ?? ""} ${box.value}`.trim();
  if (q) keep([q, ...recent().filter((one) => one !== q)]);
}

function showRecent() {
  const section = document.getElementById("recent");
  if (!section) return;
  const list = recent();
  section.hidden = !list.length;
  section.querySelector("ul").replaceChildren(
    ...list.map((q) => {
      const item = section.querySelector("template").content.cloneNode(true);
      item.querySelector("a").textContent = q;
      item.querySelector("a").href = `/search/?q=${encodeURIComponent(q)}`;
      item.querySelector("button").ariaLabel = `Forget ${q}`;
      item.querySelector("button").dataset.q = q;
      return item;
    }),
  );
}

function forget(button) {
  keep(button.id === "forget" ? [] : recent().filter((one) => one !== button.dataset.q));
  showRecent();
  (document.querySelector("#recent li button") ?? box).focus();
}

const asked = (address) => {
  const { searchParams } = new URL(address);
  return [searchParams.get("q")?.trim(), searchParams.get("sort")].join("\n");
};

// The shelf whose search it is, or the Search itself, as the page marks it when it is loaded.
function markPlace() {
  const shelves = [...document.querySelectorAll('.rail a[href^="/search/?"]')];
  const search = document.querySelector('.rail a[href="/search/"]');
  const here = shelves.find((shelf) => asked(shelf.href) === asked(location.href)) ?? search;
  for (const link of [search, ...shelves]) {
    if (link === here) link.setAttribute("aria-current", "page");
    else link?.removeAttribute("aria-current");
  }
}

function keydown(event) {
  const chips = [...form.querySelectorAll(".chip a")];
  const chip = chips.indexOf(event.target);
  if (event.target === box && event.key === "Backspace" && !box.value && chips.length) chips.at(-1).focus();
  else if (chip >= 0 && ["Backspace", "Delete"].includes(event.key)) chips[chip].click();
  else if (event.target === box && event.key === "ArrowDown" && !event.isComposing) {
    const row = document.querySelector("#list article[data-link]");
    if (!row) return;
    document.querySelector("article.on")?.classList.remove("on");
    row.classList.add("on");
    row.querySelector("h3 a").focus();
  } else return;
  event.preventDefault();
}

if (form) {
  form.addEventListener("keydown", keydown);
  form.addEventListener("submit", remember);
  form.addEventListener("compositionstart", () => (composing = true));
  form.addEventListener("compositionend", () => {
    composing = false;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  form.addEventListener("htmx:config:request", (event) => composing && event.preventDefault());
  form.addEventListener("htmx:before:request", (event) => {
    current = event.detail.ctx;
    busy(true);
    clearTimeout(slow);
    slow = setTimeout(stillSearching, 1000);
  });
  form.addEventListener("htmx:finally:request", (event) => {
    if (event.detail.ctx !== current) return;
    clearTimeout(slow);
    busy(false);
    const failed = current.status !== "swapped" || current.response.status >= 400;
    document.getElementById("unanswered").textContent = failed
      ? "The search was not answered. What you typed is still in the box. Press Enter to try again."
      : "";
  });
  form.addEventListener("htmx:after:swap", () => {
    showRecent();
    say(document.querySelector("#results [data-count]")?.textContent.trim() ?? "");
  });
  document.addEventListener("htmx:after:settle", () => {
    unfold();
    markPlace();
  });
  document.addEventListener("click", (event) => {
    const chip = event.target.closest(".chip a");
    if (chip) sessionStorage.setItem("chip", [...form.querySelectorAll(".chip a")].indexOf(chip));
    if (event.target.closest(".folds>summary")) unfolded = !event.target.closest("details").open;
    if (event.target.closest("#list h3 a")) remember();
    const button = event.target.closest("#recent button");
    if (button) forget(button);
  });
  const at = sessionStorage.getItem("chip");
  sessionStorage.removeItem("chip");
  if (at !== null) (form.querySelectorAll(".chip a")[at] ?? box).focus();
  showRecent();
  unfold();
}

document.addEventListener("submit", (event) => {
  if (new URL(event.target.action).pathname !== "/logout/") return;
  for (const key of Object.keys(localStorage)) if (key.startsWith(RECENT)) localStorage.removeItem(key);
});
