// The palette: Ctrl K anywhere, a few letters, Enter. The server sends the options. Each is a link, a key of this page
// or a theme. Which articles were opened last is kept in this browser, as ids alone, until the reader logs out.

const KEY = "opened";
const ROW = "#main article[data-link]";
const root = document.documentElement;
const article = location.pathname.match(/^\/read\/(\d+)-[^/]*\/$/)?.[1];
const dialog = document.getElementById("palette");
const [input, found, problem, status] = ["input", ".found", "[role=alert]", "[role=status]"].map((part) => dialog?.querySelector(part));
let timer, request, shown, waiting;

function opened() {
  try {
    return (localStorage.getItem(KEY) ?? "").split(".").filter((id) => id && id !== article);
  } catch {
    return [];
  }
}

function keep(ids) {
  try {
    localStorage.setItem(KEY, ids.slice(0, 9).join("."));
  } catch {
    // A browser that keeps nothing shows no recent articles.
  }
}

if (article) keep([article, ...opened()]);
document.addEventListener("submit", (event) => { if (event.target.matches("[action$='/logout/']")) localStorage.clear(); });

const options = () => [...found.querySelectorAll("[role=option]")];
const active = () => document.getElementById(input.getAttribute("aria-activedescendant"));

function activate(option) {
  active()?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", option.id);
}

function moveTo(place) {
  const all = options();
  if (!all.length) return;
  const next = (place + all.length) % all.length;
  activate(all[next]);
  if (next) all[next].scrollIntoView({ block: "nearest" });
  else found.scrollTop = 0;
}

function tell(sentence) {
  problem.textContent = sentence;
  problem.hidden = !sentence;
}

function show(text, html) {
  shown = text;
  found.innerHTML = html;
  input.setAttribute("aria-expanded", "true");
  tell("");
  moveTo(0);
  status.textContent = found.querySelector("[role=listbox]").dataset.said;
  if (waiting) choose(waiting.apart);
}

async function ask() {
  request?.abort();
  const { signal } = request = new AbortController();
  const text = input.value;
  const link = article ?? document.querySelector(`${ROW}.on`)?.dataset.link ?? "";
  try {
    const query = new URLSearchParams({ q: text, link, recent: opened().join(".") });
    const answer = await fetch(`${dialog.dataset.href}?${query}`, { signal, redirect: "manual" });
    const html = answer.ok ? await answer.text() : "";
    if (html) show(text, html);
    else fail(answer.type === "opaqueredirect" ? problem.dataset.out : problem.dataset.failed);
  } catch {
    if (!signal.aborted) fail(problem.dataset.failed);
  }
}

function fail(sentence) {
  waiting = null;
  tell(sentence);
}

function open() {
  const focused = document.activeElement;
  const row = focused.closest(ROW);
  if (row) {
    document.querySelector(`${ROW}.on`)?.classList.remove("on");
    row.classList.add("on");
  }
  const menu = focused.closest("details.menu");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  dialog.showModal();
  ask();
}

function cleanUp() {
  clearTimeout(timer);
  request?.abort();
  shown = waiting = null;
  input.value = status.textContent = "";
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
  found.replaceChildren();
  tell("");
}

// Enter may come before the answer to what was typed last: then it counts for that answer.
function choose(apart) {
  waiting = shown === input.value ? null : { apart };
  if (waiting && !problem.hidden) ask();
  if (waiting) return;
  const option = active();
  if (apart && option?.href) {
    dialog.close();
    window.open(option.href, "_blank", "noopener,noreferrer");
  } else option?.click();
}

async function wear(theme) {
  const form = found.querySelector("form");
  form.elements.theme.value = theme;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  const radio = document.querySelector(`[data-appearance] [name=theme][value="${theme}"]`);
  if (radio) radio.checked = true;
  const sent = { method: "POST", body: new FormData(form), redirect: "manual" };
  const answer = await fetch(form.action, sent).catch(() => null);
  if (answer?.type !== "opaqueredirect") {
    document.getElementById("live").textContent = "The theme could not be saved. It lasts until you leave the page.";
  }
}

function act(option) {
  const { press, wear: theme } = option.dataset;
  if (theme !== undefined) wear(theme);
  dialog.close();
  if (press) document.dispatchEvent(new CustomEvent("press", { detail: press }));
}

const KEYS = {
  ArrowDown: () => moveTo(options().indexOf(active()) + 1),
  ArrowUp: () => moveTo(options().indexOf(active()) - 1),
  Home: () => moveTo(0),
  End: () => moveTo(-1),
  Escape: () => dialog.close(),
};

function onKey(event) {
  event.stopPropagation();
  if (event.isComposing) return;
  if (event.key === "Enter" && event.target === input) choose(event.ctrlKey || event.metaKey);
  else if (event.shiftKey || !KEYS[event.key]) return;
  else KEYS[event.key]();
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (!dialog || event.key?.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  if (dialog.open) dialog.close();
  else open();
}, true);
document.addEventListener("click", (event) => { if (event.target.closest?.("[data-palette]")) open(); });

dialog?.addEventListener("keydown", onKey);
dialog?.addEventListener("close", cleanUp);
dialog?.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
input?.addEventListener("input", () => {
  waiting = null;
  clearTimeout(timer);
  timer = setTimeout(ask, 120);
});
found?.addEventListener("mousedown", (event) => event.preventDefault());
found?.addEventListener("pointermove", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) activate(option);
});
found?.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option && !event.ctrlKey && !event.metaKey) act(option);
});
