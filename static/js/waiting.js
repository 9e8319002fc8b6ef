// Something that a worker carries out (a rehearsal, an import): asks how far it has come while it can be seen, and
// never while hidden. The server answers 304 as long as nothing changed.
(() => {
  const EVERY = Number(document.querySelector("[data-poll][data-every]")?.dataset.every ?? 1000);
  const SLOWEST = 15000;
  let timer;
  let failures = 0;

  const waiting = () => document.querySelector("[data-poll][hx-trigger=look]");
  const look = () => waiting()?.dispatchEvent(new CustomEvent("look"));
  const wait = (milliseconds) => {
    clearTimeout(timer);
    if (waiting() && document.visibilityState === "visible") timer = setTimeout(look, milliseconds);
  };
  document.addEventListener("visibilitychange", () => wait(0));
  addEventListener("online", () => wait(0));
  document.addEventListener("htmx:after:swap", () => wait(EVERY));
  document.addEventListener("htmx:finally:request", (event) => {
    if (event.detail.ctx.sourceElement !== waiting()) return;
    const status = event.detail.ctx.response?.status;
    if (status === 403 || status === 404) return; // asking again is no use
    failures = status && status < 400 ? 0 : failures + 1;
    wait(Math.min(EVERY * 2 ** failures, SLOWEST));
  });
  wait(EVERY);
})();
