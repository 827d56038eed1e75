// Highlights: mark what is selected by mouse, touch or keys, and change a highlight in place. The server paints: after
// each act its page is taken over. Positions are counted as library/content/paint.py does, in `read`.

const EDGES = new Set(("BLOCKQUOTE CAPTION COL COLGROUP DD DETAILS DIV DL DT FIGCAPTION FIGURE H1 H2 H3 H4 H5 H6 HR LI OL " +
  "P PRE SUMMARY TABLE TBODY TD TFOOT TH THEAD TR UL BR").split(" "));
const OURS = ".ref, .marginal, .mk, .copy";
const UNITS = "p, li, h2, h3, h4, h5, h6, pre, dt, dd, tr, caption, figcaption, summary";
const COLOURS = ["ochre", "verdigris", "woad", "madder"];
const STEPS = { ArrowRight: ["word", 1], ArrowLeft: ["word", -1], ArrowDown: ["sentence", 1], ArrowUp: ["sentence", -1] };
const AHEAD = 5000; // characters beyond a paragraph into which a selection by keys can grow
const FAILED = "This couldn’t be saved. Everything is as it was. Try again.";

const bar = document.getElementById("marking");
const editor = document.getElementById("editor");
const live = document.getElementById("live");
let offered = null; // the passage beside which the bar stands
let place = null; // where one is reading: the id of a text, and the number of a paragraph in it
let byTouch = false;
let pressed = false;
let nearby = []; // the lines beside which the editor stands
let turns = 0; // how often the editor was opened or closed: a form that comes too late is not shown

const texts = () => document.querySelectorAll(".prose[data-text]");

// The plain text of a section and its text nodes: runs between edges of blocks, those of white space left out.
export function read(prose) {
  const nodes = [];
  let text = "";
  let run = [];
  const close = () => {
    if (run.some((node) => /[\S\ufeff]/.test(node.data))) {
      if (text) text += "\n";
      for (const node of run) {
        nodes.push({ node, start: text.length, end: text.length + node.length });
        text += node.data;
      }
    }
    run = [];
  };
  const walk = (element) => {
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) run.push(node);
      if (node.nodeType !== Node.ELEMENT_NODE || node.matches(OURS)) continue;
      const edge = EDGES.has(node.tagName);
      if (edge) close();
      walk(node);
      if (edge) close();
    }
  };
  walk(prose);
  close();
  return { text, nodes };
}

function passage(prose, text, start, end) {
  const words = text.slice(start, end);
  start += words.length - words.trimStart().length;
  return words.trim() ? { prose, text, start, end: start + words.trim().length, quote: words.trim() } : null;
}

function within(prose, range) {
  const { text, nodes } = read(prose);
  let [start, end] = [-1, -1];
  for (const each of nodes) {
    if (!range.intersectsNode(each.node)) continue;
    const from = each.node === range.startContainer ? range.startOffset : 0;
    const to = each.node === range.endContainer ? range.endOffset : each.node.length;
    if (to <= from) continue;
    if (start < 0) start = each.start + from;
    end = each.start + to;
  }
  return start < 0 ? null : passage(prose, text, start, end);
}

// What is selected, in the first text that it touches.
function selected() {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  for (const prose of texts()) {
    const found = range.intersectsNode(prose) && within(prose, range);
    if (found) return found;
  }
  return null;
}

function select({ nodes }, start, end) {
  const first = nodes.find((each) => each.end > start);
  const last = nodes.findLast((each) => each.start < end);
  getSelection().setBaseAndExtent(first.node, start - first.start, last.node, end - last.start);
  last.node.parentElement.scrollIntoView({ block: "nearest" });
}

// --- the paragraph cursor

function units(prose) {
  const found = new Map();
  for (const { node, start, end } of read(prose).nodes) {
    const element = node.parentElement.closest(UNITS) ?? node.parentElement;
    if (found.has(element)) found.get(element).end = end;
    else found.set(element, { element, prose, start, end });
  }
  return [...found.values()];
}

const unitOf = (prose, at) => units(prose).findLast((unit) => unit.start <= at);

function cursor() {
  const element = document.activeElement;
  const prose = element?.closest(".prose[data-text]");
  return prose && units(prose).find((unit) => unit.element === element);
}

