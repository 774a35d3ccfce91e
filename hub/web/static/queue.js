// The work list in this browser: density, the lanes on a narrow screen, the map that is loaded when it is shown.
"use strict";

{
  const root = document.documentElement;
  const density = document.getElementById("density");
  const rail = document.getElementById("rail");
  const side = document.getElementById("queue-map");
  const toggle = document.getElementById("map-toggle");

  function sayDensity() { density?.setAttribute("aria-pressed", String(root.dataset.density === "roomy")); }
  density?.addEventListener("click", () => {
    root.dataset.density = root.dataset.density === "roomy" ? "compact" : "roomy";
    try { localStorage.setItem("density", root.dataset.density); } catch { /* not remembered then */ }
    sayDensity();
  });
  sayDensity();

  // On a phone the lanes are one row: bring the current one into view without moving the page.
  const current = rail?.querySelector("[aria-current]");
  if (current && rail.scrollWidth > rail.clientWidth) {
    const place = current.getBoundingClientRect();
    rail.scrollLeft += place.left - rail.getBoundingClientRect().left - (rail.clientWidth - place.width) / 2;
  }

  function load(kind, address) {
    return new Promise((done, failed) => {
      const element = document.createElement(kind === "style" ? "link" : "script");
      element.onload = done;
      element.onerror = failed;
      if (kind === "style") { element.rel = "stylesheet"; element.href = address; } else { element.src = address; }
      document.head.append(element);
    });
  }

  let loading = null;
  function loadMap() {
    const box = side.querySelector("[data-queue-map]");
    const scripts = box.dataset.scripts.split(" ");
    const styles = Promise.all(box.dataset.style.split(" ").map((address) => load("style", address)));
    loading ??= scripts.reduce((before, address) => before.then(() => load("script", address)), styles)
      .then(() => window.showQueueMap(box))
      .catch(() => { box.querySelector(".map-wait")?.replaceChildren(box.dataset.failed); });
    return loading;
  }

  const shown = () => side && getComputedStyle(side).display !== "none";
  const later = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));
  if (shown()) addEventListener("load", () => later(loadMap));
  toggle?.addEventListener("click", () => {
    const open = side.classList.toggle("shown");
    toggle.setAttribute("aria-expanded", String(open));
    if (open) loadMap();
  });
  matchMedia("(min-width: 1241px)").addEventListener("change", () => { if (shown()) loadMap(); });
}

// Whoever ticks a row wants to do something with it.
document.addEventListener("change", (event) => {
  const many = document.querySelector(".many");
  if (many && event.target.name === "pilih" && event.target.checked) many.open = true;
});
