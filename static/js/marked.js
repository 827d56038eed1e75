// The list of highlights: copy one as a quotation; where one was deleted the focus goes to the next.

const live = document.getElementById("live");
const all = () => [...document.querySelectorAll("#main article.kept")];
let removed = -1;

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copies]");
  if (!button) return;
  const done = await navigator.clipboard?.writeText(button.dataset.copies).then(() => true, () => false);
  live.textContent = done ? "Copied as a quotation in Markdown." : "This couldn’t be copied. Open Edit: the quotation stands there.";
  if (!done) return;
  const words = button.firstChild;
  words.data = "Copied";
  setTimeout(() => { words.data = "Copy"; }, 2500);
});

document.addEventListener("submit", ({ target }) => {
  removed = target.matches("[data-removes]") ? all().indexOf(target.closest("article")) : -1;
});

document.addEventListener("htmx:after:swap", () => {
  if (removed < 0) return;
  const left = all();
  (left[Math.min(removed, left.length - 1)] ?? document.getElementById("main")).focus({ preventScroll: true });
  removed = -1;
  live.textContent = document.querySelector("#flash p")?.textContent ?? "";
});
