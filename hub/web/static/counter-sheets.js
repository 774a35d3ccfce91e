// The forms are there to be printed.
"use strict";
document.getElementById("print-sheets").addEventListener("click", () => window.print());
