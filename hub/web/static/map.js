// Maps without tiles: outlines of the kelurahan, and points. Needs no network but the hub.
"use strict";

function outlines(map, area) {
  if (!area) return Promise.resolve(null);
  return fetch(`/api/v1/wilayah/${encodeURIComponent(area)}`)
    .then((answer) => (answer.ok ? answer.json() : null))
    .then((shapes) => {
      if (!shapes || !shapes.features.length) return null;
      const layer = L.geoJSON(shapes, {
        style: { className: "area", weight: 1, fillOpacity: 1 },
        onEachFeature: (feature, shape) => shape.bindTooltip(feature.properties.name, { sticky: true, className: "map-name" }),
      }).addTo(map);
      layer.bringToBack();
      return layer;
    });
}

function bare(box) {
  const map = L.map(box, { attributionControl: false, zoomSnap: 0.25, zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches });
  map.setView([Number(box.dataset.lat || -6.2), Number(box.dataset.lon || 106.83)], 12);
  return map;
}

// Colours come from the style sheet, so that they follow the theme.
function point(lat, lon, urgency) {
  return L.circleMarker([lat, lon], { className: `dot ${urgency}`, radius: urgency === "darurat" ? 8 : 6, weight: 2, fillOpacity: 1 });
}

// The map of one report; where its place may be set, `report-place.js` puts a pin on it.
function showPlace(box) {
  const map = bare(box);
  const known = box.dataset.lat !== undefined && box.dataset.lat !== "";
  const dot = known && !box.dataset.pin ? point(Number(box.dataset.lat), Number(box.dataset.lon), box.dataset.urgency || "biasa").addTo(map) : null;
  if (known && box.dataset.radius) L.circle([box.dataset.lat, box.dataset.lon], { radius: Number(box.dataset.radius), className: "about", weight: 1 }).addTo(map);
  if (known) map.setView([box.dataset.lat, box.dataset.lon], 15, { animate: false });
  outlines(map, box.dataset.area).then((layer) => {
    if (!known && layer) map.fitBounds(layer.getBounds(), { padding: [8, 8], animate: false });
    dot?.bringToFront();
  });
  document.dispatchEvent(new CustomEvent("map:ready", { detail: { map, box } }));
}

for (const box of document.querySelectorAll("[data-map]")) showPlace(box);
