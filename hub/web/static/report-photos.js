// All photos of a report, large, one after the other. Links to photos (`data-photo`, its caption) work without it.
"use strict";

{
  const box = document.getElementById("lightbox");
  const shown = document.getElementById("lightbox-photo");
  const caption = document.getElementById("lightbox-caption");
  const strip = document.getElementById("lightbox-strip");
  let photos = [];
  let at = 0;

  // A photo may be linked from several places of the page: it is shown once, with the best caption.
  function collect() {
    const known = new Map();
    for (const link of document.querySelectorAll("a[data-photo]")) {
      const name = new URL(link.href).pathname;
      if (!known.has(name)) known.set(name, { name, link, text: "" });
      known.get(name).text ||= link.dataset.photo;
    }
    return [...known.values()];
  }

  function show(index) {
    at = (index + photos.length) % photos.length;
    const photo = photos[at];
    shown.src = photo.name;
    shown.alt = photo.link.querySelector("img")?.alt ?? "";
    caption.textContent = `${at + 1} / ${photos.length}${photo.text ? ` · ${photo.text}` : ""}`;
    strip.querySelectorAll("button").forEach((button, place) => { if (place === at) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current"); });
    strip.children[at]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    for (const turn of box.querySelectorAll("[data-by]")) turn.hidden = photos.length < 2;
  }

  function fill() {
    strip.replaceChildren(...photos.map((photo, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-label", `${place + 1} / ${photos.length}${photo.text ? `, ${photo.text}` : ""}`);
      const small = document.createElement("img");
      small.src = `${photo.name}?kecil=1`;
      small.alt = "";
      small.loading = "lazy";
      button.append(small);
      button.addEventListener("click", () => show(place));
      return button;
    }));
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-photo]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || !box.showModal) return;
    event.preventDefault();
    photos = collect();
    fill();
    box.showModal();
    show(photos.findIndex((photo) => photo.name === new URL(link.href).pathname));
    box.querySelector("[data-close]").focus();
  });

  box.addEventListener("click", (event) => {
    if (event.target === box || event.target.closest("[data-close]")) box.close();
    const turn = event.target.closest("[data-by]");
    if (turn) show(at + Number(turn.dataset.by));
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(at - 1);
    else if (event.key === "ArrowRight") show(at + 1);
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(photos.length - 1);
    else return;
    event.preventDefault();
  });
  box.addEventListener("close", () => shown.removeAttribute("src"));
}