function land(element) {
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

function step(by) {
  const all = [...texts()].flatMap(units).filter(({ element }) => element.checkVisibility());
  if (!all.length) return;
  let at = all.findIndex(({ element }) => element === document.activeElement);
  if (at < 0) at = all.findIndex(({ element }) => element.getBoundingClientRect().bottom > 90) - (by > 0 ? 1 : 0);
  const { element } = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  getSelection().removeAllRanges();
  land(element);
  element.scrollIntoView({ block: "nearest" });
}

function pieces(text, granularity, from) {
  return [...new Intl.Segmenter(undefined, { granularity }).segment(text)]
    .filter((piece) => (granularity === "word" ? piece.isWordLike : piece.segment.trim()))
    .map(({ index, segment }) => [from + index, from + index + segment.trimEnd().length]);
}

// Arrows go from word to word; with Shift the selection grows and shrinks at its end, by words or by sentences.
function choose(event) {
  const unit = STEPS[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey && cursor();
  const [kind, by] = STEPS[event.key] ?? [];
  if (!unit || (kind === "sentence" && !event.shiftKey)) return;
  event.preventDefault();
  const all = read(unit.prose);
  const found = pieces(all.text.slice(unit.start, unit.end + AHEAD), kind, unit.start);
  const now = selected();
  let next;
  if (now && event.shiftKey) {
    const end = by > 0 ? found.find((each) => each[1] > now.end) : found.findLast((each) => each[1] < now.end);
    next = end?.[1] > now.start && [now.start, end[1]];
  } else if (by > 0) next = found.find((each) => each[0] > (now?.start ?? -1));
  else next = found.findLast((each) => each[0] < (now?.start ?? unit.end));
  if (!next) return;
  select(all, ...next);
  live.textContent = all.text.slice(Math.max(next[0], next[1] - 80), next[1]);
}

// --- the acts

function say(words) {
  const line = document.createElement("li");
  line.className = "pop";
  line.append(Object.assign(document.createElement("p"), { textContent: words }));
  document.getElementById("flash").replaceChildren(line);
  document.dispatchEvent(new Event("texts"));
}

// The number of the highlight that the message of a page is about.
const pkOf = (page) => page.querySelector("#flash form")?.getAttribute("action").match(/^\/highlights\/(\d+)\//)?.[1];

function take(page) {
  for (const fresh of page.querySelectorAll("[data-text], #flash, #marked, #passages")) {
    document.getElementById(fresh.id)?.replaceChildren(...fresh.childNodes);
  }
  document.getElementById("lost").replaceWith(page.getElementById("lost"));
  document.dispatchEvent(new Event("texts"));
  const prose = place && document.getElementById(place.id);
  const unit = prose && (units(prose)[place.number] ?? units(prose).at(-1));
  if (editor.hidden) land(unit?.element ?? document.getElementById("main"));
}

async function send(action, body, noting) {
  body.set("next", location.pathname + location.search);
  let page;
  try {
    const answer = await fetch(action, { method: "POST", body });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return say(FAILED);
  }
  const form = page.getElementById("editing");
  if (form) return show(form);
  if (!page.getElementById("marking")) return say(FAILED);
  const problem = page.querySelector(".rhead > .alert");
  if (problem) return say(problem.textContent);
  const pk = pkOf(page);
  hide();
  if (!noting) close();
  take(page);
  return pk;
}

const lastColour = () => (COLOURS.includes(localStorage.pigment) ? localStorage.pigment : COLOURS[0]);

async function mark(found, colour, noting) {
  localStorage.pigment = colour;
  keep(found.prose, found.start);
  const points = (at) => [...found.text.slice(0, at)].length;
  const body = new FormData(bar);
  const values = { section: found.prose.dataset.text, start: points(found.start), end: points(found.end), quote: found.quote, colour };
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  if (noting) awaitForm([getSelection().isCollapsed ? document.activeElement : getSelection().getRangeAt(0)]);
  const pk = await send(bar.action, body, noting);
  if (pk && noting) open(pk);
  else if (noting) close();
}

function keep(prose, at) {
  const number = units(prose).findLastIndex((unit) => unit.start <= at);
  place = { id: prose.id, number };
}

function keepAt(element) {
  const prose = element.closest(".prose[data-text]");
  const node = prose && read(prose).nodes.find((each) => element.contains(each.node));
  if (node) keep(prose, node.start);
}

async function copy(text, button) {
  const copied = await navigator.clipboard?.writeText(text).then(() => "Copied", () => "");
  button.textContent = copied || "Press Ctrl C";
  setTimeout(() => { button.textContent = "Copy"; }, 2500);
}

function quotation(quote) {
  const link = document.querySelector(".rhead .by a.lk");
  const title = document.querySelector(".rhead h1").textContent.replace(/[\\`*_[\]<>]/g, "\\$&");
  const lines = quote.split("\n").map((line) => `> ${line}`);
  return [...lines, ">", link ? `> [${title}](<${link.getAttribute("href")}>)` : `> ${title}`].join("\n");
}

// --- the bar beside a selection

function beside(box, top, middle) {
  box.hidden = false;
  const left = Math.min(Math.max(middle - box.offsetWidth / 2, 8), document.documentElement.clientWidth - box.offsetWidth - 8);
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${Math.max(Math.min(top, innerHeight - box.offsetHeight - 8), 60) + scrollY}px`;
}

// Above the passage; by touch well below it, where neither the system's menu nor its handles are.
function offer() {
  if (bar.contains(document.activeElement) || pressed) return;
  offered = selected();
  if (!offered) return hide();
  const boxes = getSelection().getRangeAt(0).getClientRects();
  const [first, last] = [boxes[0], boxes[boxes.length - 1]];
  bar.hidden = false;
  const above = first.top - bar.offsetHeight - 8;
  if (byTouch) beside(bar, Math.min(last.bottom + 48, innerHeight - 120), (last.left + last.right) / 2);
  else beside(bar, above > 60 ? above : last.bottom + 8, (first.left + first.right) / 2);
}

function hide() {
  bar.hidden = true;
  offered = null;
}

// --- the editor in place

// Below the passage; above it where there is no room.
function put() {
  editor.hidden = false;
  const [first, last] = nearby.length ? [nearby[0], nearby.at(-1)] : [{ top: 0 }, { bottom: 0, left: 0, right: 0 }];
  const below = last.bottom + 8;
  const fits = below + editor.offsetHeight < innerHeight - 8 || first.top - editor.offsetHeight < 60;
  beside(editor, fits ? below : first.top - editor.offsetHeight - 8, (last.left + last.right) / 2);
}

// What is typed while the form is on its way goes into it, and is never taken for a shortcut.
function awaitForm(near) {
  const box = document.createElement("textarea");
  box.className = "field";
  box.setAttribute("aria-label", "Your note");
  editor.replaceChildren(box);
  nearby = near.flatMap((each) => [...each.getClientRects()]);
  put();
  box.focus({ preventScroll: true });
}

function show(form) {
  const typed = editor.querySelector("textarea:only-child")?.value ?? "";
  editor.replaceChildren(form);
  put();
  const box = editor.querySelector("textarea");
  box.focus({ preventScroll: true });
  box.setRangeText(typed, box.value.length, box.value.length, "end");
}

async function open(pk) {
  const at = document.getElementById(`hl-${pk}`) ?? document.getElementById(`note-${pk}`);
  keepAt(at);
  hide();
  if (editor.hidden) awaitForm([at, ...document.querySelectorAll(`[data-mark="hl-${pk}"]`)]);
  const path = `/highlights/${pk}/`;
  const turn = ++turns;
  let form = null;
  try {
    const answer = await fetch(path);
    form = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("editing");
  } catch { /* the page itself says what is wrong */ }
  if (turn !== turns) return;
  if (form) show(form);
  else location.assign(path);
}

function close() {
  if (editor.hidden) return;
  turns += 1;
  const held = editor.contains(document.activeElement);
  editor.hidden = true;
  editor.replaceChildren();
  const prose = held && place && document.getElementById(place.id);
  const unit = prose && units(prose)[place.number];
  if (unit) land(unit.element);
}

// --- what the reader does

function act(key) {
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1) ?? true;
  const colour = key === "h" || key === "n" ? lastColour() : COLOURS[key - 1];
  if (!colour) return false;
  const unit = cursor();
  const known = key === "n" && !selected() && unit?.element.querySelector("mark.hl");
  const found = selected() ?? (unit && passage(unit.prose, read(unit.prose).text, unit.start, unit.end));
  if (known) open(known.dataset.mark.slice(3));
  else if (found) mark(found, colour, key === "n");
  return Boolean(known || found);
}

document.addEventListener("key", (event) => { if (act(event.detail)) event.preventDefault(); });

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && (!editor.hidden || !bar.hidden)) {
    event.preventDefault();
    if (editor.hidden) getSelection().removeAllRanges();
    close();
    hide();
  } else if (event.key === "Enter" && editor.contains(event.target) && (event.ctrlKey || event.metaKey)) {
    event.target.form?.requestSubmit();
  } else if (event.key === "Enter") {
    const known = cursor()?.element.querySelector("mark.hl");
    if (known) open(known.dataset.mark.slice(3));
  } else choose(event);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const action = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  if (form === bar) {
    const found = offered ?? selected();
    if (found) mark(found, event.submitter.value || lastColour(), !event.submitter.value);
  } else if (action.startsWith("/highlights/")) send(action, new FormData(form));
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.closest("[data-copy]")) {
    const text = bar.contains(target) ? quotation(offered.quote) : editor.querySelector(".quote textarea")?.value;
    return copy(text ?? document.querySelector(".quote textarea").value, target);
  }
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = target.closest("a");
  const pk = link?.matches(".ref, [data-edit]") ? link.getAttribute("href").match(/^\/highlights\/(\d+)/)?.[1]
    : !link && getSelection().isCollapsed && target.closest("mark.hl")?.dataset.mark.slice(3);
  if (pk) open(pk);
  else if (link?.matches("[data-close]")) close();
  else if (!editor.hidden && !editor.contains(target)) return close();
  else return;
  event.preventDefault();
});

let waiting = 0;
document.addEventListener("selectionchange", () => {
  clearTimeout(waiting);
  waiting = setTimeout(offer, 250);
});
document.addEventListener("pointerdown", (event) => {
  byTouch = event.pointerType === "touch";
  pressed = event.pointerType === "mouse" && !bar.contains(event.target);
});
document.addEventListener("pointerup", () => {
  if (!pressed) return;
  pressed = false;
  setTimeout(offer);
});
bar.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
