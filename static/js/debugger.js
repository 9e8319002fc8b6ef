// The list of messages keeps itself up to date: it asks every two seconds while it can be seen, and not while the
// reader has a message open, has scrolled down or said "Pause". The server answers 304 as long as nothing changed.
(() => {
  const list = () => document.getElementById("events");
  if (!list()) return;
  const state = document.getElementById("events-state");
  const button = document.getElementById("events-pause");
  const words = state.dataset; // in the page's language
  const news = document.getElementById("events-news");
  const EVERY = 2000;
  const SLOWEST = 30000;
  const SPOKEN_EVERY = 5000; // milliseconds between two announcements
  const TOP = 240; // pixels; further down the reader is reading
  let timer;
  let failures = 0;
  let paused = false;
  let unspoken = 0;
  let spokenAt = 0;

  const live = () => list()?.hasAttribute("data-poll");
  const open = () => list()?.querySelector("details[open]");
  const why = () => {
    if (paused) return words.paused;
    if (open()) return words.open;
    if (scrollY > TOP) return words.down;
    return "";
  };
  const show = () => {
    const reason = why();
    const offline = !reason && failures > 1;
    const text = reason || (offline ? words.offline : words.live);
    if (state.textContent !== text) state.textContent = text;
    state.dataset.state = reason ? "paused" : offline ? "offline" : "live";
  };
  const look = () => {
    if (live() && !why()) list().dispatchEvent(new CustomEvent("look"));
  };
  const wait = (milliseconds) => {
    clearTimeout(timer);
    show();
    if (live() && !why() && document.visibilityState === "visible") timer = setTimeout(look, milliseconds);
  };

  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", String(paused));
    wait(0);
  });
  document.addEventListener("visibilitychange", () => wait(0));
  addEventListener("online", () => wait(0));
  let scrolled = false;
  addEventListener("scroll", () => {
    if (scrolled === scrollY > TOP) return;
    scrolled = !scrolled;
    wait(0);
  }, { passive: true });

  // A row's inside is fetched when it is opened. "toggle" does not bubble, so it is caught on its way down.
  document.addEventListener("toggle", (event) => {
    if (!list()?.contains(event.target)) return;
    const body = event.target.querySelector(":scope > .entry-body");
    if (event.target.open && body?.querySelector(".entry-later")) body.dispatchEvent(new CustomEvent("fetch"));
    wait(EVERY);
  }, true);

  const speak = () => {
    if (!unspoken || performance.now() - spokenAt < SPOKEN_EVERY) return;
    news.textContent = unspoken === 1 ? news.dataset.one : news.dataset.many.replace("{n}", unspoken);
    spokenAt = performance.now();
    unspoken = 0;
  };

  const names = () => new Set([...list().querySelectorAll("[data-entry]")].map((row) => row.dataset.entry));
  let before = names();
  document.addEventListener("htmx:after:swap", (event) => {
    if (!list() || list().contains(event.detail.ctx?.sourceElement?.closest?.(".entry-body"))) return;
    const now = names();
    const fresh = [...now].filter((name) => !before.has(name));
    for (const name of fresh) {
      const row = list().querySelector(`[data-entry="${CSS.escape(name)}"]`);
      row.classList.add("fresh");
      setTimeout(() => row.classList.remove("fresh"), 1500);
    }
    unspoken += fresh.length;
    before = now;
    speak();
  });
  document.addEventListener("htmx:finally:request", (event) => {
    if (event.detail.ctx.sourceElement !== list()) return;
    const status = event.detail.ctx.response?.status;
    if (status === 401 || status === 403 || status === 404) return; // asking again is no use
    failures = status && status < 400 ? 0 : failures + 1;
    speak();
    wait(Math.min(EVERY * 2 ** failures, SLOWEST));
  });
  wait(EVERY);
})();
