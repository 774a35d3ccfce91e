// The report's page beyond plain HTML: fields that belong to a choice, a live preview, the chips of the timeline.
"use strict";

{
  const form = document.getElementById("jawab");

  // The list that the clerk came from stays in the address, so that every deed leads back to it.
  const dari = form?.elements.dari?.value;
  if (dari && !location.search.includes("dari=")) {
    const address = new URL(location.href);
    address.searchParams.set("dari", dari);
    history.replaceState(history.state, "", address);
  }

  if (form) {
    const { status, warga } = form.elements;

    const sort = () => {
      const alone = Boolean(warga?.value);
      for (const part of form.querySelectorAll("[data-for-all]")) part.hidden = alone;
      for (const part of form.querySelectorAll("[data-for-one]")) part.hidden = !alone;
      for (const part of form.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== status.value;
    };
    sort();
    form.addEventListener("change", sort);
    form.addEventListener("drafts:restored", sort);

    // Once a preview was asked for it follows what is typed.
    const preview = document.getElementById("preview");
    const show = form.querySelector("[data-live]");
    let waits = 0;
    const live = () => {
      if (!preview.firstElementChild) return;
      clearTimeout(waits);
      waits = setTimeout(() => show.click(), 700);
    };
    form.elements.note.addEventListener("input", live);
    form.addEventListener("change", live);

    // c: done. The rest is asked for where the eye is.
    document.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        const own = event.target.closest("form");
        if (own?.querySelector("textarea")) own.requestSubmit(event.target.name === "note_internal" && !own.elements.note.value ? own.querySelector("[name=hanya]") : undefined);
      }
    });
    document.querySelector("[data-key=c]")?.addEventListener("click", () => {
      if (warga) warga.value = "";
      status.value = "selesai";
      sort();
      form.elements.note.focus();
    });
    for (const link of document.querySelectorAll("[data-citizen]")) {
      link.addEventListener("click", (event) => {
        if (!warga || ![...warga.options].some((option) => option.value === link.dataset.citizen)) return;
        event.preventDefault();
        warga.value = link.dataset.citizen;
        sort();
        form.elements.note.focus();
        form.scrollIntoView({ block: "start" });
      });
    }
  }

  // The timeline: chips show a part of it, or turn it round, without loading the page anew.
  const line = document.querySelector("#riwayat .timeline");
  const chips = document.querySelector("[data-chips]");
  chips?.addEventListener("click", (event) => {
    const chip = event.target.closest("a");
    if (!chip || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if ("turn" in chip.dataset) {
      line.replaceChildren(...[...line.children].reverse());
      [chip.textContent, chip.dataset.turn] = [chip.dataset.turn, chip.textContent];
      return;
    }
    for (const one of chips.querySelectorAll("[data-who]")) { if (one === chip) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current"); }
    for (const moment of line.children) moment.hidden = Boolean(chip.dataset.who) && moment.dataset.who !== chip.dataset.who;
  });
}
