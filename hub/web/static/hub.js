// What pages do beyond plain HTML: theme, questions before a deed. Everything works without it, more slowly.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");

document.getElementById("theme")?.addEventListener("click", () => {
  const root = document.documentElement;
  const now = root.dataset.theme ?? (dark.matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not remembered then */ }
});

// A form with data-confirm asks first.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});

// Whoever signs out leaves nothing of what they typed in this browser.
document.querySelector("form.who")?.addEventListener("submit", () => {
  try { for (const name of Object.keys(localStorage)) if (name.startsWith("draft:")) localStorage.removeItem(name); } catch { /* storage is off: nothing was kept */ }
});
