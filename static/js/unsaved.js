// A form marked data-unsaved asks before its page is left with changes that nobody has saved.
(() => {
  const form = document.querySelector("form[data-unsaved]");
  if (!form) return;
  let changed = Boolean(document.querySelector("[role=alert]"));
  for (const happening of ["input", "change"]) form.addEventListener(happening, () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
})();
