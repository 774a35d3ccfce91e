// Nothing typed is lost: forms with `data-draft` are kept in this browser, by account and report, until they arrived.
// Before a form goes out the server is asked whether it is there and whose session this is. Where it is not, the page
// says so and sends once by itself when it can; the form's own random key makes a second arrival do nothing.
"use strict";

{
  const lost = document.getElementById("lost");
  const { account, report } = lost.dataset;
  const PREFIX = `draft:${account}:`;
  const OLD = 30 * 24 * 3600 * 1000;
  const STAMPS = ["version", "seen", "kunci", "was_status", "lanjut", "dari"];
  const forms = [...document.querySelectorAll("form[data-draft]")];
  let sending = null; // {form, submitter}: what is on its way, or waits for a way
  let retry = 0;
  let patience = 3000;

  // ------------------------------------------------------------------------------------------------------- the keeper

  const nameOf = (form) => `${PREFIX}${report}:${form.id}`;
  const read = (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
  const write = (name, draft) => { try { localStorage.setItem(name, JSON.stringify(draft)); } catch { /* storage is off or full: the page still holds it */ } };
  const drop = (name) => { try { localStorage.removeItem(name); } catch { /* storage is off */ } };
  const names = () => { try { return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)); } catch { return []; } };
  const typed = (form) => [...form.elements].filter((field) => field.matches("textarea, input[type=text], input:not([type]), select, input[type=radio]:checked") && field.name);
  const hasWords = (form) => typed(form).some((field) => field.matches("textarea, input") && field.type !== "radio" && field.value.trim());

  function keep(form, pressed = null) {
    if (!pressed && !hasWords(form)) return drop(nameOf(form));
    const fields = Object.fromEntries(typed(form).map((field) => [field.name, field.value]));
    const stamps = Object.fromEntries(STAMPS.filter((name) => form.elements[name]).map((name) => [name, form.elements[name].value]));
    const files = [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length);
    write(nameOf(form), { fields, stamps, files, pressed, at: Date.now() });
  }

  function fill(form, fields) {
    for (const [name, value] of Object.entries(fields)) {
      const field = form.elements[name];
      if (!field) continue;
      if (field instanceof RadioNodeList || field.tagName === "SELECT" || field.type === "hidden") field.value = value;
      else if (!field.value) field.value = value;
    }
    form.dispatchEvent(new CustomEvent("drafts:restored", { bubbles: true }));
  }

  // What the server has told of by its cookie has arrived. A note among colleagues leaves the other words where they are.
  function forgetArrived() {
    const arrived = document.cookie.match(/(?:^|; )aduan_terkirim=([\w-]+)/)?.[1];
    if (!arrived) return;
    document.cookie = "aduan_terkirim=; path=/; max-age=0; samesite=lax";
    for (const name of names()) {
      const draft = read(name);
      if (draft?.stamps?.kunci !== arrived) continue;
      drop(name);
      const rest = { ...draft.fields, note_internal: "" };
      if (draft.pressed?.value === "internal" && rest.note) write(name, { ...draft, fields: rest, stamps: {}, pressed: null });
    }
  }

  // --------------------------------------------------------------------------------------------------------- the words

  function say(what, ...more) {
    const said = [what, ...more].filter(Boolean);
    for (const line of lost.querySelectorAll("[data-say]")) line.hidden = !said.includes(line.dataset.say);
    lost.hidden = !said.length;
  }

  // -------------------------------------------------------------------------------------------------------- the sender

  async function ask() {
    try {
      const answer = await fetch(lost.dataset.alive, { cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (answer.redirected) return "signed-out";
      if (answer.status === 404) return ""; // out of sight by now: the server will say it better
      if (!answer.ok) return "offline";
      const { name, csrf } = await answer.json();
      if (name !== account) return "other";
      for (const field of document.querySelectorAll("input[name=csrf]")) field.value = csrf;
      return "";
    } catch {
      return "offline";
    }
  }

  async function send() {
    clearTimeout(retry);
    if (!sending || sending.asking) return;
    sending.asking = true;
    const trouble = await ask();
    sending.asking = false;
    const { form, submitter } = sending;
    if (trouble) {
      say(trouble);
      retry = setTimeout(send, trouble === "offline" ? patience : 15000);
      patience = Math.min(patience * 2, 30000);
      return;
    }
    form.dataset.asked = "1";
    form.requestSubmit(submitter?.isConnected ? submitter : undefined);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !forms.includes(form) || event.submitter?.hasAttribute("formaction")) return;
    if (form.dataset.asked) { delete form.dataset.asked; return; } // the server is there: it goes out as forms do
    event.preventDefault();
    if (sending && sending.form !== form) return;
    const pressed = event.submitter;
    keep(form, { name: pressed?.name ?? "", value: pressed?.value ?? "" });
    sending = { form, submitter: pressed };
    send();
  });

  for (const cause of ["online", "focus"]) window.addEventListener(cause, () => { patience = 3000; send(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) sending = null; });

  // ------------------------------------------------------------------------------------------------------ the beginning

  forgetArrived();
  for (const name of names()) if (Date.now() - (read(name)?.at ?? 0) > OLD) drop(name);

  for (const form of forms) {
    const mark = document.createElement("input");
    Object.assign(mark, { type: "hidden", name: "draf", value: "1" });
    form.append(mark);
    form.addEventListener("input", () => { if (sending?.form !== form) keep(form); });
    form.addEventListener("change", () => { if (sending?.form !== form) keep(form); });

    const draft = read(nameOf(form));
    if (!draft) continue;
    if (form.dataset.refused !== undefined) { keep(form); continue; } // the server has answered: its page holds the words
    const { status, ...words } = draft.fields;
    fill(form, draft.stamps?.was_status === form.elements.was_status?.value && status ? draft.fields : words);
    form.closest("details")?.setAttribute("open", "");
    if (draft.pressed && draft.stamps.kunci && !draft.files) {
      fill(form, { ...draft.stamps, ...draft.fields });
      const { name, value } = draft.pressed;
      say("sending");
      sending = { form, submitter: name ? form.querySelector(`button[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`) : null };
      send();
    } else {
      say("restored", draft.files && "photos");
    }
  }

  lost.querySelector("[data-forget]").addEventListener("click", () => {
    for (const form of forms) { drop(nameOf(form)); form.reset(); form.dispatchEvent(new CustomEvent("drafts:restored")); }
    say();
  });
}
