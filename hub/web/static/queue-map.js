// The map beside the list: outlines, points drawn together where they are close, each row and its point know each other.
"use strict";

window.showQueueMap = (box) => {
  const CELL = 44; // pixels
  const [south, west, north, east] = box.dataset.bounds.split(",").map(Number);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  box.replaceChildren();
  const map = L.map(box, { attributionControl: Boolean(box.dataset.tiles), zoomSnap: 0.25, zoomAnimation: !calm });
  map.fitBounds([[south, west], [north, east]], { padding: [8, 8], animate: false });
  if (box.dataset.tiles) {
    map.attributionControl.setPrefix(false);
    L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 19 }).addTo(map);
    box.classList.add("tiled");
  }
  for (const area of box.dataset.areas.split(" ").filter(Boolean)) outlines(map, area);

  const points = L.layerGroup().addTo(map);
  let byRow = new Map();
  const rows = () => [...document.querySelectorAll(".row[data-lat]")];
  const urgencyOf = (row) => ["darurat", "mendesak"].find((name) => row.classList.contains(name)) ?? "biasa";
  const worst = (group) => ["darurat", "mendesak", "biasa"].find((name) => group.some((row) => urgencyOf(row) === name));

  function groups() {
    const cells = new Map();
    for (const row of rows()) {
      const at = map.project([Number(row.dataset.lat), Number(row.dataset.lon)], map.getZoom());
      const key = `${Math.floor(at.x / CELL)}:${Math.floor(at.y / CELL)}`;
      cells.set(key, [...(cells.get(key) ?? []), row]);
    }
    return [...cells.values()];
  }

  function middle(group) {
    const mean = (name) => group.reduce((sum, row) => sum + Number(row.dataset[name]), 0) / group.length;
    return [mean("lat"), mean("lon")];
  }

  function mark(group) {
    const urgency = worst(group);
    const shape = { darurat: "triangle", mendesak: "diamond", biasa: "circle" }[urgency];
    const size = group.length > 1 ? Math.min(40, 24 + 2 * group.length) : urgency === "darurat" ? 20 : 16;
    const icon = L.divIcon({ className: `spot ${urgency} ${group.length > 1 ? "cluster" : shape}`, html: group.length > 1 ? String(group.length) : "", iconSize: [size, size] });
    const name = group.length > 1 ? `${group.length} ${box.dataset.many}` : group[0].querySelector("a.open").textContent.trim();
    return L.marker(middle(group), { icon, keyboard: false, riseOnHover: true, zIndexOffset: urgency === "darurat" ? 1000 : 0 })
      .bindTooltip(name, { className: "map-name" })
      .on("mouseover", () => heat(group, true)).on("mouseout", () => heat(group, false))
      .on("click", () => choose(group));
  }

  function heat(group, on) {
    for (const row of group) row.classList.toggle("hot", on);
  }

  function choose(group) {
    const box = L.latLngBounds(group.map((row) => [Number(row.dataset.lat), Number(row.dataset.lon)]));
    if (group.length > 1 && map.getZoom() < 17 && box.getNorthEast().distanceTo(box.getSouthWest()) > 15) {
      map.fitBounds(box, { padding: [30, 30], maxZoom: 17, animate: !calm });
      return;
    }
    group[0].querySelector("a.open").focus({ preventScroll: true });
    group[0].scrollIntoView({ block: "center" });
  }

  function draw() {
    points.clearLayers();
    byRow = new Map();
    for (const group of groups()) {
      const dot = mark(group).addTo(points);
      for (const row of group) byRow.set(row.id, dot);
    }
  }

  // The row under the pointer or in focus shows its point.
  let lit = null;
  function light(row) {
    lit?.getElement()?.classList.remove("hot");
    lit = row ? byRow.get(row.id) : null;
    lit?.getElement()?.classList.add("hot");
  }
  for (const [event, out] of [["mouseover", false], ["focusin", false], ["mouseout", true], ["focusout", true]]) {
    document.addEventListener(event, (happened) => {
      const row = happened.target.closest?.(".row");
      if (row) light(out ? document.activeElement?.closest(".row") : row);
    });
  }

  map.on("zoomend", draw);
  document.addEventListener("htmx:after:swap", draw);
  draw();
};
