// Lets the desk's page open without a network. CACHE and ASSETS stand above, written by the hub.
/* global CACHE, ASSETS */
"use strict";

const PAGE = "/loket", PATIENCE = 4000;

async function keepPage(cache) {
  const answer = await fetch(PAGE, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
  if (answer?.ok && !answer.redirected) await cache.put(PAGE, answer);
}

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(CACHE).then(async (cache) => { await cache.addAll(ASSETS); await keepPage(cache); }));
});

addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("loket-") && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => clients.claim()));
});

// The page itself: from the hub where it answers in time, else as it was last seen. A way to the login is passed on.
async function page(request) {
  const cache = await caches.open(CACHE);
  try {
    const late = new Promise((_, reject) => { setTimeout(() => reject(new Error("late")), PATIENCE); });
    const answer = await Promise.race([fetch(request), late]);
    if (answer.ok && !answer.redirected && answer.type === "basic") await cache.put(PAGE, answer.clone());
    return answer.status >= 500 ? (await cache.match(PAGE)) ?? answer : answer;
  } catch (error) {
    const kept = await cache.match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

async function asset(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") { if (url.pathname === PAGE) event.respondWith(page(request)); return; }
  if (url.pathname.startsWith("/static/") || url.pathname.startsWith("/api/v1/wilayah/")) event.respondWith(asset(request));
});
