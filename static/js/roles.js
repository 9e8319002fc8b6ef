// The order of roles: by dragging, and by arrow keys on the handle. The buttons beside them work without this script.
(() => {
  const form = () => document.getElementById("roles");
  const keys = () => [...form().querySelectorAll("[data-key]")].map((role) => role.dataset.key);

  const tell = () => {
    const said = form()?.dataset.news;
    if (!said) return;
    document.getElementById("roles-news").textContent = said;
    delete form().dataset.news;
  };

  // The server has the last word: it answers with the list.
  const save = async (moved) => {
    const values = { order: keys().join(" "), moved };
    await htmx.ajax("POST", form().dataset.orderUrl, { target: "#roles", swap: "outerMorph", values });
  };

  document.addEventListener("keydown", async (event) => {
    const grip = event.target.closest?.("[data-grip]");
    if (!grip || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const role = grip.closest("[data-key]");
    const other = event.key === "ArrowUp" ? role.previousElementSibling : role.nextElementSibling;
    if (!other) return;
    if (event.key === "ArrowUp") other.before(role);
    else other.after(role);
    grip.focus();
    await save(role.dataset.key);
    document.querySelector(`#role-${CSS.escape(role.dataset.key)} [data-grip]`)?.focus();
  });

  const sortable = () => {
    const list = document.querySelector("[data-roles]");
    if (!list || !window.Sortable || Sortable.get(list)) return;
    Sortable.create(list, {
      handle: "[data-grip]",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onEnd: (event) => event.oldIndex !== event.newIndex && save(event.item.dataset.key),
    });
  };

  sortable();
  document.addEventListener("htmx:after:swap", () => {
    tell();
    sortable();
  });
})();
