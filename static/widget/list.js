// The checklist on the screen: swapped whole when it changed, while what its reader opened and where they are stays.
const checklistPanel = ({ act, go, more }) => {
  const FLOURISH = 600;
  const panel = document.getElementById("panel");
  const news = document.getElementById("checklist-news");

  const steps = "details[name]";
  const step = (key) => (key ? panel.querySelector(`[data-step="${CSS.escape(key)}"]`) : null);
  const keyOf = (element) => element?.closest("[data-step]")?.dataset.step ?? "";
  const openKey = () => keyOf(panel.querySelector(`${steps}[open]`));
  const name = (key) => step(key)?.querySelector("[data-name]").textContent ?? "";
  const done = () => new Set((panel.querySelector("#checklist")?.dataset.done ?? "").split(" ").filter(Boolean));
  const focusOn = (element) => (element ?? panel).focus({ preventScroll: true });

  // `asked`: its reader asked for it, so what the server opened is open.
  const show = (html, { asked = false } = {}) => {
    const before = done();
    const reading = openKey();
    const focused = panel.contains(document.activeElement) && document.activeElement !== panel && document.activeElement;
    const held = focused && { key: keyOf(focused), id: focused.id, link: focused.matches(".step-action") };
    panel.innerHTML = html;
    const ticked = [...done()].filter((key) => !before.has(key));
    if (!asked && reading && step(reading) && !ticked.includes(reading)) {
      for (const details of panel.querySelectorAll(steps)) details.open = keyOf(details) === reading;
    }
    if (held) {
      const there = (held.id && document.getElementById(held.id)) || (held.link && step(held.key)?.querySelector(".step-action"));
      const opened = asked && panel.querySelector(`${steps}[open] summary`);
      focusOn(there || opened || step(held.key)?.querySelector("summary"));
    }
    return ticked;
  };

  // Some of what was done may be out of sight.
  const celebrate = (keys, called, words) => {
    const summary = panel.querySelector("[data-summary]")?.textContent.trim() ?? "";
    const names = new Intl.ListFormat(words.lang, { type: "unit", style: "short" }).format(keys.map((key) => called[key]));
    const next = name(panel.querySelector("#checklist")?.dataset.open);
    const said = [words.news.replace("{names}", () => names), summary, next ? words.next.replace("{name}", () => next) : words.all_done];
    news.textContent = said.filter(Boolean).join(" ");
    for (const row of keys.map(step).filter(Boolean)) {
      row.classList.add("just-done");
      setTimeout(() => row.classList.remove("just-done"), FLOURISH);
    }
  };

  panel.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) act(button.dataset.act, keyOf(button), button.dataset.reason ?? "");
    const video = event.target.closest("[data-video]");
    // Where the piece cannot be loaded there is the link beside it.
    if (video) import("/widget/v1/player.js").then(({ play }) => play(video), () => video.nextElementSibling.focus());
    if (event.target.closest("#checklist-more")) {
      event.preventDefault();
      more();
    }
    const link = event.target.closest("a.step-action");
    if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      go(link.href, keyOf(link));
    }
  });
  return { show, celebrate, focus: () => focusOn(panel) };
};
