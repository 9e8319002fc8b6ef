// Tabs by the ARIA pattern: arrows, Home and End move between them, and the one with the focus is shown. Without script
// every panel is there, one below the other.
for (const group of document.querySelectorAll("[data-tabs]")) {
  const list = group.querySelector("[role=tablist]");
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const choose = (chosen, focus) => {
    for (const tab of tabs) {
      const is = tab === chosen;
      tab.setAttribute("aria-selected", String(is));
      tab.tabIndex = is ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !is;
    }
    if (focus) chosen.focus();
  };
  const moves = { ArrowRight: 1, ArrowLeft: -1 };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) choose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(event.target);
    const to = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : moves[event.key] && (at + moves[event.key] + tabs.length) % tabs.length;
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    choose(tabs[to], true);
  });
  list.hidden = false;
  group.dataset.tabs = "on";
  choose(tabs[0]);
}
