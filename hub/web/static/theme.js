// Before the first paint: the theme that this browser chose, else the system's.
"use strict";
try {
  const chosen = localStorage.getItem("theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch { /* storage is off: the system's theme it is */ }
