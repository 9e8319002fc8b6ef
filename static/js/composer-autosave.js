// Fields of a form[data-autosave] save themselves: a pause after typing, at once on a change. Each field is a change of
// its own with the base at which it was read, so that two people at different fields never get in each other's way.
(() => {
  const { composer } = window;
  if (!composer) return;
  const PAUSE = 700;
  const fields = new WeakMap(); // wrapper → {saved, tried, base, timer}

  const wrapperOf = (element) => element.closest?.("form[data-autosave] [data-field]");
  const inputs = (wrapper) => [...wrapper.querySelectorAll("[name]")].filter((input) => !(input instanceof HTMLButtonElement));
  const values = (wrapper) => {
    const data = new URLSearchParams();
    for (const input of inputs(wrapper)) {
      if (input.disabled || ((input.type === "checkbox" || input.type === "radio") && !input.checked)) continue;
      data.append(input.name, input.value);
    }
    return data;
  };
  const read = (wrapper) => {
    if (!fields.has(wrapper)) {
      fields.set(wrapper, { saved: values(wrapper).toString(), base: wrapper.dataset.base || composer.base });
    }
    return fields.get(wrapper);
  };
  const dirty = (wrapper) => read(wrapper).saved !== values(wrapper).toString();
  const all = () => [...document.querySelectorAll("form[data-autosave] [data-field]")];

  // What is wrong is told to assistive technology at the input, too; a criterion's editor marks its own.
  const mark = (wrapper) => {
    const input = inputs(wrapper)[0];
    if (!input || input.closest("[data-criterion]")) return;
    if (wrapper.querySelector(":scope > [data-wrong]")) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  const learn = () =>
    all().forEach((wrapper) => {
      read(wrapper);
      mark(wrapper);
    });
  learn();
  document.addEventListener("htmx:after:swap", learn);
  document.addEventListener("focusin", (event) => {
    const wrapper = wrapperOf(event.target);
    if (wrapper) read(wrapper);
  });

  const save = (wrapper) => {
    const form = wrapper.closest("form");
    const field = read(wrapper);
    clearTimeout(field.timer);
    if (field.waits || !form) return;
    field.waits = true;
    let sent;
    const make = () => {
      field.waits = false;
      sent = values(wrapper);
      if (sent.toString() === field.saved || sent.toString() === field.tried) return null;
      const data = new FormData();
      for (const [name, value] of sent) data.append(name, value);
      for (const hidden of form.querySelectorAll(":scope > input[type=hidden]")) data.append(hidden.name, hidden.value);
      data.set("field", wrapper.dataset.field);
      data.set("base", field.base);
      return data;
    };
    const before = (answer) => keepUnsaved(answer, wrapper);
    composer.send(form.action, make, { keeps: true, before }).then((answer) => {
      if (!answer) return;
      if (answer.status === 200) {
        field.saved = sent.toString();
        field.tried = undefined;
        // What others changed was shown anew by this answer, so every field without unsaved words is up to date.
        for (const other of all()) if (other === wrapper || !dirty(other)) read(other).base = answer.base;
        composer.root.dispatchEvent(new CustomEvent("composer:saved", { detail: { field: wrapper.dataset.field, wrapper } }));
      } else {
        field.tried = sent.toString(); // not again until it is changed
      }
      if (values(wrapper).toString() !== sent.toString()) later(wrapper, PAUSE);
    });
  };

  // An answer shows anew what others changed; a field in which the member has written since is left as it is, with the
  // base at which it was read: its own save will find that they met.
  const keepUnsaved = (answer, saving) => {
    const pieces = document.createElement("template");
    pieces.innerHTML = answer.text;
    for (const piece of pieces.content.querySelectorAll("[data-field][hx-swap-oob]")) {
      const here = document.getElementById(piece.id);
      if (here && here !== saving && dirty(here)) piece.remove();
    }
    answer.text = pieces.innerHTML;
  };

  const later = (wrapper, milliseconds) => {
    const field = read(wrapper);
    clearTimeout(field.timer);
    field.timer = setTimeout(() => save(wrapper), milliseconds);
  };
  const changed = (event, milliseconds) => {
    const wrapper = wrapperOf(event.target);
    if (!wrapper || !event.target.name) return;
    if (!dirty(wrapper)) {
      clearTimeout(read(wrapper).timer);
      return;
    }
    composer.say("saving", composer.words.unsaved);
    later(wrapper, milliseconds);
  };
  document.addEventListener("input", (event) => changed(event, PAUSE));
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("form[data-autosave], [data-criterion]")) {
      // A button of a criterion's editor did something: it has no field of its own to tell by.
      for (const wrapper of all()) if (wrapper.querySelector("[data-criterion]") && dirty(wrapper)) later(wrapper, 0);
      return;
    }
    changed(event, 0);
  });

  // Both wrote at one field: the member chooses.
  document.addEventListener("click", (event) => {
    const choice = event.target.closest?.("[data-use]");
    const wrapper = choice && wrapperOf(choice);
    if (!wrapper) return;
    const clash = choice.closest("[data-clash]");
    if (choice.dataset.use === "mine") {
      const field = read(wrapper);
      field.base = clash.dataset.clash;
      field.tried = undefined;
      clash.replaceChildren();
      save(wrapper);
    } else {
      const theirs = clash.querySelector("template[data-theirs]").content.firstElementChild.cloneNode(true);
      wrapper.replaceWith(theirs);
      htmx.process(theirs);
      read(theirs);
      theirs.querySelector("input, textarea, select")?.focus();
      composer.say("saved", composer.words.saved);
    }
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-autosave]")) return;
    event.preventDefault(); // Enter in a field: save it now
    for (const wrapper of all()) if (dirty(wrapper)) save(wrapper);
  });

  // Leaving a field, or the page, loses nothing.
  composer.flush = () => all().filter(dirty).forEach(save);
  composer.unsaved = () => all().some(dirty);
  addEventListener("beforeunload", (event) => {
    if (composer.unsaved() || composer.busy) {
      composer.flush();
      event.preventDefault();
    }
  });
})();
