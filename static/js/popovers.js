// Menus are <details class="menu">: they work alone. Here they close as a reader expects, and messages leave by themselves.

const openMenus = () => document.querySelectorAll("details.menu[open]");

function close(menu, giveFocusBack) {
  menu.open = false;
  if (giveFocusBack) menu.querySelector("summary").focus();
}

document.documentElement.classList.add("js");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    const summary = menu.querySelector("summary");
    // On a phone the summary's ::before is the dimmed page behind the sheet: a click there lands on the summary itself.
    if (!menu.contains(event.target) && !summary.contains(event.target)) close(menu, false);
  }
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.menu[open]")) return;
  for (const menu of openMenus()) if (menu !== event.target) close(menu, false);
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = [...openMenus()].pop();
  if (!menu) return;
  event.preventDefault();
  close(menu, menu.contains(document.activeElement));
});

// A message stays twelve seconds, longer while the pointer or the focus is on it.
const STAY = 12000;

function watch(message) {
  let timer;
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    if (!message.matches(":hover, :focus-within")) timer = setTimeout(() => message.remove(), STAY);
  };
  message.addEventListener("pointerenter", stop);
  message.addEventListener("focusin", stop);
  message.addEventListener("pointerleave", start);
  // The focus has left only after this event.
  message.addEventListener("focusout", () => setTimeout(start));
  start();
}

const watchAll = () => document.querySelectorAll("#flash > li:not([data-watched])").forEach((message) => {
  message.dataset.watched = "";
  watch(message);
});
watchAll();
for (const name of ["htmx:after:swap", "texts"]) document.addEventListener(name, watchAll);
