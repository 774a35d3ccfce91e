// What makes the form easier where JavaScript is on: counter, draft, previews, position, pin. Without it the form works.
"use strict";

const form = document.getElementById("lapor");
const DRAFT = "lapor-draf";

function remember(work) {
  try { return work(localStorage); } catch { return null; /* storage is off: nothing is remembered then */ }
}

// ------------------------------------------------------------------------------------------------- words and draft

function countLetters(area) {
  const count = document.querySelector(area.dataset.count);
  const show = () => { count.textContent = `${area.value.length} / ${area.maxLength}`; };
  count.hidden = false;
  area.addEventListener("input", show);
  show();
}

function keepDraft() {
  const fields = [...form.querySelectorAll("[data-draft]")];
  const secret = form.elements.rahasia;
  const save = () => remember((store) => {
    if (secret.checked) store.removeItem(DRAFT);
    else store.setItem(DRAFT, JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
  });
  const kept = remember((store) => JSON.parse(store.getItem(DRAFT) || "null"));
  const empty = fields.every((field) => !field.value);
  if (kept && empty && kept.cerita) {
    for (const field of fields) field.value = kept[field.name] ?? "";
    document.getElementById("restored").hidden = false;
  }
  document.getElementById("discard").addEventListener("click", () => {
    for (const field of fields) field.value = "";
    remember((store) => store.removeItem(DRAFT));
    document.getElementById("restored").hidden = true;
    form.elements.cerita.dispatchEvent(new Event("input"));
    form.elements.cerita.focus();
  });
  for (const field of [...fields, secret]) field.addEventListener("input", save);
}

// --------------------------------------------------------------------------------------------------------- sending

function sendOnce() {
  const button = form.querySelector("button[type=submit]");
  const words = button.textContent;
  form.addEventListener("submit", (event) => {
    if (button.ariaDisabled === "true") { event.preventDefault(); return; }
    button.ariaDisabled = "true";
    button.textContent = form.dataset.sending;
  });
  // A page that comes back out of the browser's memory has a used ticket: a fresh one is loaded.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
    button.ariaDisabled = "false";
    button.textContent = words;
  });
}

// ---------------------------------------------------------------------------------------------------------- photos

function photosProblem(files) {
  const { photos, bytes, total, tooMany, tooLarge } = form.dataset;
  if (files.length > Number(photos)) return tooMany;
  const sizes = files.map((file) => file.size);
  if (Math.max(0, ...sizes) > Number(bytes) || sizes.reduce((a, b) => a + b, 0) > Number(total)) return tooLarge;
  return "";
}

async function preview(file) {
  const item = document.createElement("li");
  item.textContent = file.name;
  try {
    const picture = await createImageBitmap(file);
    const canvas = document.createElement("canvas");
    const scale = Math.min(1, 240 / Math.max(picture.width, picture.height));
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", file.name);
    item.replaceChildren(canvas);
  } catch { /* the browser cannot draw it (HEIC): its name is shown */ }
  return item;
}

async function showPhotos(input) {
  const files = [...input.files];
  const flaw = document.getElementById("foto-flaw");
  flaw.textContent = photosProblem(files);
  flaw.hidden = !flaw.textContent;
  input.setCustomValidity(flaw.textContent);
  const list = document.getElementById("previews");
  list.replaceChildren(...(await Promise.all(files.slice(0, 8).map(preview))));
  list.hidden = !files.length;
  if (form.elements.lat.value) return;
  for (const file of files) {
    const spot = spotOf(await file.slice(0, 262144).arrayBuffer());
    if (spot) { place.set(spot.lat, spot.lon, "", "photo"); return; }
  }
}

// Where a JPEG was taken: EXIF 2.3, tags of the GPS directory. Gives null where it does not say.
function spotOf(buffer) {
  try {
    const view = new DataView(buffer);
    if (view.getUint16(0) !== 0xffd8) return null;
    for (let at = 2; at + 4 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
      if (view.getUint16(at) === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return gps(view, at + 10);
      if ((view.getUint16(at) & 0xff00) !== 0xff00) return null;
    }
  } catch { /* cut short or broken: it does not say */ }
  return null;
}

function gps(view, base) {
  const little = view.getUint16(base) === 0x4949;
  const u16 = (at) => view.getUint16(base + at, little);
  const u32 = (at) => view.getUint32(base + at, little);
  const entries = (at) => new Map(Array.from({ length: u16(at) }, (_, n) => [u16(at + 2 + 12 * n), at + 2 + 12 * n]));
  const directory = entries(u32(4)).get(0x8825);
  if (directory === undefined) return null;
  const tags = entries(u32(directory + 8));
  const degrees = (tag) => {
    const at = u32(tags.get(tag) + 8);
    return [0, 1, 2].reduce((sum, n) => sum + u32(at + 8 * n) / (u32(at + 8 * n + 4) || 1) / 60 ** n, 0);
  };
  const letter = (tag) => String.fromCharCode(view.getUint8(base + tags.get(tag) + 8));
  const lat = degrees(2) * (letter(1) === "S" ? -1 : 1);
  const lon = degrees(4) * (letter(3) === "W" ? -1 : 1);
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat || lon) ? { lat, lon } : null;
}

