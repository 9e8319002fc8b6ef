// Firstmile in a page: the launcher, and the way to the frame on Firstmile's own origin in which all else happens.
// The page's part asks no network, reads and writes no storage, and puts text nowhere but as text. How it looks comes
// with the state that the frame tells. docs/installing-the-widget.md says what each call does.

const MOST_WAITING = 500;

export const create = (base) => {
  let key, user, token, host, sheet, pill, frame, port, timer, before;
  let options = {};
  let state = {};
  let waiting = []; // for a frame that is not there yet
  let turn = 0; // what comes late for somebody else's turn is let go
  let wanted = false; // to be opened as soon as there is something to show
  const listeners = {};

  const emit = (name, detail = {}) => {
    for (const listener of [...(listeners[name] ?? [])]) {
      try {
        listener(detail);
      } catch (error) {
        reportError(error); // it is the page's, so the page shall see it
      }
    }
  };
  const send = (type, values) => {
    const message = { type, at: new Date().toISOString(), ...values };
    if (port) port.postMessage(message);
    else if (waiting.length < MOST_WAITING) waiting.push(message);
  };
  const stop = () => {
    turn += 1;
    clearTimeout(timer);
    port?.close();
    host?.remove();
    host = frame = port = undefined;
    state = {};
    waiting = [];
  };
  const refuse = (code, message) => {
    stop();
    console.error(`Firstmile: ${message} (${code})`);
    emit("refused", { code, message });
  };

  const mount = () => (options.mount?.append ? options.mount : options.mount && document.querySelector(options.mount));
  const scheme = () => {
    const said = options.scheme || getComputedStyle(document.documentElement).colorScheme;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    return said === "dark" || (dark && /dark|auto/.test(said)) ? "dark" : "light";
  };
  const isOpen = () => pill?.ariaExpanded === "true";
  const draw = () => {
    const make = (name) => document.createElement(name);
    host = make("firstmile-widget");
    const shadow = host.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [(sheet = new CSSStyleSheet())];
    pill = make("button");
    pill.hidden = true;
    pill.ariaExpanded = "false";
    pill.onclick = () => { (isOpen() ? close : open)(); };
    pill.onkeydown = ({ key: pressed }) => { if (pressed === "Escape") close(); };
    frame = make("iframe");
    frame.style.display = "none";
    frame.name = `firstmile-${Math.random()}`;
    frame.allow = "autoplay;fullscreen";
    shadow.append(pill, frame);
    (mount() ?? document.body).append(host);
    // By whom it is held the frame knows from who greets it, where its browser does not say. It holds nothing of ours.
    frame.onload = () => frame.contentWindow.postMessage({ firstmile: 1 }, "*");
    return { shadow, make };
  };
  const asked = () => ({ key, lang: options.lang ?? "", scheme: scheme(), inline: mount() ? "1" : "" });
  const signed = async () => String((await (typeof token === "function" ? token() : token)) ?? "");

  const again = () => {
    host.remove();
    start();
  };
  const start = async () => {
    const mine = (turn += 1);
    try {
      if (!document.body) await new Promise((ready) => document.addEventListener("DOMContentLoaded", ready));
      if (self.origin === "null") throw new Error("a page without an origin, as in a sandbox, cannot hold the checklist");
      const proof = await signed();
      if (mine !== turn) return;
      const { shadow, make } = draw();
      const form = make("form");
      form.method = "post";
      form.action = `${base}/widget/v1/frame`;
      form.target = frame.name;
      for (const [name, value] of Object.entries({ ...asked(), user, token: proof })) {
        const field = make("input");
        field.type = "hidden";
        field.name = name;
        field.value = value;
        form.append(field);
      }
      shadow.append(form);
      form.submit();
      form.remove();
      timer = setTimeout(ask, 5000);
    } catch (error) {
      if (mine === turn) refuse("not_started", error.message ?? error);
    }
  };
  // Where forms are forbidden the frame comes without its reader, whom it then asks for through the port.
  const ask = () => {
    clearTimeout(timer);
    frame.src = `${base}/widget/v1/frame?${new URLSearchParams(asked())}`;
    timer = setTimeout(refuse, 9000, "no_answer", `no frame of ${base}. Is ${location.origin} among the workspace's sites (Widget, Install), and does this page's Content-Security-Policy allow frame-src ${base}?`);
  };
  document.addEventListener("securitypolicyviolation", (event) => {
    if (frame && !port && event.effectiveDirective === "form-action" && event.blockedURI.startsWith(base)) ask();
  });

  const open = () => {
    wanted = !(state.show || state.dismissed);
    if (wanted || isOpen() || mount()) return;
    before = host.shadowRoot.activeElement ?? document.activeElement;
    pill.ariaExpanded = "true";
    show();
    send("open");
    emit("opened");
  };
  const close = () => {
    wanted = false;
    if (!isOpen()) return;
    pill.ariaExpanded = "false";
    show();
    send("close");
    (before?.isConnected && before !== document.body ? before : pill).focus();
    emit("closed");
  };
  const show = () => {
    const inline = mount();
    frame.className = pill.className = `${inline ? "inline " : ""}${options.position ?? state.position}`;
    frame.style.display = (inline ? state.show && !state.dismissed : isOpen()) ? "" : "none";
    pill.hidden = inline || !state.show || state.dismissed;
  };

  const heard = {
    state({ state: next }) {
      const had = state.features;
      state = next;
      sheet.replaceSync(next.style);
      host.style.setProperty("--done", next.done / (next.total || 1));
      frame.style.colorScheme = scheme();
      frame.title = pill.ariaLabel = next.label;
      pill.textContent = next.text;
      show();
      if (!had) emit("ready", next);
      for (const feature of next.features) if (!had?.includes(feature)) emit("unlocked", { feature, fresh: !!had });
      if (wanted) open();
    },
    size: ({ height }) => { frame.style.height = `${height}px`; },
    close,
    focus: () => isOpen() && frame.focus(),
    event: ({ name, detail }) => emit(name, detail),
    refused({ code, message, after }) {
      if (after) timer = setTimeout(again, after * 1000);
      else refuse(code, message);
    },
    async renew() {
      const mine = turn;
      const [proof, failed] = await signed().then((got) => [got, ""], (error) => ["", String(error)]);
      if (mine === turn) send("identity", { user, token: proof, origin: location.origin, failed });
    },
    navigate({ url, step }) {
      const to = new URL(url, location.href);
      if (!/^https?:$/.test(to.protocol)) return;
      const path = to.origin === location.origin ? to.href.slice(to.origin.length) : "";
      let follow = true;
      emit("navigate", { url: to.href, path, step, preventDefault: () => { follow = false; } });
      if (innerWidth <= 480) close();
      if (follow) location.assign(to);
    },
  };
  addEventListener("message", ({ source, origin, data, ports }) => {
    if (!frame || source !== frame.contentWindow || origin !== base || data?.firstmile !== 1) return;
    clearTimeout(timer);
    if (data.refused) {
      heard.refused(data.refused);
      return;
    }
    port?.close();
    [port] = ports;
    port.onmessage = ({ data: said }) => heard[said.type]?.(said);
    for (const message of waiting.splice(0)) port.postMessage(message);
  });

  const plain = (value) => JSON.parse(JSON.stringify(value ?? {}));
  const calls = {
    init(given, more) {
      key = given;
      options = { ...options, ...more };
      if (user && !host) start();
    },
    identify(id, traits, more) {
      if (!`${id ?? ""}`) throw new Error("the user's id is missing");
      const same = `${id}` === user;
      token = more?.token ?? (same ? token : undefined);
      if (!same) {
        const early = user ? [] : waiting;
        stop();
        waiting = early;
        user = `${id}`;
        if (key) start();
      }
      if (traits || !same) send("identify", { traits: plain(traits) });
    },
    group: (id, traits) => send("group", { group: `${id}`, traits: plain(traits) }),
    track: (event, properties) => send("track", { event: `${event}`, properties: plain(properties) }),
    update() {
      if (host?.isConnected) send("update", { scheme: scheme() });
      else if (user && key) {
        stop();
        start();
      }
    },
    reset() {
      stop();
      user = token = undefined;
    },
    open,
    close,
    unlocked: (feature) => !!state.features?.includes(feature),
    on(name, listener) {
      (listeners[name] ??= new Set()).add(listener);
      return () => listeners[name].delete(listener);
    },
  };
  // Nothing that goes wrong here is thrown into the page's own work.
  const api = {};
  for (const [name, call] of Object.entries(calls)) {
    api[name] = (...values) => {
      try {
        return call(...values);
      } catch (error) {
        console.error(`Firstmile: ${name}: ${error.message ?? error}`);
      }
    };
  }
  api.push = (...all) => all.forEach(([name, ...values]) => api[name]?.(...values));
  return api;
};
