// Notes in the margin: beside the first line of their passage, and never over each other.

function align() {
  const notes = [...document.querySelectorAll(".prose > .marginal")].filter((note) => note.offsetParent && getComputedStyle(note).position === "absolute");
  let lowest = -Infinity;
  const places = notes.map((note) => {
    const line = document.getElementById(`hl-${note.id.slice(5)}`)?.getClientRects()[0];
    const top = Math.max(line?.top ?? 0, lowest + 12);
    lowest = line ? top + note.offsetHeight : lowest;
    return `${top - note.offsetParent.getBoundingClientRect().top}px`;
  });
  notes.forEach((note, number) => note.style.setProperty("--y", places[number]));
}

document.addEventListener("texts", align);
new ResizeObserver(align).observe(document.getElementById("main"));
