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
  addEventListener("online", () => wait(0));

  document.addEventListener("htmx:finally:request", (event) => {
    if (event.detail.ctx.sourceElement !== list() && !list()?.contains(event.detail.ctx.sourceElement)) return;
    const status = event.detail.ctx.response?.status;
    if (status === 404 || status === 410) return; // the link is no longer valid: asking again is no use
    failures = status && status < 400 ? 0 : failures + 1;
    if (offline) offline.hidden = failures < 2;
    wait(Math.min(EVERY * 2 ** failures, SLOWEST));
  });

  const find = (key) => (key ? list().querySelector(`[data-step="${CSS.escape(key)}"]`) : null);
  const done = () => new Set((list().dataset.done ?? "").split(" ").filter(Boolean));
  let before = done();
  let asked = false; // the reader asked for another view: it is not a poll's answer that is swapped in
  let held; // the step that holds the focus before a swap; its button may be gone after

  document.addEventListener("htmx:before:swap", (event) => {
    asked = event.detail.ctx.sourceElement !== list();
    held = list()?.contains(document.activeElement) && document.activeElement.closest("[data-step]")?.dataset.step;
  });

  document.addEventListener("htmx:after:swap", () => {
    if (!list()) return;
    const now = done();
    const ticked = [...now].filter((key) => !before.has(key));
    // Which step is open is the reader's affair, until that step is done or they ask for another.
    const open = list().querySelector("details[name][open]")?.closest("[data-step]").dataset.step;
    if (asked || ticked.includes(open) || (!open && ticked.length)) {
      const next = find(list().dataset.open)?.querySelector("details");
      for (const details of list().querySelectorAll("details[open]")) details.open = details === next; // choosers close
      if (next) next.open = true;
    }
    if (document.activeElement === document.body) {
      const there = find(held)?.querySelector("summary") ?? (asked ? list().querySelector(".step-action, summary") : null);
      there?.focus({ preventScroll: true });
    }
    for (const step of ticked.map(find).filter(Boolean)) {
      step.classList.add("just-done");
      setTimeout(() => step.classList.remove("just-done"), 600);
    }
    if (ticked.length) {
      const names = ticked.map((key) => find(key)?.querySelector("[data-name]").textContent).filter(Boolean);
      const summary = list().querySelector("[data-summary]").textContent.trim();
      const several = new Intl.ListFormat(list().lang || "en", { type: "unit", style: "short" }).format(names);
      const words = list().dataset.news.replace("{names}", () => several);
      news.textContent = names.length ? `${words} ${summary}` : summary;
    }
    before = now;
    wait(EVERY); // what had ceased to ask may be unfinished again
  });

  // A question is closed by Escape, and by nothing else than an answer.
  document.addEventListener("keydown", (event) => {
    const chooser = event.key === "Escape" && event.target.closest?.("#checklist details:not([name])[open]");
    if (!chooser) return;
    chooser.open = false;
    chooser.querySelector("summary").focus();
  });

  wait(EVERY);
})();
