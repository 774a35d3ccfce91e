// The receipt: filled in, drawn with its QR code, and printed on 58 mm, 80 mm or A4 paper.
"use strict";

const Paper = (() => {
  const box = document.getElementById("paper");
  const size = document.getElementById("paper-size");
  const auto = document.getElementById("paper-auto");
  const language = document.documentElement.lang;
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const MILLIMETRE = 96 / 25.4;

  function remembered(name, fallback) { try { return localStorage.getItem(name) ?? fallback; } catch { return fallback; } }
  function remember(name, value) { try { localStorage.setItem(name, value); } catch { /* asked again next time */ } }

  function fit() {
    box.dataset.size = size.value;
    if (box.hidden) return;
    const high = Math.ceil(box.offsetHeight / MILLIMETRE) + 4;
    const page = size.value === "a4" ? "size: A4; margin: 16mm" : `size: ${size.value}mm ${high}mm; margin: 0`;
    sheet.replaceSync(`@page { ${page} }`);
  }

  // Rows of `0` and `1` as one path: a run of dark cells is one stroke.
  function draw(rows) {
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    const runs = rows.flatMap((row, y) => [...row.matchAll(/1+/g)].map((run) => `M${run.index + 2} ${y + 2.5}h${run[0].length}`));
    picture.setAttribute("viewBox", `0 0 ${rows.length + 4} ${rows.length + 4}`);
    picture.setAttribute("aria-hidden", "true");
    path.setAttribute("d", runs.join(""));
    picture.append(path);
    return picture;
  }

  function spell(instant, style) {
    return new Intl.DateTimeFormat(language, { ...style, timeZone: "UTC" }).format(instant);
  }

  // Local time of the region, as a date that UTC functions spell.
  function local(at) { return new Date(Date.parse(at) + (Sync.provisions()?.offset ?? 420) * 60000); }

  function promised(at) {
    const day = Sync.provisions()?.promises?.[local(at).toISOString().slice(0, 10)];
    return day ? spell(new Date(`${day}T00:00:00Z`), { dateStyle: "full" }) : "–";
  }

  function set(name, text) {
    for (const spot of box.querySelectorAll(`[data-put="${name}"]`)) {
      spot.textContent = text;
      spot.closest("[data-row]")?.toggleAttribute("hidden", !text);
    }
  }

  // `entry` as it was filed, `held` its number with link and QR rows, `told` what the screen knew of kind and place.
  function show(entry, held, told) {
    set("number", entry.number || box.dataset.sayNoNumber);
    set("at", spell(local(entry.at), { dateStyle: "long", timeStyle: "short" }));
    set("promise", promised(entry.at));
    set("kind", told.kind);
    set("place", told.place);
    set("link", held?.link ?? "");
    box.querySelector("[data-qr]").replaceChildren(...(held ? [draw(held.qr)] : []));
    box.hidden = false;
    box.parentElement.classList.add("fresh");
    fit();
  }

  // The next citizen is being written down: matching reports come first again.
  function aside() { box.parentElement.classList.remove("fresh"); }

  function print() { if (!box.hidden) { fit(); window.print(); } }

  size.value = remembered("paper", "80");
  auto.checked = remembered("paper-auto", "1") === "1";
  size.addEventListener("change", () => { remember("paper", size.value); fit(); });
  auto.addEventListener("change", () => { remember("paper-auto", auto.checked ? "1" : "0"); });
  addEventListener("beforeprint", fit);
  fit();

  return { show, aside, print, local, automatic: () => auto.checked };
})();
