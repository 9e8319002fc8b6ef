// Uploads a file piece by piece, and goes on where it was: after a lost connection by itself, after a closed tab when
// the same file is chosen again. The server says which byte comes next; it knows the file by name, size and age.
(() => {
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const words = form.querySelector("[data-words]").dataset; // in the page's language
  const input = form.querySelector("input[type=file]");
  const told = form.querySelector("[data-told]");
  const trouble = form.querySelector("[data-trouble]");
  const under = form.querySelector("[data-under-way]");
  const bar = form.querySelector("progress");
  const start = form.querySelector("[type=submit]");
  const stop = form.querySelector("[data-stop]");
  const headers = { "HX-Request": "true", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value };
  const LONGEST = 30000;
  let going;

  class Refused extends Error {}

  const megabytes = (bytes) => (bytes / 1048576).toLocaleString(document.documentElement.lang, {
    maximumFractionDigits: bytes < 10485760 ? 1 : 0,
  });
  const say = (file, offset) => {
    bar.max = file.size;
    bar.value = offset;
    told.textContent = words.uploaded.replace("{done}", megabytes(offset)).replace("{all}", megabytes(file.size));
  };
  const refuse = (message) => {
    trouble.hidden = false;
    trouble.querySelector("[data-message]").textContent = message;
  };

  const ask = async (url, options) => {
    const response = await fetch(url, { ...options, signal: going.signal });
    if (response.ok) return response.json();
    if (response.status === 401) throw new Refused(words.session);
    if (response.status === 403) throw new Refused(words.level);
    if (response.status === 404) throw new Refused(words.gone);
    if (response.status === 422) throw new Refused((await response.json()).message);
    throw new Error(`status ${response.status}`);
  };
  const begin = (file) => {
    const body = new FormData();
    body.set("name", file.name);
    body.set("size", file.size);
    body.set("modified", file.lastModified);
    return ask(form.dataset.upload, { method: "POST", headers, body });
  };
  const put = (state, file) =>
    ask(state.bytes, {
      method: "PUT",
      headers: { ...headers, "Content-Type": "application/octet-stream", "Upload-Offset": String(state.offset) },
      body: file.slice(state.offset, state.offset + state.piece),
    });
  // Waits a while, or until the network is there again.
  const rest = (milliseconds) =>
    new Promise((resolve) => {
      const timer = setTimeout(done, milliseconds);
      function done() {
        clearTimeout(timer);
        removeEventListener("online", done);
        resolve();
      }
      addEventListener("online", done);
      going.signal.addEventListener("abort", done);
    });

  const upload = async (file) => {
    let state;
    let failures = 0;
    while (!going.signal.aborted) {
      try {
        state = state ? await put(state, file) : await begin(file);
        failures = 0;
        say(file, state.offset);
        if (state.done) return state.page;
      } catch (error) {
        if (error instanceof Refused || going.signal.aborted) throw error;
        failures += 1;
        state = undefined; // ask where it was
        told.textContent = words.offline;
        await rest(Math.min(500 * 2 ** failures, LONGEST));
      }
    }
    throw new DOMException("stopped", "AbortError");
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (start.getAttribute("aria-disabled") === "true") return;
    trouble.hidden = true;
    const file = input.files[0];
    if (!file) {
      refuse(words.first);
      input.focus();
      return;
    }
    if (file.size > Number(form.dataset.most)) {
      refuse(words.large.replace("{size}", megabytes(file.size)).replace("{most}", megabytes(Number(form.dataset.most))));
      return;
    }
    going = new AbortController();
    under.hidden = false;
    start.setAttribute("aria-disabled", "true"); // not disabled, which would lose the focus
    input.disabled = true;
    say(file, 0);
    try {
      location.assign(await upload(file));
    } catch (error) {
      start.removeAttribute("aria-disabled");
      input.disabled = false;
      if (under.contains(document.activeElement)) start.focus();
      under.hidden = true;
      if (error instanceof Refused) refuse(error.message);
      else refuse(words.stopped);
    }
  });
  stop.addEventListener("click", () => going?.abort());

  const over = (event, is) => {
    event.preventDefault();
    form.toggleAttribute("data-over", is);
  };
  form.addEventListener("dragover", (event) => over(event, true));
  form.addEventListener("dragleave", (event) => over(event, false));
  form.addEventListener("drop", (event) => {
    over(event, false);
    if (!input.disabled && event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
})();
