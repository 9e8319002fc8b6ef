// Discovery: typing weeks or a date chooses that kind of deadline; in a proposal, single keys decide about the step
// that holds the focus, arrows go from step to step, and focus never gets lost when a step leaves the list.
(() => {
  document.addEventListener("input", (event) => {
    const kind = event.target.dataset?.selects;
    if (!kind || !event.target.value) return;
    const choice = event.target.form.querySelector(`input[name="deadline"][value="${kind}"]`);
    if (choice && !choice.checked) choice.click();
  });

  // A questionnaire that was sent is not saved once more as a draft on its way out.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-questions]")) event.target.dataset.leaving = "";
  });
  document.addEventListener("htmx:before:request", (event) => {
    if (event.target.closest?.("[data-questions]")?.dataset.leaving !== undefined) event.preventDefault();
  });

  const plan = () => document.getElementById("plan");
  if (!plan()) return;
  const steps = () => [...plan().querySelectorAll("[data-step]")];
  const open = () => plan().querySelector("[popover]:popover-open");
  const typing = (element) => element.matches("input, textarea, select");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || open()) return;
    const step = event.target.closest?.("[data-step]");
    if (!step) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = steps();
      const next = all[all.indexOf(step) + (event.key === "ArrowDown" ? 1 : -1)];
      if (!next) return;
      event.preventDefault();
      next.querySelector("[data-key]")?.focus();
      next.scrollIntoView({ block: "nearest" });
      return;
    }
    const button = step.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!button || event.repeat) return;
    event.preventDefault();
    button.click();
  });

  // A reason is kept as soon as its field is left.
  document.addEventListener("change", (event) => {
    const act = event.target.dataset?.explains;
    if (act) event.target.closest("form").querySelector(`button[value="${CSS.escape(act)}"]`)?.click();
  });

  let place = 0; // which step held the focus before a swap
  let held = false;
  document.addEventListener("htmx:before:swap", () => {
    held = plan()?.contains(document.activeElement) ?? false;
    place = steps().findIndex((step) => step.contains(document.activeElement));
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!plan()) return;
    const lost = document.activeElement === document.body || !document.activeElement?.getClientRects().length;
    if (!held || !lost) return;
    const next = steps()[Math.min(Math.max(place, 0), steps().length - 1)];
    (next?.querySelector("[data-key]") ?? document.getElementById("undo"))?.focus({ preventScroll: true });
  });
})();
