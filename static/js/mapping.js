// The mapping of columns: a name is asked for only where the column becomes a name inside of something.
(() => {
  const settle = (select) => {
    const name = select.closest("[data-column]").querySelector("[data-name]");
    name.toggleAttribute("data-off", !select.value.endsWith("."));
  };
  for (const select of document.querySelectorAll("[data-target]")) settle(select);
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-target]")) settle(event.target);
  });
})();
