// News of the list: one tab of this browser holds the event stream and tells the others. Nothing is open while no tab
// is looked at, and nothing in the list moves before somebody asks for it.
"use strict";

{
  const live = document.getElementById("live");
  const texts = live.dataset;
  const unit = texts.unit;
  const news = document.getElementById("news");
  const show = document.getElementById("show-new");
  const lost = document.getElementById("lost");
  const alarms = document.getElementById("alarms");
  const spell = new Intl.NumberFormat(texts.locale);
  const fill = (text, name, value) => text.replace(`{${name}}`, value);

  // ------------------------------------------------------------------------------------------------ what is shown
  const fresh = new Set();
  const changed = new Set();
  const alarmed = new Set();
  const title = document.title;
  let counts = {};
  let base = null;

  function readCounts() {
    const found = {};
    for (const place of document.querySelectorAll("[data-count]")) found[place.dataset.count] = Number(place.dataset.value);
    return found;
  }

  function showCounts(now) {
    for (const [lane, count] of Object.entries(now)) {
      const place = document.querySelector(`[data-count="${CSS.escape(lane)}"]`);
      if (!place || Number(place.dataset.value) === count) continue;
      place.textContent = spell.format(count);
      place.dataset.value = count;
      place.closest(".lane").classList.toggle("none", count === 0);
    }
    counts = { ...counts, ...now };
  }

  // A report that belongs to this lane by what the stream tells; other lanes are judged by their count alone.
  function isNew([number, , urgency, unopened]) {
    if (!unopened || document.getElementById(`r-${number}`)) return false;
    const lane = texts.showing;
    return lane === "semua" || lane === "baru" || (lane === "darurat" && urgency === "darurat");
  }

  function isChanged([number, version]) {
    const row = document.getElementById(`r-${number}`);
    return Boolean(row) && Number(row.dataset.version) < version;
  }

  function say() {
    const lane = texts.showing;
    const grown = base && counts[lane] !== undefined ? counts[lane] - base[lane] : 0;
    const many = Math.max(fresh.size, grown);
    const parts = [];
    if (many > 0) parts.push(fill(texts.new, "n", spell.format(many)));
    if (changed.size) parts.push(fill(texts.changed, "n", spell.format(changed.size)));
    if (!parts.length && grown < 0) parts.push(texts.moved);
    const text = parts.join(" · ");
    if (news.textContent !== text) news.textContent = text;
    show.hidden = !text;
    document.title = many > 0 ? `(${spell.format(many)}) ${title}` : title;
  }

  function sound() {
    if (localStorage.getItem("sound") !== "on") return;
    const box = new AudioContext();
    const tone = box.createOscillator();
    const loud = box.createGain();
    loud.gain.setValueAtTime(0.2, box.currentTime);
    loud.gain.exponentialRampToValueAtTime(0.001, box.currentTime + 0.6);
    tone.frequency.value = 660;
    tone.connect(loud).connect(box.destination);
    tone.start();
    tone.stop(box.currentTime + 0.6);
  }

  function alarm([number, , urgency, unopened]) {
    if (urgency !== "darurat" || !unopened || alarmed.has(number) || document.getElementById(`r-${number}`)) return;
    alarmed.add(number);
    const made = document.getElementById("alarm").content.cloneNode(true);
    made.querySelector("a").href += number;
    made.querySelector("span").textContent = fill(texts.alarm, "number", number);
    made.querySelector("button").addEventListener("click", (event) => event.target.closest(".alarm").remove());
    alarms.append(made);
    while (alarms.children.length > 3) alarms.firstElementChild.remove();
    try { sound(); } catch { /* no sound then: the words stand there */ }
  }

  function take(told) {
    if (told.unit !== unit) return;
    base ??= readCounts();
    for (const row of told.rows) {
      alarm(row);
      if (isNew(row)) fresh.add(row[0]);
      else if (isChanged(row)) { changed.add(row[0]); document.getElementById(`r-${row[0]}`).classList.add("changed"); }
    }
    showCounts(told.counts);
    say();
  }

  // After the list was loaded anew it is up to date.
  document.addEventListener("htmx:after:swap", () => {
    fresh.clear();
    changed.clear();
    base = { ...readCounts(), ...counts };
    say();
    lost.hidden = true;
  });
  for (const name of ["htmx:error", "htmx:response:error"]) {
    document.addEventListener(name, () => { lost.textContent = texts.failed; lost.hidden = false; });
  }

  // --------------------------------------------------------------------------------------------------- the stream
  const wire = "BroadcastChannel" in window ? new BroadcastChannel("aduan-antrean") : null;
  const units = new Set([unit]);
  let last = texts.since;
  let source = null;
  let release = null;
  let asking = null;
  let away = 0;
  let tries = 0;
  let over = false;

  function tell(kind, body = {}) {
    hear({ kind, ...body });
    wire?.postMessage({ kind, ...body });
  }

  function hear(message) {
    if (message.kind === "news") { last = message.last; take(message.told); }
    if (message.kind === "anew") { news.textContent = texts.moved; show.hidden = false; }
    if (message.kind === "state") state(message.since);
    if (message.kind === "over") { over = true; stop(); lost.textContent = texts.over; lost.hidden = false; }
    if (message.kind === "who" && !document.hidden) wire?.postMessage({ kind: "unit", unit });
    if (message.kind === "unit" && source && !units.has(message.unit)) { units.add(message.unit); open(); }
  }

  function state(since) {
    if (over) return;
    lost.hidden = !since;
    if (!since) return;
    const time = new Intl.DateTimeFormat(texts.locale, { hour: "2-digit", minute: "2-digit" }).format(since);
    lost.textContent = fill(texts.lost, "time", time);
  }

  function open() {
    source?.close();
    const asked = new URLSearchParams([...units].map((one) => ["antrean", one]));
    asked.append("sejak", last);
    source = new EventSource(`/arus?${asked}`);
    source.onopen = () => { tries = 0; if (away) tell("state", { since: 0 }); away = 0; };
    source.addEventListener("antrean", (event) => tell("news", { told: JSON.parse(event.data), last: event.lastEventId }));
    source.addEventListener("ulang", () => tell("anew"));
    source.addEventListener("akhir", () => tell("over"));
    source.addEventListener("penuh", () => { source?.close(); source = null; }); // newer windows of this browser listen
    source.onerror = () => {
      away ||= Date.now();
      tell("state", { since: away });
      // The browser tries again by itself, unless the answer was no stream: a session that ended, a hub that is busy.
      if (source?.readyState === EventSource.CLOSED) refused();
    };
  }

  function refused() {
    source = null;
    tries += 1;
    fetch("/arus", { redirect: "manual" })
      .then((answer) => { if (answer.type === "opaqueredirect" || answer.status === 401) tell("over"); })
      .catch(() => { /* no connection: the next try tells */ });
    setTimeout(() => { if (!over && !document.hidden && !source) open(); }, Math.min(60, 3 * 2 ** tries) * 1000);
  }

  function start() {
    if (over || release || asking) return;
    wire?.postMessage({ kind: "unit", unit });
    if (!navigator.locks || !wire) { open(); return; }
    asking = new AbortController();
    navigator.locks.request("aduan-arus", { signal: asking.signal }, () => new Promise((done) => {
      release = done;
      wire.postMessage({ kind: "who" });
      open();
    })).catch(() => { /* hidden before it was this tab's turn */ }).finally(() => { asking = null; });
  }

  function stop() {
    asking?.abort();
    asking = null;
    release?.();
    release = null;
    source?.close();
    source = null;
  }

  wire?.addEventListener("message", (event) => hear(event.data));
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => { if (event.persisted && !document.hidden) start(); });
  if (!document.hidden) start();

  // ---------------------------------------------------------------------------------------------------- the sound
  const bell = document.getElementById("sound");
  const loud = () => { try { return localStorage.getItem("sound") === "on"; } catch { return false; } };
  bell?.setAttribute("aria-pressed", String(loud()));
  bell?.addEventListener("click", () => {
    try { localStorage.setItem("sound", loud() ? "off" : "on"); } catch { /* not remembered then */ }
    bell.setAttribute("aria-pressed", String(loud()));
    if (loud()) sound();
  });
}
