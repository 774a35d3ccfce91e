// Hands entries in, in their order, as soon as there is a network and somebody is signed in; keeps numbers in reserve.
"use strict";

const Sync = (() => {
  const BLOCK = 50, CHUNK = 20, CHUNK_BYTES = 2e6, EVERY = 15000, STALE = 600000;
  const listeners = [];
  const state = { net: "starting", waiting: 0, bad: [], numbers: 0 };
  let provisions = null, running = null, again = false, timer = 0;

  class Trouble extends Error {}

  // One request; every kind of failure has a name: offline, signed-out, busy, large, refused.
  async function ask(path, body, signal) {
    // Polling must not keep a session alive: `hx-request` says that nobody pressed a key.
    const headers = body === undefined ? { "hx-request": "true" } : { "content-type": "application/json", "x-csrf-token": provisions?.csrf ?? "" };
    const text = body === undefined ? undefined : JSON.stringify(body);
    // A dead line must not hold up the others for minutes; a slow one may take a second for each 20 kB.
    const late = AbortSignal.timeout(30000 + (text?.length ?? 0) / 20);
    let answer;
    try {
      answer = await fetch(path, { method: text === undefined ? "GET" : "POST", headers, body: text, redirect: "manual", cache: "no-store", signal: signal ? AbortSignal.any([signal, late]) : late });
    } catch (error) { throw error.name === "AbortError" ? error : new Trouble("offline"); }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.headers.has("hx-redirect")) throw new Trouble("signed-out");
    if (answer.status === 403) throw new Trouble("refused");
    if (answer.status === 413) throw new Trouble("large");
    if (!answer.ok) throw new Trouble("busy");
    return answer;
  }

  async function provide() {
    const fresh = await (await ask("/loket/bekal")).json();
    fresh.got = Date.now();
    fresh.skew = Date.parse(fresh.now) - fresh.got;
    provisions = fresh;
    await Shelf.keep("provisions", fresh);
  }

  // The token of an older session is refused once: fetch today's and try again.
  async function post(path, body, signal) {
    try {
      return await ask(path, body, signal);
    } catch (trouble) {
      if (trouble.message !== "refused") throw trouble;
      await provide();
      return ask(path, body, signal);
    }
  }

  function chunk(rows) {
    const picked = [];
    let size = 0;
    for (const row of rows) {
      size += row.entry.text.length + row.entry.files.reduce((sum, file) => sum + file.data.length, 0);
      if (picked.length && (size > CHUNK_BYTES || picked.length === CHUNK)) break;
      picked.push(row);
    }
    return picked;
  }

  async function handIn() {
    for (;;) {
      const rows = chunk((await Shelf.all("queue")).filter((row) => row.state !== "bad"));
      if (!rows.length) return;
      let answers;
      try {
        answers = await (await post("/loket/kirim", rows.map((row) => row.entry))).json();
      } catch (trouble) {
        if (trouble.message !== "large" || rows.length > 1) throw trouble;
        answers = [{ state: "bad", reason: document.getElementById("counter").dataset.sayLarge }];
      }
      for (const [at, row] of rows.entries()) {
        const answer = answers[at] ?? { state: "bad", reason: "?" };
        if (answer.state === "bad") await Shelf.put("queue", { ...row, state: "bad", reason: answer.reason });
        else await Shelf.drop("queue", row.seq);
      }
      await tell();
    }
  }

  async function refill() {
    const have = await Shelf.count("numbers");
    if (have >= BLOCK / 2) return;
    const answer = await post("/loket/nomor", { count: BLOCK - have, desk: await deskName() });
    await Shelf.stock((await answer.json()).map((one) => ({ ...one, at: Date.now() })));
  }

  async function deskName() {
    const known = await Shelf.fact("desk");
    if (known) return known;
    const made = crypto.randomUUID().slice(0, 6);
    await Shelf.keep("desk", made);
    return made;
  }

  async function tell() {
    const rows = await Shelf.all("queue");
    state.bad = rows.filter((row) => row.state === "bad");
    state.waiting = rows.length - state.bad.length;
    state.numbers = await Shelf.count("numbers");
    for (const listener of listeners) listener(state);
  }

  async function round() {
    clearTimeout(timer);
    try {
      if (state.net !== "ok" || Date.now() - provisions.got > STALE) await provide();
      await handIn();
      await refill();
      state.net = "ok";
    } catch (trouble) {
      const known = trouble instanceof Trouble;
      if (!known) console.error(trouble);
      state.net = !known ? "busy" : trouble.message === "refused" ? "signed-out" : trouble.message;
    } finally {
      await tell();
      timer = setTimeout(now, EVERY);
    }
  }

  // One round at a time, also with several windows; what is asked for meanwhile is done afterwards.
  function now() {
    if (running) { again = true; return running; }
    const once = navigator.locks ? navigator.locks.request("loket", round) : round();
    running = once.finally(() => {
      running = null;
      if (again) { again = false; now(); }
    });
    return running;
  }

  addEventListener("online", now);
  addEventListener("offline", () => { state.net = "offline"; tell(); });
  const ready = Shelf.fact("provisions").then((known) => { provisions = provisions ?? known ?? null; });

  return {
    ready, now, post, state, tell,
    watch: (listener) => { listeners.push(listener); },
    provisions: () => provisions,
    // The hub's time, also where the clock of this desk is wrong.
    clock: () => new Date(Date.now() + (provisions?.skew ?? 0)),
  };
})();
