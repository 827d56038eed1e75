// A shelf can be dragged to another place. The buttons beside it do the same.

const list = document.querySelector("ol.shelves");
const shelves = () => [...list.children];
let dragged, home;

function start(event) {
  if (!event.target.matches("li")) return; // a link is dragged elsewhere
  dragged = event.target;
  home = shelves().indexOf(dragged);
  event.dataTransfer.effectAllowed = "move";
}

function over(event) {
  if (!dragged) return;
  event.preventDefault();
  const shelf = event.target.closest("li");
  if (!shelf || shelf === dragged) return;
  const { top, height } = shelf.getBoundingClientRect();
  shelf[event.clientY < top + height / 2 ? "before" : "after"](dragged);
}

function end(event) {
  if (!dragged) return;
  const place = shelves().indexOf(dragged);
  if (event.dataTransfer.dropEffect === "none") {
    dragged.remove();
    list.insertBefore(dragged, list.children[home] ?? null);
  } else if (place !== home) {
    const form = dragged.querySelector("form");
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "place", value: place + 1 }));
    form.submit();
  }
  dragged = null;
}

if (list) {
  for (const shelf of shelves()) shelf.draggable = true;
  list.addEventListener("dragstart", start);
  list.addEventListener("dragover", over);
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", end);
}
