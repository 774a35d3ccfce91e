// Marks fields of a photo by drawing over them, and walks them by the arrow keys. Without it each is a box to tick.
"use strict";

for (const frame of document.querySelectorAll(".blur")) {
  const boxes = [...frame.querySelectorAll("input")];
  const columns = Number(frame.dataset.columns);
  let drawing = null;
  const under = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest(".blur-field")?.querySelector("input");

  frame.addEventListener("pointerdown", (event) => {
    const box = under(event);
    if (!box || box.disabled || event.button) return;
    event.preventDefault();
    box.focus();
    drawing = !box.checked;
    box.checked = drawing;
  });
  frame.addEventListener("click", (event) => { if (event.detail) event.preventDefault(); });
  addEventListener("pointermove", (event) => {
    const box = drawing === null ? null : under(event);
    if (box && frame.contains(box)) box.checked = drawing;
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { drawing = null; });

  // One stop for the Tab key; arrows walk.
  boxes.forEach((box, at) => { box.tabIndex = at ? -1 : 0; });
  frame.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const at = boxes.indexOf(document.activeElement);
    if (by === undefined || at < 0) return;
    event.preventDefault();
    boxes[at].tabIndex = -1;
    const next = boxes[Math.min(Math.max(at + by, 0), boxes.length - 1)];
    next.tabIndex = 0;
    next.focus();
  });
}