// ----------------------------------------------------------------------------------------------------------- place

const place = {
  map: null,
  pin: null,
  says: document.getElementById("pin-says"),

  set(lat, lon, accuracy, source) {
    form.elements.lat.value = lat.toFixed(6);
    form.elements.lon.value = lon.toFixed(6);
    form.elements.teliti.value = accuracy;
    this.says.textContent = this.says.dataset[source];
    document.getElementById("unpin").hidden = false;
    if (source !== "map") document.getElementById("pin").open = true;
    this.draw(source !== "map");
  },

  clear() {
    for (const name of ["lat", "lon", "teliti"]) form.elements[name].value = "";
    this.says.textContent = "";
    document.getElementById("unpin").hidden = true;
    this.draw(false);
  },

  draw(look) {
    if (!this.map) return;
    this.pin?.remove();
    const { lat, lon } = form.elements;
    if (!lat.value) return;
    const spot = [Number(lat.value), Number(lon.value)];
    this.pin = L.circleMarker(spot, { className: "dot darurat", radius: 9, weight: 3, fillOpacity: 1 }).addTo(this.map);
    if (look) this.map.setView(spot, 16, { animate: false });
  },

  open() {
    if (this.map || typeof L === "undefined") return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map("pin-map", { attributionControl: false, zoomSnap: 0.25, zoomAnimation: !still });
    this.map.setView([-6.2, 106.83], 12);
    this.map.on("click", (event) => this.set(event.latlng.lat, event.latlng.lng, "", "map"));
    this.outline();
    this.draw(true);
  },

  // Outlines of the kelurahan: of the chosen one and its neighbours, else of everything.
  async outline() {
    const options = [...form.elements.kelurahan.options].map((option) => option.value).filter(Boolean);
    const chosen = form.elements.kelurahan.value;
    const cities = new Set(options.map((code) => code.slice(0, 5)));
    const codes = chosen ? [chosen] : [...cities];
    const answers = await Promise.all(codes.map((code) => fetch(`/api/v1/wilayah/${code}`).then((a) => (a.ok ? a.json() : null), () => null)));
    const features = answers.filter(Boolean).flatMap((shapes) => shapes.features);
    if (!features.length) return;
    this.areas?.remove();
    this.areas = L.geoJSON({ type: "FeatureCollection", features }, {
      style: { className: "area", weight: 1, fillOpacity: 1 },
      onEachFeature: (feature, shape) => shape.bindTooltip(feature.properties.name, { sticky: true, className: "map-name" }),
    }).addTo(this.map);
    this.areas.bringToBack();
    if (form.elements.lat.value) return;
    const own = this.areas.getLayers().find((shape) => shape.feature.properties.code === chosen);
    this.map.fitBounds(own ? own.getBounds() : heartOf(this.areas.getLayers()), { padding: [8, 8], animate: false });
  },
};

// Where nearly all of the areas are: a few far islands would make the city too small to touch.
function heartOf(shapes) {
  const middles = shapes.map((shape) => shape.getBounds().getCenter());
  const most = (values) => { const all = values.sort((a, b) => a - b); return [all[Math.floor(all.length * 0.03)], all[Math.ceil(all.length * 0.97) - 1]]; };
  const [south, north] = most(middles.map((spot) => spot.lat));
  const [west, east] = most(middles.map((spot) => spot.lng));
  return L.latLngBounds([south, west], [north, east]).pad(0.12);
}

function findHere() {
  if (!navigator.geolocation) { place.says.textContent = place.says.dataset.none; return; }
  place.says.textContent = place.says.dataset.wait;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => place.set(coords.latitude, coords.longitude, String(Math.round(coords.accuracy)), "here"),
    () => { place.says.textContent = place.says.dataset.none; document.getElementById("pin").open = true; },
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 },
  );
}

// ----------------------------------------------------------------------------------------------------------- begin

if (form) {
  for (const part of form.querySelectorAll(".with-script")) part.hidden = false;
  keepDraft();
  countLetters(form.elements.cerita);
  sendOnce();
  form.elements.foto.addEventListener("change", () => showPhotos(form.elements.foto));
  document.getElementById("here").addEventListener("click", findHere);
  document.getElementById("unpin").addEventListener("click", () => place.clear());
  document.getElementById("pin").addEventListener("toggle", (event) => { if (event.target.open) place.open(); });
  form.elements.kelurahan.addEventListener("change", () => { if (place.map) place.outline(); });
  if (form.elements.lat.value) { document.getElementById("unpin").hidden = false; document.getElementById("pin").open = true; }
  document.querySelector("[data-focus]")?.focus();
}

if (document.querySelector("[data-received]")) remember((store) => store.removeItem(DRAFT));

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
  });
}
