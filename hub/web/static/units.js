// Finds a unit by a part of its name.
"use strict";

document.getElementById("unit-find")?.addEventListener("input", (event) => {
  const wanted = event.target.value.trim().toLowerCase();
  for (const group of document.querySelectorAll(".unit-group")) {
    for (const item of group.querySelectorAll("li")) item.hidden = !item.textContent.toLowerCase().includes(wanted);
    group.hidden = !group.querySelector("li:not([hidden])");
  }
  document.getElementById("unit-none").hidden = Boolean(document.querySelector(".unit-group:not([hidden])"));
});
