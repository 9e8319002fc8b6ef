// Fetches the charts that were not drawn yet when the page was made. Of each, only the size that is in sight; the
// numbers beside every chart are there in any case. A place keeps its data-chart until it has been dealt with.
(() => {
  const begun = new WeakSet();

  const drawing = async (address) => {
    const response = await fetch(address, { credentials: "same-origin" });
    if (!response.ok || !(response.headers.get("Content-Type") || "").startsWith("image/svg+xml")) return null;
    const drawn = new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
    return drawn.nodeName === "svg" ? document.importNode(drawn, true) : null;
  };
  const load = async (place) => {
    if (begun.has(place)) return;
    begun.add(place);
    try {
      const drawn = await drawing(place.dataset.chart);
      if (drawn) place.replaceChildren(drawn);
    } catch {
      // Offline or the session has ended: the table says the same.
    }
    delete place.dataset.chart;
  };
  const places = () => [...document.querySelectorAll("[data-chart]")];
  const loadVisible = () => places().filter((place) => place.getClientRects().length).forEach(load);

  loadVisible();
  new ResizeObserver(loadVisible).observe(document.body);
  document.addEventListener("htmx:after:swap", loadVisible);
  addEventListener("beforeprint", () => places().forEach(load));
  document.querySelector("[data-print]")?.addEventListener("click", () => print());
})();
