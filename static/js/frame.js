// The frame's behaviour: the mobile navigation, menus that close, toasts, and what failed htmx requests say.
(() => {
  // Navigation on narrow screens
  const toggle = document.querySelector("[data-nav-toggle]");
  const navigation = toggle && document.getElementById(toggle.getAttribute("aria-controls"));
  const openNavigation = (open) => {
    toggle.setAttribute("aria-expanded", String(open));
    navigation.toggleAttribute("data-open", open);
  };
  toggle?.addEventListener("click", () => openNavigation(toggle.getAttribute("aria-expanded") !== "true"));

  // Menus are <details>: close on Escape (focus goes back to the button) and on a click elsewhere
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (navigation?.hasAttribute("data-open") && document.querySelector(".side")?.contains(event.target)) {
      openNavigation(false);
      toggle.focus();
    }
  });

  // Toasts
  const region = document.getElementById("toasts");
  const say = (text) => {
    const toast = document.getElementById("toast-of-an-error").content.firstElementChild.cloneNode(true);
    toast.querySelector("p").textContent = text;
    region.append(toast);
  };
  region?.addEventListener("click", (event) => event.target.closest("[data-close]")?.closest(".toast").remove());

  // In the reader's language, from components/toasts.html
  const words = document.getElementById("words-of-the-frame")?.content;
  const saying = (what) => words?.querySelector(`[data-of="${what}"]`)?.textContent;
  // A poll that fails keeps silent: it tries again by itself. A section's place says it itself.
  const isQuiet = (event) => event.detail.ctx?.sourceElement?.matches?.("[data-poll], [data-section]");
  document.addEventListener("htmx:response:error", (event) => {
    const status = event.detail.ctx.response.status;
    if (status === 422 || isQuiet(event)) return;
    say(saying(status) ?? saying("other"));
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && !event.detail.ctx.response && !isQuiet(event)) {
      say(saying("unreachable"));
    }
  });

  // data-copy="id": copies that element's text and says so
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const label = button.querySelector("[data-label]") ?? button;
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
      label.textContent = saying("copied");
    } catch {
      getSelection().selectAllChildren(source);
      label.textContent = saying("copy-yourself");
    }
    setTimeout(() => (label.textContent = before), 2000);
  });

  // data-print
  document.addEventListener("click", (event) => event.target.closest("[data-print]") && print());
})();
