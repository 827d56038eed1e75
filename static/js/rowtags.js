// The tags of a row, in place: T, or the sign before them. Tags in use are offered for the name that is being typed.

const row = (element) => element.closest("#main article[data-link]");
let known;

async function open(article, otherwise) {
  document.querySelector(".tagger")?.remove();
  const answer = await fetch(`/read/${article.dataset.link}/tags/`, { headers: { "HX-Request": "true" }, redirect: "manual" });
  if (!answer.ok) return location.assign(otherwise);
  article.querySelector(".body").insertAdjacentHTML("beforeend", await answer.text());
  const field = article.querySelector(".tagger .field");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

function close(form) {
  const title = row(form).querySelector("h3 a");
  form.remove();
  title.focus();
}

async function offer() {
  if (document.getElementById("names")) return;
  const answer = await fetch("/library/names/", { redirect: "manual" });
  if (!answer.ok || document.getElementById("names")) return;
  document.body.insertAdjacentHTML("beforeend", await answer.text());
  known = [...document.querySelectorAll("#names option")].map((option) => option.value);
  suggestFor(document.activeElement);
}

// The browser compares the whole line with what is offered: so each offer is the whole line.
function suggest(field) {
  const [, before, begun] = field.value.match(/^(.*,\s*)?(.*)$/);
  const wanted = begun.toLocaleLowerCase();
  const there = (before ?? "").toLocaleLowerCase().split(/,\s*/);
  const fits = (name) => name.includes(wanted) && !name.includes(",") && !there.includes(name);
  const found = known.filter((name) => fits(name.toLocaleLowerCase()));
  document.getElementById("names").replaceChildren(...found.slice(0, 20).map((name) => new Option("", (before ?? "") + name)));
}

function suggestFor(field) {
  if (known && field.getAttribute?.("list") === "names") suggest(field);
}

document.addEventListener("rowkey", (event) => {
  const sign = event.target.querySelector(".tg-edit");
  if (event.detail.key !== "t" || !sign) return;
  event.preventDefault();
  open(event.target, sign.href);
});

document.addEventListener("click", (event) => {
  const sign = event.target.closest?.(".tg-edit");
  if (event.target.matches?.("[data-cancel]")) close(event.target.form);
  if (!sign || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(row(sign), sign.href);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".tagger");
  if (event.key !== "Escape" || !form) return;
  event.preventDefault();
  close(form);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".tagger")) return;
  event.preventDefault();
  const { base, tags } = event.target.elements;
  const detail = { path: "tags", values: { base: base.value, tags: tags.value } };
  row(event.target).dispatchEvent(new CustomEvent("act", { bubbles: true, detail }));
});

document.addEventListener("focusin", (event) => { if (event.target.matches?.("[list=names], [list=types]")) offer(); });
document.addEventListener("focusin", (event) => suggestFor(event.target));
document.addEventListener("input", (event) => suggestFor(event.target));
