// A person's checklist keeps itself up to date: it asks every second while it can be seen and never while hidden.
// The server answers 304 as long as nothing changed; htmx morphs the list in place, so focus stays where it is.
(() => {
  const list = () => document.getElementById("checklist");
  if (!list()) return;
  const news = document.getElementById("checklist-news");
  const offline = document.getElementById("checklist-offline");
  const EVERY = 1000;
  const SLOWEST = 30000;
  let timer;
  let failures = 0;

  const look = () => list()?.dispatchEvent(new CustomEvent("look"));
  const wait = (milliseconds) => {
    clearTimeout(timer);
    const wanted = list()?.hasAttribute("data-poll");
    if (wanted && document.visibilityState === "visible") timer = setTimeout(look, milliseconds);
  };
  document.addEventListener("visibilitychange", () => wait(0));

  document.addEventListener("htmx:finally:request", (event) => {
    if (event.detail.ctx.sourceElement !== list() && !list()?.contains(event.detail.ctx.sourceElement)) return;
    const status = event.detail.ctx.response?.status;
    if (status === 404 || status === 410) return; // the link is no longer valid: asking again is no use
    failures = status && status < 400 ? 0 : failures + 1;
    if (offline) offline.hidden = failures < 3;
    wait(Math.min(EVERY * 2 ** failures, SLOWEST));
  });

  const done = () => new Set([...list().querySelectorAll('[data-state="done"]')].map((step) => step.dataset.step));
  let before = done();
  let wish = list().dataset.open;

  document.addEventListener("htmx:after:swap", () => {
    if (!list()) return;
    const now = done();
    const ticked = [...now].filter((key) => !before.has(key));
    // Which step is open is the reader's affair, until a step is done or they ask for another one.
    if (ticked.length || list().dataset.open !== wish) {
      for (const step of list().querySelectorAll("details[open]")) {
        if (step.contains(document.activeElement)) step.querySelector("summary").focus({ preventScroll: true });
        step.open = false;
      }
      const next = list().querySelector(`[data-step="${CSS.escape(list().dataset.open)}"] details`);
      if (next) next.open = true;
    }
    for (const key of ticked) {
      const step = list().querySelector(`[data-step="${CSS.escape(key)}"]`);
      step.classList.add("just-done");
      setTimeout(() => step.classList.remove("just-done"), 600);
    }
    if (ticked.length) {
      const names = ticked.map((key) => list().querySelector(`[data-step="${CSS.escape(key)}"] [data-name]`).textContent);
      news.textContent = `Done: ${names.join(", ")}. ${list().querySelector("[data-summary]").textContent.trim()}`;
    }
    before = now;
    wish = list().dataset.open;
  });

  wait(EVERY);
})();
