// The criterion editor. Its buttons and choices have the server draw it anew (htmx); here it tells the form around it
// that something changed, as any field would, and keeps "1 time, 2 times" right while somebody types.
(() => {
  document.addEventListener("htmx:after:settle", (event) => {
    if (event.target.matches?.("[data-criterion]")) event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("input", (event) => {
    const words = event.target.closest?.("[data-criterion]") && event.target.nextElementSibling;
    if (words?.matches("[data-times]")) words.textContent = event.target.value.trim() === "1" ? "time" : "times";
  });
})();
