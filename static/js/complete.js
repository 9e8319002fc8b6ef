// Inputs that complete what is typed from what has really been seen: an ARIA 1.2 combobox with a listbox.
//   <input data-complete="events" data-seen-url="…/seen/events/" data-complete-event="<id>" data-complete-property="<id>">
// data-complete is events, properties, values, traits or trait-values; the other two name the inputs that say of which
// event and of which property or trait. data-unchecked: nothing is said of an event that never came.
// Without this script they are plain inputs, and so is one whose request fails.
(() => {
  const WAIT = 120; // milliseconds of typing before asking
  const FRESH = 30000; // milliseconds for which an answer is asked for only once
  const answers = new Map();
  const place = new CSSStyleSheet(); // where the list stands; styles in attributes are not allowed here
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, place];

  let owner = null; // the input whose list is open
  let list = null;
  let active = -1;
  let timer;
  let asking;

  const isOurs = (element) => element instanceof HTMLInputElement && element.dataset.complete;
  const isChecked = (input) => input.dataset.complete === "events" && !("unchecked" in input.dataset);
  const valueOf = (id) => (id && document.getElementById(id)?.value.trim()) || "";

  const address = (input, typed) => {
    const url = new URL(input.dataset.seenUrl, location.href);
    url.pathname = url.pathname.replace(/[^/]+\/$/, `${input.dataset.complete}/`);
    url.searchParams.set("q", typed);
    url.searchParams.set("event", valueOf(input.dataset.completeEvent));
    url.searchParams.set("property", valueOf(input.dataset.completeProperty));
    return url.href;
  };

  const ask = async (input, typed, signal) => {
    const url = address(input, typed);
    const known = answers.get(url);
    if (known && performance.now() - known.at < FRESH) return known.found;
    const response = await fetch(url, { signal, headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(String(response.status));
    const found = await response.json();
    answers.set(url, { found, at: performance.now() });
    return found;
  };

  // The input says what it is as soon as it is there, and again after a swap gave it its plain attributes back.
  const enhance = (input) => {
    if (input.getAttribute("role") === "combobox") return;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-haspopup", "listbox");
    input.setAttribute("autocomplete", "off");
    input.setAttribute("autocapitalize", "off");
    input.setAttribute("spellcheck", "false");
    if (isChecked(input)) check(input);
  };
  const enhanceAll = () => document.querySelectorAll("input[data-complete]").forEach(enhance);

  // An event that never came: say so under its input.
  const check = async (input) => {
    const typed = input.value.trim();
    let known = true;
    let unseen = "";
    try {
      if (typed) {
        const found = await ask(input, typed);
        known = found.names.some((suggestion) => suggestion.name === typed);
        unseen = found.unseen;
      }
    } catch {
      // Not known to be unknown.
    }
    if (!input.isConnected || input.value.trim() !== typed) return;
    const id = `${input.id || input.name}-unseen`;
    let note = document.getElementById(id);
    input.toggleAttribute("data-unseen", !known);
    if (known) {
      note?.remove();
      if (input.getAttribute("aria-describedby") === id) input.removeAttribute("aria-describedby");
      return;
    }
    if (!note) {
      note = document.createElement("span");
      note.id = id;
      note.className = "complete-unseen";
      note.textContent = unseen;
      input.after(note);
    }
    if (!input.hasAttribute("aria-describedby")) input.setAttribute("aria-describedby", id);
  };

  const option = (suggestion, index) => {
    const item = document.createElement("li");
    item.id = `complete-option-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.name = suggestion.name;
    const name = document.createElement("span");
    name.className = "complete-name";
    name.textContent = suggestion.name;
    const detail = document.createElement("span");
    detail.className = "complete-detail";
    detail.textContent = suggestion.detail;
    item.append(name, " ", detail);
    return item;
  };

  const put = () => {
    const at = owner.getBoundingClientRect();
    const around = list.offsetParent?.getBoundingClientRect() ?? { left: 0, top: 0 };
    const scrolled = list.offsetParent ?? { scrollLeft: 0, scrollTop: 0 };
    const width = Math.min(Math.max(at.width, 340), innerWidth - 16);
    const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
    const below = innerHeight - at.bottom;
    const above = below < Math.min(list.scrollHeight, 240) && at.top > below;
    const height = Math.max(96, Math.min(320, (above ? at.top : below) - 12));
    const top = above ? at.top - Math.min(list.scrollHeight + 2, height) - 4 : at.bottom + 4;
    place.replaceSync(
      `.complete-list { left: ${left - around.left + scrolled.scrollLeft}px; ` +
        `top: ${top - around.top + scrolled.scrollTop}px; width: ${width}px; max-height: ${height}px; }`,
    );
  };

  const open = (input, { names, label }) => {
    close();
    if (!names.length) return;
    owner = input;
    list = document.createElement("ul");
    list.id = "complete-list";
    list.className = "complete-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", label);
    list.append(...names.map(option));
    // A pointer must not take the focus from the input; the click itself then chooses.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) choose(item);
    });
    (input.closest("dialog, [popover]") ?? input.closest("main") ?? document.body).append(list);
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", list.id);
    put();
  };

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    list?.remove();
    owner?.setAttribute("aria-expanded", "false");
    owner?.removeAttribute("aria-controls");
    owner?.removeAttribute("aria-activedescendant");
    owner = list = null;
    active = -1;
  };

  const activate = (index) => {
    const items = list.children;
    items[active]?.setAttribute("aria-selected", "false");
    active = (index + items.length) % items.length;
    items[active].setAttribute("aria-selected", "true");
    items[active].scrollIntoView({ block: "nearest" });
    owner.setAttribute("aria-activedescendant", items[active].id);
  };

  const choose = (item) => {
    const input = owner;
    const changed = input.value !== item.dataset.name;
    input.value = item.dataset.name;
    close();
    if (!changed) return;
    input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText" }));
    clearTimeout(timer); // that was no typing: the list stays closed
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const show = async (input, typed) => {
    asking?.abort();
    const { signal } = (asking = new AbortController());
    try {
      const found = await ask(input, typed, signal);
      if (!signal.aborted && document.activeElement === input) open(input, found);
    } catch {
      if (!signal.aborted) close();
    }
  };
  const suggest = (input, wait = WAIT) => {
    asking?.abort(); // an answer to what stood there before would open its list, and end the wait for this one
    clearTimeout(timer);
    timer = setTimeout(() => show(input, input.value.trim()), wait);
  };

  document.addEventListener("focusin", (event) => {
    if (isOurs(event.target)) enhance(event.target);
  });
  document.addEventListener("click", (event) => {
    if (isOurs(event.target) && owner !== event.target) show(event.target, "");
  });
  document.addEventListener("input", (event) => {
    if (isOurs(event.target)) suggest(event.target);
  });
  document.addEventListener("change", (event) => {
    if (isOurs(event.target) && isChecked(event.target)) check(event.target);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target === owner) close();
    else if (isOurs(event.target)) clearTimeout(timer);
  });
  addEventListener("resize", () => owner && put());

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!isOurs(input) || event.isComposing || event.ctrlKey || event.metaKey) return;
    const isOpen = owner === input;
    const last = isOpen ? list.children.length - 1 : 0;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        event.preventDefault();
        if (!isOpen) show(input, event.altKey ? "" : input.value.trim());
        else if (event.altKey && event.key === "ArrowUp") close();
        else if (event.key === "ArrowDown") activate(active + 1);
        else activate(active < 0 ? last : active - 1);
        return;
      case "Home":
      case "End":
        if (!isOpen || active < 0) return;
        event.preventDefault();
        activate(event.key === "Home" ? 0 : last);
        return;
      case "Enter":
        if (!isOpen || active < 0) return;
        event.preventDefault(); // choosing is not yet sending the form
        choose(list.children[active]);
        return;
      case "Tab":
        if (isOpen && active >= 0) choose(list.children[active]);
        return;
      case "Escape":
        if (!isOpen) return;
        event.preventDefault(); // and leave open what the input stands in
        event.stopPropagation();
        close();
    }
  });

  // htmx may have swapped the input away, or given it its plain attributes back.
  const settle = () => {
    if (owner && !owner.isConnected) close();
    enhanceAll();
  };
  document.addEventListener("htmx:after:swap", settle);
  enhanceAll();
})();
