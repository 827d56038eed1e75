// Space shows the current row's article in a sheet beside the list, which follows J and K. Without this: /read/…/about/.

const sheet = Object.assign(document.createElement("aside"), { id: "peek", className: "pop", hidden: true, ariaLabel: "In short" });
document.body.append(sheet);
let shown;

const titleOf = () => document.querySelector(`#main article[data-link="${shown}"] h3 a`) ?? document.querySelector("#main article.on h3 a");

function close() {
  const within = sheet.contains(document.activeElement);
  sheet.hidden = true;
  sheet.replaceChildren();
  if (within) (titleOf() ?? document.getElementById("main")).focus();
}

async function show(row, focus) {
  shown = row.dataset.link;
  const asked = shown;
  const answer = await fetch(`/read/${asked}/about/`, { headers: { "HX-Request": "true" }, redirect: "manual" }).catch(() => ({}));
  const text = answer.ok ? await answer.text() : "";
  if (asked !== shown) return;
  if (!text) return location.assign(row.querySelector("h3 a").href);
  sheet.innerHTML = text;
  sheet.hidden = false;
  sheet.scrollTop = 0;
  if (focus) sheet.querySelector("h2").focus();
}

document.addEventListener("rowkey", (event) => {
  if (event.detail.key !== " ") return;
  event.preventDefault();
  if (sheet.hidden || event.target.dataset.link !== shown) show(event.target, true);
  else close();
});

// The row has the focus by now; the sheet takes it, so that the next Tab is in it.
document.addEventListener("current", (event) => { if (!sheet.hidden) show(event.target, true); });

// The list carries out what the sheet's buttons say: it shows the row as it then is.
sheet.addEventListener("submit", (event) => {
  const row = titleOf()?.closest("article");
  if (!row || !event.submitter) return;
  event.preventDefault();
  const detail = { path: "state", values: { state: event.submitter.value } };
  row.dispatchEvent(new CustomEvent("act", { bubbles: true, detail }));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || sheet.hidden || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  close();
});
document.addEventListener("pointerdown", (event) => { if (!sheet.hidden && !sheet.contains(event.target)) close(); });
