// A chosen template goes into the field it is for, behind what is written there already.
"use strict";

for (const choice of document.querySelectorAll("select[data-fills]")) {
  const button = choice.form?.querySelector("button");
  if (button) button.hidden = true;
  choice.addEventListener("change", () => {
    const field = document.getElementById(choice.dataset.fills);
    const text = choice.selectedOptions[0]?.dataset.text;
    if (!field || !text) return;
    field.value = [field.value.trim(), text].filter(Boolean).join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}
