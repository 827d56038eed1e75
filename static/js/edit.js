// Tags in use are put on and taken off with a click, and leaving with unsaved changes is asked about.

const field = document.querySelector("[name=tags]");

// Names stand between commas; one that holds a comma stands in quotation marks, where "" is a quotation mark.
function read(line) {
  const names = [];
  for (const [, quoted, plain] of line.matchAll(/\s*(?:"((?:[^"]|"")*)"[^,]*|([^,]+))(?:,|$)/g)) {
    const name = (quoted === undefined ? plain : quoted.replaceAll('""', '"')).trim();
    if (name) names.push(name);
  }
  return names;
}

const write = (names) => names
  .map((name) => (name.includes(",") || name.startsWith('"') ? `"${name.replaceAll('"', '""')}"` : name))
  .join(", ");

const same = (a) => (b) => a.toLocaleLowerCase() === b.toLocaleLowerCase();

function press(button) {
  const names = read(field.value);
  const isOn = names.some(same(button.textContent));
  field.value = write(isOn ? names.filter((name) => !same(button.textContent)(name)) : [...names, button.textContent]);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function show(buttons) {
  const names = read(field.value);
  for (const button of buttons) button.setAttribute("aria-pressed", names.some(same(button.textContent)));
}

function offer(list) {
  const buttons = [...list.querySelectorAll("[data-name]")].map((word) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = word.dataset.name;
    button.addEventListener("click", () => press(button));
    word.replaceWith(button);
    return button;
  });
  field.addEventListener("input", () => show(buttons));
  show(buttons);
}

function guard(form) {
  let unsaved = form.dataset.unsaved === "yes";
  form.addEventListener("input", () => { unsaved = true; });
  form.addEventListener("submit", () => { unsaved = false; });
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
}

document.querySelectorAll("[data-names]").forEach(offer);
document.querySelectorAll("form[data-unsaved]").forEach(guard);
