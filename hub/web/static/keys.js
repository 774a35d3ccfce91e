// The keyboard. Elements say which key is theirs: `data-key` presses or focuses the element, `data-go` is a link that
// opens after g, `data-row-key` belongs to the row in focus. Lists of links are marked by `data-keys`.
"use strict";

{
  const help = document.getElementById("keys-help");
  const switched = document.getElementById("keys-on");
  let going = 0;

  const remembered = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
  let on = remembered();

  const links = () => [...document.querySelectorAll("[data-keys] a.open")];
  const rowInFocus = () => document.activeElement?.closest("[data-keys] .row");

  function step(by) {
    const all = links();
    const at = all.indexOf(rowInFocus()?.querySelector("a.open"));
    const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
    next?.focus({ preventScroll: true });
    next?.closest("li")?.scrollIntoView({ block: "nearest" });
  }

  function use(element) {
    if (!element) return false;
    if (element.matches("input:not([type=checkbox]), select, textarea")) { element.focus(); element.select?.(); }
    else if (element.matches("input[type=checkbox]")) { element.click(); }
    else { element.click(); }
    return true;
  }

  function go(key) {
    const wanted = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    if (wanted) wanted.click();
    return Boolean(wanted);
  }

  function press(key) {
    if (going > Date.now()) { going = 0; return go(key); }
    const row = rowInFocus();
    if (key === "j") { step(1); return true; }
    if (key === "k") { step(-1); return true; }
    if (key === "ArrowDown" && row) { step(1); return true; }
    if (key === "ArrowUp" && row) { step(-1); return true; }
    if (key === "g") { going = Date.now() + 1500; return true; }
    if (key === "?" && help) { help.showModal(); return true; }
    if (key === "x" && row) return use(row.querySelector(".tick input"));
    if (key === "/") return use(document.querySelector("[data-key='/']") ?? document.getElementById("find"));
    if (key.length !== 1) return false;
    return use((row && row.querySelector(`[data-row-key="${CSS.escape(key)}"]`)) ?? document.querySelector(`[data-key="${CSS.escape(key)}"]`));
  }

  document.addEventListener("keydown", (event) => {
    if (!on && event.key !== "?") return;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog, .leaflet-container");
    if (typing) return;
    if (press(event.key)) event.preventDefault();
  });

  document.getElementById("keys-open")?.addEventListener("click", () => help?.showModal());
  if (switched) {
    switched.checked = on;
    switched.addEventListener("change", () => {
      on = switched.checked;
      try { localStorage.setItem("keys", on ? "on" : "off"); } catch { /* not remembered then */ }
    });
  }
}
