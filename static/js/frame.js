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

  const reasons = {
    401: "Your session has ended. Log in again, then repeat what you did.",
    403: "Your access level does not allow this. Ask an admin of the workspace.",
    404: "This no longer exists. Reload the page to see what is there now.",
    413: "That is too large to send.",
    429: "Too many requests. Wait a moment, then try again.",
  };
  // A poll that fails keeps silent: it tries again by itself. A section's place says it itself.
  const isQuiet = (event) => event.detail.ctx?.sourceElement?.matches?.("[data-poll], [data-section]");
  document.addEventListener("htmx:response:error", (event) => {
    const status = event.detail.ctx.response.status;
    if (status === 422 || isQuiet(event)) return;
    say(reasons[status] ?? "That did not work, and nothing was changed. Try again in a moment.");
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && !event.detail.ctx.response && !isQuiet(event)) {
      say("No connection to Firstmile. Check your network, then try again.");
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
      label.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      label.textContent = "Press Ctrl or Cmd with C";
    }
    setTimeout(() => (label.textContent = before), 2000);
  });

  // data-print
  document.addEventListener("click", (event) => event.target.closest("[data-print]") && print());
})();
