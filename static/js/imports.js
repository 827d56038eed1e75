// What is too much is said before it is sent. What is more than one piece is sent in pieces, and goes on after a lost
// connection or a closed tab: the server knows the same files again. Without this, the form is sent as it is.

const PIECE = 4 * 1024 ** 2;
const LONGEST_WAIT = 30;
const LOGGED_OUT = "You are no longer logged in. Log in again and choose the same files: what was sent is kept.";
const CHANGED = "A file can’t be read any more, or was changed meanwhile. Nothing was imported. Choose the files again.";
const FAILED = "The server could not take the files. Nothing was imported. Reload this page, and choose them again.";

const form = document.querySelector("form[data-upload]");
const problem = document.getElementById("problem");
const button = form.querySelector("button");
const chosen = form.querySelector("[data-chosen]");
const upload = form.querySelector("[name=upload]");
const progress = form.querySelector("[data-sending]");
const inputs = [...form.querySelectorAll("input[type=file]")];
const label = button.textContent;

class Refused extends Error {}

const files = () => inputs.flatMap((input) => [...input.files]);
const size = (list) => list.reduce((sum, file) => sum + file.size, 0);
const inWords = (number) => `${number.toLocaleString("en")} ${number === 1 ? "file" : "files"}`;
const megabytes = (bytes) => (bytes / 1024 ** 2).toFixed(1);
const seconds = (number) => new Promise((done) => setTimeout(done, number * 1000));

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

function say(sentence) {
  if (chosen.textContent !== sentence) chosen.textContent = sentence;
}

form.addEventListener("change", () => {
  const list = files();
  say(list.length ? `${inWords(list.length)}, ${Math.max(megabytes(size(list)), 0.1)} MB` : "");
  show(list.length ? wrong(list) : "");
});

// What is let go beside the fields is meant for the first, and would be opened in the place of this page. A folder
// would come as one file that can't be read, but in its own field.
for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => {
    const { items, files: dropped, types } = event.dataTransfer;
    if (!types.includes("Files") || event.target.name === "folder") return;
    const folder = [...items].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
    if (event.target === inputs[0] && !folder) return;
    event.preventDefault();
    if (name === "dragover") return;
    if (folder) return void show(form.dataset.folder);
    inputs[0].files = dropped;
    inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
  });
}

form.addEventListener("submit", (event) => {
  const list = files();
  const sentence = wrong(list);
  show(sentence);
  if (sentence || size(list) > PIECE) event.preventDefault();
  if (sentence) return;
  sending(true);
  say(`Sending ${inWords(list.length)}. Keep this page open until they are there.`);
  if (event.defaultPrevented) inPieces(list);
});

async function inPieces(list) {
  const marked = inputs.flatMap((input) => [...input.files].map((file) => ({
    name: file.webkitRelativePath || file.name, size: file.size, modified: file.lastModified, folder: input.name === "folder",
  })));
  try {
    upload.value = await sent(new Blob(list), JSON.stringify(marked), list.length);
    upload.disabled = false;
    for (const input of inputs) input.disabled = true;
    form.submit();
  } catch (error) {
    sending(false);
    say("");
    progress.hidden = true;
    show(error instanceof Refused ? error.message : FAILED);
  }
}

// The name of the upload, once all of it is there.
async function sent(whole, list, number) {
  for (let wait = 1; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    try {
      let { upload: name, offset } = await ask(form.dataset.pieces, list, "application/json");
      say(`Sending ${inWords(number)}${offset ? " from where it broke off" : ""}. After a lost connection it goes on.`);
      for (reached(offset, whole.size); offset < whole.size; reached(offset, whole.size)) {
        const piece = await read(whole.slice(offset, offset + PIECE));
        ({ offset } = await ask(`${form.dataset.pieces}${name}/?offset=${offset}`, piece, "application/octet-stream"));
        wait = 1;
      }
      return name;
    } catch (error) {
      if (error instanceof Refused) throw error;
      say("The connection is lost. What was sent is kept, and this page goes on by itself.");
      await seconds(wait);
    }
  }
}

async function ask(address, body, type) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token, "Content-Type": type } });
  if (answer.redirected || answer.status === 403) throw new Refused(LOGGED_OUT);
  const told = await answer.json().catch(() => ({}));
  if (told.problem) throw new Refused(told.problem);
  if ("offset" in told) return told;
  throw new Error(answer.status); // the server is on its way down or up, or has cleared the upload away
}

const read = (piece) => piece.arrayBuffer().catch(() => { throw new Refused(CHANGED); });

function reached(offset, whole) {
  progress.hidden = false;
  progress.querySelector("progress").max = whole;
  progress.querySelector("progress").value = offset;
  progress.querySelector("span").textContent = `${megabytes(offset)} of ${megabytes(whole)} MB`;
}

// Back from the next page, the browser may show this one as it was left.
window.addEventListener("pageshow", () => {
  sending(false);
  progress.hidden = upload.disabled = true;
  for (const input of inputs) input.disabled = false;
});
