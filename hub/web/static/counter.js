// The desk's screen: one form, keys for everything, reports that match while somebody types, parked drafts.
"use strict";

(() => {
  const root = document.getElementById("counter"), say = root.dataset;
  const form = document.getElementById("entry"), field = form.elements;
  const matches = document.getElementById("matches"), parked = document.getElementById("parked");
  const refused = document.getElementById("refused"), net = document.getElementById("net"), alarm = document.getElementById("alarm");
  const TEXTS = ["text", "address", "kelurahan", "phone", "name", "category", "role", "form_number", "form_time", "lat", "lon"];
  const TICKS = ["anonim", "rahasia"];
  const LARGEST = 5e6, PAUSE = 250;
  const options = [...document.querySelectorAll("#areas option")].map((one) => ({ code: one.dataset.code, value: one.value, plain: one.value.toLowerCase() }));
  let draft = { id: crypto.randomUUID() }, files = [], chosen = "", told = { kind: "", place: "" }, asked = null, timer = 0, keeping = 0, saving = Promise.resolve();

  const fill = (text, n) => text.replace("{n}", n);
  const tell = (text) => { alarm.textContent = text; alarm.hidden = !text; };
  const blank = () => !TEXTS.some((name) => !["category", "role"].includes(name) && field[name].value.trim()) && !files.length && !chosen;

  // ------------------------------------------------------------------------------------------------- kelurahan

  function area(typed) {
    const plain = typed.trim().toLowerCase();
    if (!plain) return null;
    return options.find((one) => one.plain === plain) ?? options.find((one) => one.plain.startsWith(`${plain},`)) ?? options.find((one) => one.plain.startsWith(plain)) ?? null;
  }

  field.kelurahan.addEventListener("change", () => { field.kelurahan.value = area(field.kelurahan.value)?.value ?? field.kelurahan.value; });

  // ------------------------------------------------------------------------------------------------- drafts

  function fields() {
    const kept = {};
    for (const name of TEXTS) kept[name] = field[name].value;
    for (const name of TICKS) kept[name] = field[name].checked;
    return kept;
  }

  function show(one) {
    clearTimeout(keeping);
    draft = { id: one.id };
    form.reset();
    for (const name of TEXTS) if (one.fields?.[name] !== undefined) field[name].value = one.fields[name];
    for (const name of TICKS) if (one.fields?.[name] !== undefined) field[name].checked = one.fields[name];
    files = one.files ?? [];
    chosen = one.chosen ?? "";
    told = { kind: "", place: "" };
    matches.replaceChildren();
    field.category.options[0].textContent = say.sayAuto;
    mark();
    listFiles();
    pin?.show();
    look();
    field.text.focus();
  }

  function keep(isParked = false) {
    clearTimeout(keeping);
    sessionStorage.setItem("draft", draft.id);
    const row = { id: draft.id, fields: fields(), files, chosen, parked: isParked, at: Date.now() };
    saving = saving.then(() => (blank() && !isParked ? Shelf.drop("drafts", row.id) : Shelf.put("drafts", row)));
    return saving;
  }

  // Not at every letter: a draft may hold photos.
  function keepSoon() {
    clearTimeout(keeping);
    keeping = setTimeout(keep, PAUSE);
  }

  // What was being written is put aside before anything is waited for: the next letter belongs to the next citizen.
  function swap(one) {
    if (!blank()) keep(true);
    show(one);
  }

  async function park() {
    const [oldest] = blank() ? await drafts() : [{ id: crypto.randomUUID() }];
    if (oldest) swap(oldest);
    await keep();
    await listDrafts();
  }

  async function drafts() {
    return (await Shelf.all("drafts")).filter((one) => one.id !== draft.id).sort((a, b) => a.at - b.at);
  }

  async function listDrafts() {
    const found = await drafts();
    parked.closest("section").hidden = !found.length;
    parked.replaceChildren(...found.map((one) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "parked" });
      const clock = Object.assign(document.createElement("b"), { textContent: Paper.local(new Date(one.at + (Sync.provisions()?.skew ?? 0)).toISOString()).toISOString().slice(11, 16).replace(":", ".") });
      const words = Object.assign(document.createElement("span"), { className: "staff-only", textContent: one.fields.text || one.fields.address || one.fields.name });
      button.append(clock, " ", words);
      button.addEventListener("click", async () => {
        swap(one);
        await keep();
        await listDrafts();
      });
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
  }

  // ------------------------------------------------------------------------------------------------- papers

  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      for (const file of input.files) {
        if (file.size > LARGEST) tell(fill(say.sayTooLarge, file.name));
        else files.push({ kind: input.dataset.kind, name: file.name, media_type: file.type, blob: file });
      }
      input.value = "";
      listFiles();
      keep();
    });
  }

  function listFiles() {
    document.getElementById("papers").replaceChildren(...files.map((file, at) => {
      const item = document.createElement("li"), button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button tiny", textContent: "×" });
      button.setAttribute("aria-label", `${say.sayRemove} ${file.name}`);
      button.addEventListener("click", () => { files.splice(at, 1); listFiles(); keep(); });
      item.append(`${file.kind === "photo" ? say.sayPhoto : say.sayDocument}: ${file.name} `, button);
      return item;
    }));
  }

  function encode(blob) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(blob);
    });
  }

  // ------------------------------------------------------------------------------------------------- matching reports

  function look() {
    clearTimeout(timer);
    asked?.abort(); // an answer to earlier words must not come in late
    timer = setTimeout(ask, PAUSE);
  }

  function number(name) { const value = parseFloat(field[name].value); return Number.isFinite(value) ? value : null; }

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    if (!field.text.value.trim() && !field.address.value.trim()) { matches.replaceChildren(); return; }
    const said = { text: field.text.value, address: field.address.value, kelurahan: area(field.kelurahan.value)?.code ?? "", category: field.category.value, lat: number("lat"), lon: number("lon"), hidden: document.body.classList.contains("for-citizens") };
    try {
      const answer = await Sync.post("/loket/cocok", said, asked.signal);
      matches.innerHTML = await answer.text(); // rendered by the hub, escaped there
      told = { kind: matches.firstElementChild?.dataset.kind ?? "", place: matches.firstElementChild?.dataset.place ?? "" };
      field.category.options[0].textContent = told.kind ? fill(say.sayGuess, told.kind) : say.sayAuto;
      mark();
    } catch (error) {
      if (error.name !== "AbortError") matches.textContent = say.sayNoMatching;
    }
  }

  function mark() {
    for (const button of matches.querySelectorAll("[data-number]")) button.setAttribute("aria-pressed", String(button.dataset.number === chosen));
    const known = chosen ? fill(say.sayJoined, chosen) : "";
    document.getElementById("joined").textContent = known;
    document.getElementById("joined").hidden = !known;
  }

  function choose(key) {
    chosen = chosen === key ? "" : key;
    mark();
    keep();
  }

  matches.addEventListener("click", (event) => {
    const button = event.target.closest("[data-number]");
    if (button) choose(button.dataset.number);
  });

  // ------------------------------------------------------------------------------------------------- saving

  function moment() {
    if (!field.form_time.value) return Sync.clock().toISOString();
    return new Date(Date.parse(`${field.form_time.value}Z`) - (Sync.provisions()?.offset ?? 420) * 60000).toISOString();
  }

  async function entry() {
    const place = area(field.kelurahan.value);
    const where = [field.address.value.trim(), place ? "" : field.kelurahan.value.trim()].filter(Boolean).join(", ");
    const pinned = number("lat") !== null && number("lon") !== null;
    return {
      at: moment(), text: field.text.value.trim(), name: field.name.value.trim(), phone: field.phone.value.replace(/[^\d+]/g, ""),
      number: field.form_number.value.trim().toUpperCase().replace(/\s/g, ""), belongs_to: chosen,
      lat: pinned ? number("lat") : null, lon: pinned ? number("lon") : null, address: where, kelurahan: place?.code ?? "",
      category: field.category.value, anonim: field.anonim.checked, rahasia: field.rahasia.checked, role: field.role.value,
      files: await Promise.all(files.map(async ({ blob, ...file }) => ({ ...file, data: await encode(blob) }))),
      desk: Sync.provisions()?.account ?? "",
    };
  }

  let filing = false;
  async function save() {
    if (!field.text.value.trim() && !chosen) {
      if (!filing) tell(say.sayNoWords);
      field.text.focus();
      return;
    }
    const kept = { id: draft.id, fields: fields(), files, chosen };
    const picked = field.category.selectedOptions[0];
    // What must stay secret is not written on a slip that anybody may find.
    const kind = field.rahasia.checked || "sealed" in picked.dataset ? "" : picked.value ? picked.textContent : told.kind;
    const place = area(field.kelurahan.value)?.value ?? told.place;
    const made = entry();
    show({ id: crypto.randomUUID() });
    tell("");
    filing = true;
    try {
      await saving;
      const { entry: filed, held } = await Shelf.file(await made, kept.id);
      Paper.show(filed, held, { kind, place });
      await Promise.all([Sync.tell(), listDrafts()]);
      Sync.now();
      if (Paper.automatic()) Paper.print();
    } catch (error) {
      console.error(error);
      swap(kept);
      tell(say.sayNotKept);
    } finally { filing = false; }
  }

  // A refused entry comes back into the form as it was written down, with its own time and number.
  async function mend(row) {
    const one = row.entry, place = options.find((option) => option.code === one.kelurahan);
    const kept = { ...one, kelurahan: place?.value ?? "", form_number: one.id === one.number ? one.number : "", form_time: Paper.local(one.at).toISOString().slice(0, 16), lat: one.lat ?? "", lon: one.lon ?? "" };
    const again = one.files.map(({ data, ...file }) => ({ ...file, blob: new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))]) }));
    swap({ id: crypto.randomUUID(), fields: kept, files: again, chosen: one.belongs_to });
    form.querySelector("details.more").open = true;
    await keep();
    await Shelf.drop("queue", row.seq);
    await Promise.all([Sync.tell(), listDrafts()]);
  }

  // ------------------------------------------------------------------------------------------------- how it stands

  function stand(state) {
    const known = { offline: say.sayOffline, busy: say.sayBusy, "signed-out": say.saySignedOut }[state.net];
    net.textContent = known && state.waiting ? fill(known, state.waiting) : known ? say.sayAlone : fill(say.sayWell, state.numbers);
    if (!known && state.waiting) net.textContent = fill(say.saySending, state.waiting);
    net.className = `net ${known ? "away" : "well"}`;
    document.getElementById("sign-in").hidden = state.net !== "signed-out";
    refused.closest("section").hidden = !state.bad.length;
    refused.replaceChildren(...state.bad.map((row) => {
      const item = document.createElement("li"), button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button tiny", textContent: say.sayMend });
      button.addEventListener("click", () => mend(row));
      item.append(Object.assign(document.createElement("b"), { textContent: row.entry.number || row.entry.id }), ` ${row.reason} `, button);
      return item;
    }));
  }

  // ------------------------------------------------------------------------------------------------- map

  const pin = (() => {
    const box = document.getElementById("pin");
    if (!window.L) return null;
    let map = null, dot = null;
    function put(spot) {
      field.lat.value = spot.lat.toFixed(6);
      field.lon.value = spot.lng.toFixed(6);
      drawn();
      look();
      keep();
    }
    function drawn() {
      dot?.remove();
      dot = map && field.lat.value && field.lon.value ? point(number("lat"), number("lon"), "mendesak").addTo(map) : null;
    }
    box.closest("details").addEventListener("toggle", () => {
      if (map) return;
      map = bare(box);
      outlines(map, box.dataset.area).then((layer) => { if (layer) map.fitBounds(layer.getBounds(), { padding: [8, 8], animate: false }); drawn(); });
      map.on("click", (event) => put(event.latlng));
      box.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); put(map.getCenter()); } });
    });
    return { show: drawn };
  })();

  // ------------------------------------------------------------------------------------------------- keys

  function hide() {
    const on = document.body.classList.toggle("for-citizens");
    document.getElementById("hide").setAttribute("aria-pressed", String(on));
    sessionStorage.setItem("hide", on ? "1" : "");
    for (const words of matches.querySelectorAll(".staff-only")) words.remove();
    ask();
  }

  const KEYS = { F2: park, F4: hide, F7: () => Paper.print(), F8: () => { location.href = "/loket/cari"; }, F9: save };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); save(); return; }
    if (event.altKey && /^Digit[1-9]$/.test(event.code)) {
      const button = matches.querySelectorAll("[data-number]")[Number(event.code.slice(5)) - 1];
      event.preventDefault();
      if (button) choose(button.dataset.number);
      return;
    }
    const act = KEYS[event.key];
    if (!act || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  });

  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  form.addEventListener("input", () => { keepSoon(); look(); Paper.aside(); });
  addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
  document.getElementById("park").addEventListener("click", park);
  document.getElementById("hide").addEventListener("click", hide);
  document.getElementById("print").addEventListener("click", () => Paper.print());

  // ------------------------------------------------------------------------------------------------- start

  async function start() {
    await Sync.ready;
    const own = (await Shelf.all("drafts")).find((one) => one.id === sessionStorage.getItem("draft") && !one.parked);
    show(own ?? { id: crypto.randomUUID() });
    sessionStorage.setItem("draft", draft.id);
    if (sessionStorage.getItem("hide")) hide();
    await listDrafts();
    Sync.watch(stand);
    Sync.now();
    navigator.storage?.persist?.();
    navigator.serviceWorker?.register("/loket/pekerja.js", { scope: "/loket" }).catch(console.error);
    root.dataset.ready = "1";
  }

  start().catch((error) => { console.error(error); tell(say.sayNoStore); });
})();
