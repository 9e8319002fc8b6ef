// The places of the adoption page's cards: one whose card could not be fetched says so, and fetches again when asked.
(() => {
  const failed = (event) => {
    const place = event.detail.ctx?.sourceElement;
    if (!place?.hasAttribute?.("data-section")) return;
    place.querySelector("[data-failed]").hidden = false;
    const link = place.querySelector("[data-again]");
    link.textContent = link.dataset.words;
  };
  document.addEventListener("htmx:response:error", failed);
  document.addEventListener("htmx:error", failed);
  document.addEventListener("click", (event) => {
    const again = event.target.closest("[data-section] [data-again]");
    const place = again?.closest("[data-section]");
    if (!place || place.querySelector("[data-failed]").hidden) return; // a plain link until fetching has failed
    event.preventDefault();
    place.dispatchEvent(new CustomEvent("again"));
  });
})();
