// What pages do beyond plain HTML: theme, keys, keeping what was typed. Everything works without it, more slowly.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");

document.getElementById("theme")?.addEventListener("click", () => {
  const root = document.documentElement;
  const now = root.dataset.theme ?? (dark.matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not remembered then */ }
});

// j and k walk the rows of a list by its links; Enter opens the one in focus, as the browser does anyway.
function step(by) {
  const links = [...document.querySelectorAll("[data-keys] a.open")];
  const at = links.indexOf(document.activeElement);
  const next = links[Math.min(Math.max(at + by, 0), links.length - 1)];
  next?.focus();
  next?.closest("li")?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") step(1);
  if (event.key === "k") step(-1);
  if (event.key === "/") { event.preventDefault(); document.getElementById("find")?.focus(); }
});

// A form with data-confirm asks first.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});
