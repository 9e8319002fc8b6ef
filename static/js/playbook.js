// The playbook's pages: proposed ranges go into their fields, and nobody loses what they wrote by leaving.
(() => {
  // data-fill: '{"low": 40, "high": 55}' goes into the fields of the button's form, by name
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    for (const [name, value] of Object.entries(JSON.parse(button.dataset.fill))) {
      const field = button.form.elements.namedItem(name);
      if (field) field.value = value;
    }
    button.form.elements.namedItem("why")?.focus();
  });

  // data-guard: a form that is asked about when it is left with changes. What is cancelled or saved leaves the page.
  const changed = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (form) changed.add(form);
  });
  document.addEventListener("submit", (event) => changed.delete(event.target));
  addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });

  // Ctrl or Cmd with Enter saves, as everywhere else where one writes
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest?.("form[data-guard]");
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  // A link to a remark or a message opens the disclosure around it
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const closed = target && target.closest("details:not([open])");
    if (closed) closed.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();
})();
