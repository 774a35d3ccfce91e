// Says once a minute, while the page is looked at, that it is open; shows who else has it open. Keeps no session alive.
"use strict";

const MINUTE = 60_000;

async function tell(shown) {
  if (document.visibilityState !== "visible") return;
  const token = document.querySelector('input[name="csrf"]')?.value ?? "";
  try {
    const answer = await fetch(shown.dataset.looks, {
      method: "POST",
      headers: { "X-CSRF-Token": token, "HX-Request": "true" },
      redirect: "error",
    });
    const text = answer.ok ? (await answer.text()).trim() : "";
    if (answer.ok && text !== shown.innerHTML.trim()) shown.innerHTML = text;
  } catch { /* the network is away: the next minute tells */ }
}

for (const shown of document.querySelectorAll("[data-looks]")) {
  tell(shown);
  setInterval(() => tell(shown), MINUTE);
  document.addEventListener("visibilitychange", () => tell(shown));
}
