// The composer's list: open a rung, move it by button, arrow key or drag, add, undo; and the preview beside it.
(() => {
  const { composer } = window;
  if (!composer) return;
  const { root } = composer;
  const ask = document.getElementById("ask");
  const said = document.getElementById("said");
  const byId = (id) => document.getElementById(id);
  const openKey = () => ask.elements.open.value;

  const setOpen = (key) => {
    for (const field of document.querySelectorAll("[data-open-field]")) field.value = key;
    const url = new URL(root.dataset.ladderUrl, location.href);
    if (key) url.searchParams.set("open", key);
    if (root.dataset.page === "milestones") history.replaceState(null, "", url);
    const preview = byId("preview-asks");
    if (preview) preview.elements.open.value = key;
    look("preview-body");
  };
  const look = (id) => byId(id)?.dispatchEvent(new CustomEvent("look"));

  // One rung at a time is open. What was written in the one that closes is on its way already.
  const close = (key) => {
    byId(`rung-${key}`)?.classList.remove("current");
    byId(`open-${key}`)?.setAttribute("aria-expanded", "false");
    byId(`body-${key}`)?.replaceChildren();
  };
  const open = async (key, { focus = false } = {}) => {
    composer.flush?.();
    const before = openKey();
    if (before) close(before);
    setOpen(key);
    if (!key) return;
    const body = byId(`body-${key}`);
    byId(`rung-${key}`)?.classList.add("current");
    byId(`open-${key}`)?.setAttribute("aria-expanded", "true");
    const url = `${root.dataset.ladderUrl}rungs/${encodeURIComponent(key)}/`;
    await htmx.ajax("GET", url, { target: body, swap: "innerHTML", source: body });
    if (openKey() !== key) body.replaceChildren(); // another was opened meanwhile
    else if (focus) body.querySelector("input:not([type=hidden]), textarea")?.focus();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-open]");
    if (!button) return;
    event.preventDefault();
    open(openKey() === button.value ? "" : button.value);
  });

  // Every other button asks for a change.
  const send = (form, submitter) => {
    const url = submitter?.getAttribute("formaction") || form.getAttribute("action");
    const make = () => {
      const data = new FormData(form);
      if (submitter?.name) data.set(submitter.name, submitter.value);
      data.set("base", composer.base);
      data.set("open", openKey());
      return data;
    };
    return composer.send(url, make);
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form !== ask && !form.matches("[data-ask]")) return;
    event.preventDefault();
    const submitter = event.submitter;
    const again = form.closest("#clash");
    composer.flush?.();
    const menu = submitter?.closest("details.menu");
    const rows = [...root.querySelectorAll("[data-rung]")];
    const at = rows.indexOf(menu?.closest("[data-rung]"));
    menu?.removeAttribute("open");
    if (at >= 0) menu.querySelector("summary").focus(); // what closes must not take the focus with it
    const answer = await send(form, submitter);
    if (at >= 0 && answer?.status === 200) {
      const made = answer.text.match(/data-opened="([a-z0-9-]+)"/)?.[1];
      const near = [made, rows[at], rows[at + 1], rows[at - 1]].map((one) => one?.dataset?.rung ?? one);
      const next = near.map((key) => byId(`open-${key}`)).find(Boolean) ?? byId("add-milestone");
      if (made || document.activeElement === document.body) next?.focus();
    }
    if (answer?.status === 200 && form.id === "add-form") {
      form.querySelectorAll("#new-rung-name, #new-rung-event").forEach((input) => (input.value = ""));
      const key = answer.text.match(/data-opened="([a-z0-9-]+)"/)?.[1];
      if (key && submitter?.name !== "milestone") {
        closePanel();
        await open(key, { focus: true });
      } else {
        htmx.trigger(form.querySelector("[type=search]"), "search");
      }
      if (key) byId(`rung-${key}`)?.scrollIntoView({ block: "nearest" });
    }
    if (again) byId("clash")?.replaceChildren();
  });
  document.addEventListener("click", (event) => {
    const id = event.target.closest?.("[data-dismiss]")?.dataset.dismiss;
    if (id) byId(id).replaceChildren();
  });

  // Arrow keys on a handle do what the buttons do; Home and End stop at the phase's ends.
  document.addEventListener("keydown", (event) => {
    const grip = event.target.closest?.("[data-grip]");
    const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!grip || !way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    ask.requestSubmit(byId(`${way}-${grip.closest("[data-rung]").dataset.rung}`));
  });

  // Undo and redo outside of text fields; inside, the browser's own goes first.
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    const button = key === "z" ? byId(event.shiftKey ? "redo" : "undo") : key === "y" ? byId("redo") : null;
    if (!button) return;
    event.preventDefault();
    if (!button.disabled) ask.requestSubmit(button);
  });

  // Dragging: SortableJS moves the row, the server has the last word and answers with the list.
  const sortable = () => {
    for (const list of root.querySelectorAll("ol[data-phase]")) {
      if (!window.Sortable || Sortable.get(list)) continue;
      Sortable.create(list, {
        group: "rungs",
        handle: "[data-grip]",
        draggable: "[data-rung]",
        animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 130,
        ghostClass: "rung-ghost",
        onEnd: (event) => {
          if (event.from === event.to && event.oldIndex === event.newIndex) return;
          const rows = [...root.querySelectorAll("[data-rung]")];
          const above = rows[rows.indexOf(event.item) - 1]?.dataset.rung ?? "";
          const data = new FormData(ask);
          const place = { phase: event.to.dataset.phase, after: above, open: openKey() };
          for (const [name, value] of Object.entries(place)) data.set(name, value);
          composer.send(byId(`up-${event.item.dataset.rung}`).getAttribute("formaction"), () => {
            data.set("base", composer.base);
            return data;
          });
        },
      });
    }
  };
  sortable();

  // Adding
  const closePanel = () => {
    const adding = byId("adding");
    if (!adding) return;
    adding.replaceChildren(byId("add-row").content.cloneNode(true));
  };
  document.addEventListener("click", async (event) => {
    if (event.target.closest?.("[data-close-panel]")) {
      closePanel();
      byId("add-milestone")?.focus();
      return;
    }
    if (!event.target.closest?.("[data-add]")) return;
    event.preventDefault();
    const adding = byId("adding");
    await htmx.ajax("GET", `${root.dataset.ladderUrl}panel/`, { target: adding, swap: "innerHTML", source: adding });
    adding.querySelector("[type=search]")?.focus();
    adding.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches?.(".add-panel [type=search]")) event.preventDefault();
    if (event.key !== "Escape" || event.defaultPrevented || !event.target.closest?.(".add-panel")) return;
    event.preventDefault(); // a search field would empty itself, and ask for a list that is gone
    closePanel();
    byId("add-milestone")?.focus();
  });

  // After an answer: the words for screen readers stand in #said already; preview, effect and rows follow.
  root.addEventListener("composer:answered", (event) => {
    sortable();
    if (byId("history")?.open) look("history-lines");
    if (event.detail.status !== 200) return;
    if (openKey() && !byId(`rung-${openKey()}`)) setOpen("");
    else look("preview-body");
  });
  root.addEventListener("composer:saved", (event) => {
    const { field, wrapper } = event.detail;
    if (field === "criterion") wrapper.querySelector("[data-effect]")?.dispatchEvent(new CustomEvent("look"));
  });
  byId("bar")?.addEventListener("toggle", (event) => event.target.id === "history" && event.target.open && look("history-lines"), true);

  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-preview-language]")) return;
    byId("preview-asks").elements.lang.value = event.target.value;
    look("preview-body");
  });

  // Menus near the bottom of a long list must not close on their own request.
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.("[data-preview-state], [data-preview-theme], [data-preview-phone]");
    if (!pressed) return;
    const asks = byId("preview-asks");
    const stage = document.querySelector("[data-preview-stage]");
    if (pressed.dataset.previewState) {
      asks.elements.state.value = pressed.dataset.previewState;
      for (const one of document.querySelectorAll("[data-preview-state]")) one.setAttribute("aria-pressed", String(one === pressed));
      look("preview-body");
      return;
    }
    const on = pressed.getAttribute("aria-pressed") !== "true";
    pressed.setAttribute("aria-pressed", String(on));
    if ("previewPhone" in pressed.dataset) stage.toggleAttribute("data-phone", on);
    else if (on) stage.dataset.theme = dark() ? "light" : "dark";
    else delete stage.dataset.theme;
  });
  const dark = () => {
    const theme = document.documentElement.dataset.theme;
    return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  if (said) said.textContent = "";
})();
