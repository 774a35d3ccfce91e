// Before the first paint: the theme and the density that this browser chose, else the system's.
"use strict";
document.documentElement.dataset.js = "";
try {
  for (const name of ["theme", "density"]) {
    const chosen = localStorage.getItem(name);
    if (chosen) document.documentElement.dataset[name] = chosen;
  }
} catch { /* storage is off: the system's theme it is */ }
