// What another tab changed is seen in this list as soon as the reader comes back to it.

const changes = new BroadcastChannel("changes");
let stale = false;

const tell = () => changes.postMessage("");
changes.addEventListener("message", () => { stale = true; });
document.addEventListener("submit", (event) => { if (event.target.method === "post") tell(); }, true);
document.addEventListener("htmx:after:swap", ({ detail }) => { if (detail.ctx?.request.method === "POST") tell(); });

function refresh() {
  if (!stale || document.hidden || !window.htmx || !document.getElementById("row-action") || document.querySelector(".tagger")) return;
  stale = false;
  const row = document.querySelector("#main article.on");
  const focused = row?.contains(document.activeElement);
  window.htmx.ajax("GET", location.pathname + location.search, {
    source: "#main", target: "#main", swap: "outerMorph", select: "#main",
  }).then(() => stay(row?.dataset.link, focused));
}

function stay(id, focused) {
  const row = document.querySelector(`#main article[data-link="${id}"]`);
  row?.classList.add("on");
  if (focused) row?.querySelector("h3 a").focus({ preventScroll: true });
}

addEventListener("focus", refresh);
document.addEventListener("visibilitychange", refresh);
