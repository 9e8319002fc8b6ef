// Fetches the charts that were not drawn yet when the page was made. Of each, only the size that is in sight; the
// numbers beside every chart are there in any case.
(() => {
  const load = async (place) => {
    const address = place.dataset.chart;
    delete place.dataset.chart;
    try {
      const response = await fetch(address, { credentials: "same-origin" });
      if (!response.ok || !(response.headers.get("Content-Type") || "").startsWith("image/svg+xml")) return;
      const drawn = new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
      if (drawn.nodeName === "svg") place.replaceChildren(document.importNode(drawn, true));
    } catch {
      // Offline or the session has ended: the table says the same.
    }
  };
  const places = () => [...document.querySelectorAll("[data-chart]")];
  const loadVisible = () => places().filter((place) => place.getClientRects().length).forEach(load);
  loadVisible();
  new ResizeObserver(loadVisible).observe(document.body);
  addEventListener("beforeprint", () => places().forEach(load));
  document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
})();
