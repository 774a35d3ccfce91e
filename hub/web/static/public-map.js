// The public map: sums and single reports for the stretch that is looked at. The list beside it works without.
"use strict";

const SHAPES = {
  menunggu: '<circle cx="8" cy="8" r="5.6"/>',
  ditangani: '<circle cx="8" cy="8" r="5.6"/><path class="part" d="M8 2.4a5.6 5.6 0 0 1 0 11.2z"/>',
  selesai: '<rect x="2.2" y="2.2" width="11.6" height="11.6" rx="3"/><path class="cut" d="M5 8.2l2.1 2.2L11 6"/>',
  ditolak: '<circle cx="8" cy="8" r="5.6"/><path class="cut" d="M5 8h6"/>',
};
const GROUP = { koordinasi: "ditangani", disposisi: "ditangani", proses: "ditangani", berakhir: "ditolak" };
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

function pin(lat, lon, group, title) {
  const html = `<svg class="shape ${group}" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[group]}</svg>`;
  return L.marker([lat, lon], { icon: L.divIcon({ className: "p-pin", html, iconSize: [22, 22] }), title, alt: title, riseOnHover: true });
}

function ground(box) {
  const map = L.map(box, { attributionControl: false, zoomSnap: 0.5, minZoom: 8, maxZoom: 19, zoomAnimation: !calm, fadeAnimation: !calm, scrollWheelZoom: true });
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", box.dataset.label);
  return map;
}

// Outlines: of the whole city its kecamatan, of one area the kelurahan around it.
function borders(map, area) {
  const address = area && area.split(".").length > 2 ? `/api/v1/wilayah/${encodeURIComponent(area)}` : "/peta/batas";
  return fetch(address).then((answer) => (answer.ok ? answer.json() : null)).then((shapes) => {
    if (!shapes) return null;
    const layer = L.geoJSON(shapes, {
      style: { className: "area-line", weight: 1, fillOpacity: 1 },
      onEachFeature: (feature, shape) => shape.bindTooltip(feature.properties.name, { sticky: true, className: "map-name" }),
    }).addTo(map);
    layer.bringToBack();
    if (!area) return middle(layer.getLayers());
    const inside = L.featureGroup(layer.getLayers().filter((one) => `${one.feature.properties.code}.`.startsWith(`${area}.`)));
    return inside.getLayers().length ? inside.getBounds() : layer.getBounds();
  });
}

// Where most of a city is: islands far off would make everything else small.
function middle(shapes) {
  const centres = shapes.map((shape) => shape.getBounds().getCenter());
  const most = (values) => { const sorted = values.sort((a, b) => a - b); return [sorted[Math.floor(sorted.length * 0.06)], sorted[Math.ceil(sorted.length * 0.94) - 1]]; };
  const [south, north] = most(centres.map((centre) => centre.lat)), [west, east] = most(centres.map((centre) => centre.lng));
  return L.latLngBounds([south, west], [north, east]).pad(0.12);
}

function names(text) {
  return Object.fromEntries(text.split("|").filter(Boolean).map((one) => one.split("=")));
}

function showMap(box) {
  const map = ground(box);
  const drawn = L.layerGroup().addTo(map);
  const kinds = names(box.dataset.kinds), states = names(box.dataset.states);
  const count = new Intl.NumberFormat(document.documentElement.lang);
  const query = box.dataset.query ? `&${box.dataset.query}` : "";
  let asked = 0;

  const bubble = (lat, lon, number, name, label) => {
    const side = Math.min(26 + Math.log10(number) * 12, 60);
    const icon = L.divIcon({ className: name, html: count.format(number), iconSize: [side, name === "p-area" ? 26 : side] });
    return L.marker([lat, lon], { icon, title: label, alt: label, zIndexOffset: name === "p-area" ? -1000 : 0, riseOnHover: true });
  };
  const closer = (marker) => marker.on("click keypress", () => map.setView(marker.getLatLng(), Math.min(map.getZoom() + 2, 19), { animate: !calm }));
  const popup = (marker, number, kind, state) => {
    const text = document.createElement("div");
    const link = Object.assign(document.createElement("a"), { href: `/peta/laporan/${number}`, textContent: kinds[kind] ?? kind });
    link.target = box.dataset.target || "_self";
    text.append(link, document.createElement("br"), states[state] ?? state);
    return marker.bindPopup(text, { maxWidth: 240 });
  };
  const draw = (found) => {
    drawn.clearLayers();
    for (const [lat, lon, name, code, number] of found.areas) {
      const label = `${name}: ${count.format(number)} ${box.dataset.reports}, ${box.dataset.known}`;
      bubble(lat, lon, number, "p-area", label).on("click", () => { if (!box.dataset.target) location.href = `/peta/${code}`; }).addTo(drawn);
    }
    for (const [lat, lon, number] of found.cells) closer(bubble(lat, lon, number, "p-cluster", `${count.format(number)} ${box.dataset.reports}`)).addTo(drawn);
    for (const [lat, lon, number, kind, state] of found.spots) {
      popup(pin(lat, lon, GROUP[state] ?? state, `${kinds[kind] ?? kind}, ${states[state] ?? state}`), number, kind, state).addTo(drawn);
    }
  };
  const look = () => {
    const turn = (asked += 1);
    const bounds = map.getBounds();
    const stretch = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((side) => side.toFixed(4)).join(",");
    const here = document.querySelector("[data-here]");
    if (here) { here.href = `/peta?kotak=${stretch}${query}`; here.hidden = false; }
    fetch(`/peta/titik?kotak=${stretch}&z=${Math.round(map.getZoom())}${query}`)
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((found) => { if (found && turn === asked) draw(found); })
      .catch(() => { /* the network is away: what is drawn stays */ });
  };
  const fit = (bounds) => {
    if (box.dataset.box) {
      const [west, south, east, north] = box.dataset.box.split(",").map(Number);
      map.fitBounds([[south, west], [north, east]], { animate: false });
    } else if (bounds) map.fitBounds(bounds, { padding: [6, 6], animate: false });
    else map.setView([-6.2, 106.83], 11);
    map.on("moveend", look);
    look();
  };
  borders(map, box.dataset.area).then(fit, () => fit(null));
  walk(map);
}

// A row of the list shows where it is.
function walk(map) {
  const ring = L.circleMarker([0, 0], { className: "p-ring", radius: 17, interactive: false, fill: false });
  for (const row of document.querySelectorAll(".p-row[data-lat]")) {
    const show = () => ring.setLatLng([row.dataset.lat, row.dataset.lon]).addTo(map);
    for (const [on, off] of [["mouseenter", "mouseleave"], ["focusin", "focusout"]]) {
      row.addEventListener(on, show);
      row.addEventListener(off, () => ring.remove());
    }
  }
}

function showSpot(box) {
  const map = ground(box), spot = [Number(box.dataset.lat), Number(box.dataset.lon)];
  map.setView(spot, 15);
  borders(map, box.dataset.area);
  pin(...spot, box.dataset.group, box.dataset.label).addTo(map);
}

for (const box of document.querySelectorAll("[data-public-map]")) showMap(box);
for (const box of document.querySelectorAll("[data-public-spot]")) showSpot(box);
if (matchMedia("(min-width: 900px)").matches) for (const one of document.querySelectorAll(".p-filter")) one.open = true;
