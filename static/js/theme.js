// The remembered theme is applied before the first paint, so this file is loaded without defer.
// "system" is the absence of a choice: the stylesheet then follows prefers-color-scheme.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";

  const remembered = () => {
    try {
      const theme = localStorage.getItem("firstmile.theme");
      return theme === "light" || theme === "dark" ? theme : "system";
    } catch {
      return "system"; // storage may be forbidden
    }
  };

  const show = (theme) => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
    }
  };

  show(remembered());
  document.addEventListener("DOMContentLoaded", () => show(remembered()));
  addEventListener("storage", (event) => event.key === "firstmile.theme" && show(remembered()));
  document.addEventListener("click", (event) => {
    const theme = event.target.closest("[data-theme-choice]")?.dataset.themeChoice;
    if (!theme) return;
    try {
      if (theme === "system") localStorage.removeItem("firstmile.theme");
      else localStorage.setItem("firstmile.theme", theme);
    } catch {
      // shown for this page only
    }
    show(theme);
  });
})();
