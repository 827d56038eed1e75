// Facets apply on change, and a box narrows a long list of choices. Without this, each form has its own Apply button.

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-apply]")) form.requestSubmit();
});

document.addEventListener("input", (event) => {
  const box = event.target.closest?.("[data-narrows]");
  if (!box) return;
  const wanted = box.value.trim().toLocaleLowerCase();
  for (const item of document.querySelectorAll(`${box.dataset.narrows} [data-word]`)) {
    item.hidden = wanted !== "" && !item.dataset.word.includes(wanted);
  }
  for (const group of document.querySelectorAll(`${box.dataset.narrows} [data-group]`)) {
    group.hidden = !group.querySelector("[data-word]:not([hidden])");
  }
});

// Empty fields say nothing: leave them out of the address.
document.addEventListener("htmx:config:request", (event) => {
  const request = event.detail.ctx.request;
  if (request.method !== "GET" || !(request.body instanceof FormData)) return;
  for (const [name, value] of [...request.body]) if (value === "") request.body.delete(name);
});

const main = () => document.getElementById("main");
document.addEventListener("htmx:before:request", () => main()?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:finally:request", () => main()?.removeAttribute("aria-busy"));
document.addEventListener("htmx:after:swap", () => {
  const count = document.querySelector("#main [data-count]");
  const live = document.getElementById("live");
  if (count && live) live.textContent = count.textContent.trim();
});
