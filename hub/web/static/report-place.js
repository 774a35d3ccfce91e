// The pin of a report: drag it, or focus it and use the arrow keys; a form beside the map saves it or puts it back.
"use strict";

{
  const STEP = 0.0001; // about eleven metres; ten times as far with Shift
  const form = document.querySelector("[data-pin-form]");
  const fields = document.querySelector("form[data-place]");

  document.addEventListener("map:ready", ({ detail: { map, box } }) => {
    if (!box.dataset.pin || !form) return;
    const start = box.dataset.lat ? L.latLng(Number(box.dataset.lat), Number(box.dataset.lon)) : null;
    let pin = null;

    function place(at) {
      if (pin) return pin.setLatLng(at);
      const icon = L.divIcon({ className: "pin", iconSize: [28, 36], iconAnchor: [14, 34], html: '<svg viewBox="0 0 28 36" aria-hidden="true"><path d="M14 1a12 12 0 0 1 12 12c0 8-12 21-12 21S2 21 2 13A12 12 0 0 1 14 1z"/><circle cx="14" cy="13" r="4.500"/></svg>' });
      pin = L.marker(at, { icon, draggable: true, keyboard: true, alt: box.dataset.pin, title: box.dataset.pin }).addTo(map);
      pin.getElement().setAttribute("aria-label", box.dataset.pin);
      pin.on("drag", () => moved(false)).on("dragend", () => moved(true));
      pin.getElement().addEventListener("keydown", step);
      return pin;
    }

    function moved(tell) {
      const { lat, lng } = pin.getLatLng();
      form.hidden = false;
      for (const one of [form, fields]) {
        if (!one) continue;
        one.elements.lat.value = lat.toFixed(6);
        one.elements.lon.value = lng.toFixed(6);
      }
      if (tell) form.querySelector("[data-pin-text]").textContent = `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
    }

    function step(event) {
      const by = STEP * (event.shiftKey ? 10 : 1);
      const move = { ArrowUp: [by, 0], ArrowDown: [-by, 0], ArrowLeft: [0, -by], ArrowRight: [0, by] }[event.key];
      if (!move) return;
      event.preventDefault();
      event.stopPropagation();
      const { lat, lng } = pin.getLatLng();
      pin.setLatLng([lat + move[0], lng + move[1]]);
      map.panInside(pin.getLatLng(), { padding: [30, 30], animate: false });
      moved(true);
    }

    if (start) place(start);
    map.on("click", (event) => { place(event.latlng); moved(true); });
    for (const name of ["lat", "lon"]) {
      fields?.elements[name].addEventListener("change", () => {
        const at = [Number(fields.elements.lat.value.replace(",", ".")), Number(fields.elements.lon.value.replace(",", "."))];
        if (at.every((part) => Number.isFinite(part) && part !== 0)) { place(at); map.panTo(at, { animate: false }); moved(true); }
      });
    }
    form.querySelector("[data-pin-back]").addEventListener("click", () => {
      form.hidden = true;
      for (const one of [form, fields]) if (one) { one.elements.lat.value = ""; one.elements.lon.value = ""; }
      if (start) pin.setLatLng(start); else { pin.remove(); pin = null; }
      if (start) map.panTo(start, { animate: false });
    });
  });
}
