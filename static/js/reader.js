// The reader: the title in the bar once the heading has gone, the place in the contents, and a copy button on code.

const bar = () => document.getElementById("rbar");
const heading = document.querySelector(".rhead h1");
if (heading) {
  new IntersectionObserver(([entry]) => {
    bar()?.classList.toggle("past", !entry.isIntersecting && entry.boundingClientRect.top < 60);
  }, { rootMargin: "-60px 0px 0px" }).observe(heading);
}

const links = [...document.querySelectorAll(".toc a")];
const findParts = () => [...new Set(links.map((link) => link.hash))]
  .map((hash) => document.getElementById(decodeURIComponent(hash.slice(1))))
  .filter(Boolean);
let parts = findParts();

// The part being read is the last whose heading has come above the upper third of the window.
function showPlace() {
  const line = innerHeight / 3;
  const part = parts.findLast((each) => each.getBoundingClientRect().top < line) ?? null;
  for (const link of links) {
    const here = part && decodeURIComponent(link.hash.slice(1)) === part.id;
    if (here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

let waiting = false;
if (parts.length) {
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; showPlace(); });
  }, { passive: true });
  showPlace();
}

// A jump from the contents sheet closes it.
document.addEventListener("click", (event) => {
  const sheet = event.target.closest?.("details.menu .toc a")?.closest("details");
  if (sheet) sheet.open = false;
});

async function copy(button, code) {
  try {
    await navigator.clipboard.writeText(code.innerText);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Select it and press Ctrl C";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2500);
}

function equip(code) {
  const box = document.createElement("div");
  box.className = "codebox";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn sm copy";
  button.textContent = "Copy";
  button.addEventListener("click", () => copy(button, code));
  code.replaceWith(box);
  box.append(code, button);
}

const equipAll = () => document.querySelectorAll(".prose pre:not(.codebox > pre)").forEach(equip);
equipAll();

// Marking a passage puts the texts in anew.
document.addEventListener("texts", () => {
  parts = findParts();
  equipAll();
});
