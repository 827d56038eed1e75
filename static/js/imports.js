// What is too much is said before it is sent, and a long upload says that it goes on. Without this, the server says it after.

const form = document.querySelector("form[data-upload]");
const problem = document.getElementById("problem");
const button = form.querySelector("button");
const chosen = form.querySelector("[data-chosen]");
const label = button.textContent;

const files = () => [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
const size = (list) => list.reduce((sum, file) => sum + file.size, 0);
const inWords = (number) => `${number.toLocaleString("en")} ${number === 1 ? "file" : "files"}`;

function wrong(list) {
  if (!list.length) return form.dataset.none;
  if (list.length > Number(form.dataset.files)) return form.dataset.many;
  return size(list) > Number(form.dataset.bytes) ? form.dataset.large : "";
}

function show(sentence) {
  problem.querySelector("span").textContent = sentence;
  problem.hidden = sentence === "";
}

function sending(on) {
  button.disabled = on;
  button.textContent = on ? "Sending" : label;
}

form.addEventListener("change", () => {
  const list = files();
  chosen.textContent = list.length ? `${inWords(list.length)}, ${Math.max(size(list) / 1024 ** 2, 0.1).toFixed(1)} MB` : "";
  show(list.length ? wrong(list) : "");
});

form.addEventListener("submit", (event) => {
  const list = files();
  const sentence = wrong(list);
  show(sentence);
  if (sentence) event.preventDefault();
  else {
    sending(true);
    chosen.textContent = `Sending ${inWords(list.length)}. Keep this page open until they are there.`;
  }
});

// Back from the next page, the browser may show this one as it was left.
window.addEventListener("pageshow", () => sending(false));
