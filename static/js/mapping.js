// The mapping of columns: a name, and how it is read, are asked for only where the column becomes one inside of something.
(() => {
  const settle = (select) => {
    for (const detail of select.closest("[data-column]").querySelectorAll("[data-detail]")) {
      detail.toggleAttribute("data-off", !select.value.endsWith("."));
    }
  };
  for (const select of document.querySelectorAll("[data-target]")) settle(select);
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-target]")) settle(event.target);
  });
})();
