// The frame in the customer's page. It speaks with that page through one port, which it hands to that page alone, and
// with its own site by a session that it keeps in memory. While nobody can see it, it asks for nothing.
const QUICK = 1000;
const SLOW = 15000;
const SLOWEST = 60000;
const begin = JSON.parse(document.getElementById("begin").textContent);
const offline = document.getElementById("checklist-offline");
const closer = document.getElementById("close");
const ports = [];
let session = begin.session;
let now = begin; // tag, fresh, state
let everything = false;
let open = false; // the panel; of a checklist in the page's text: whether it is in sight
let busy = false;
let stopped = false;
let failures = 0;
let held = 0; // by the server, for so many milliseconds
let slow = SLOW;
let quickUntil = 0;
let timer;

const tell = (type, values) => ports.forEach((port) => port.postMessage({ type, ...values }));
const tellState = () => {
  const scheme = document.documentElement.dataset.scheme || "light dark";
  tell("state", { state: { style: `${begin.style}:host{color-scheme:${scheme}}`, ...now.state } });
};
const happened = (name, detail) => tell("event", { name, detail });
const refused = ({ code, message }) => {
  stopped = true;
  tell("refused", { code, message });
};

// The page has the user's token, or a way to get a new one.
let renewing = false;
const renew = () => {
  if (!renewing) tell("renew");
  renewing = true;
};
const hold = ({ headers }) => {
  held = 1000 * headers.get("Retry-After");
};
const ask = async (path, options = {}) => {
  const headers = { Authorization: `Bearer ${session}`, ...options.headers };
  const response = await fetch(`/widget/v1/${path}`, { cache: "no-store", credentials: "omit", ...options, headers });
  session = response.headers.get("Firstmile-Session") ?? session;
  hold(response);
  if (response.status === 401) renew();
  return response;
};
const note = (kind, step = "", reason = "") => ask("acts", {
  method: "POST",
  keepalive: true,
  body: JSON.stringify({ kind, step, reason, lang: begin.lang, all: everything }),
});
const quietly = (promise) => promise.catch(() => {}); // an act that is lost costs a line in a count

const pause = () => {
  if (failures) return Math.max(held, Math.min(QUICK * 2 ** failures, SLOWEST));
  return (open && !now.state.finished) || Date.now() < quickUntil ? QUICK : slow;
};
const wait = (milliseconds) => {
  clearTimeout(timer);
  if (session && !stopped && document.visibilityState === "visible") timer = setTimeout(look, milliseconds);
};
const look = async ({ asked = false } = {}) => {
  if (busy || stopped) return;
  busy = true;
  clearTimeout(timer);
  try {
    const response = await ask(`steps?lang=${begin.lang}${everything ? "&all=1" : ""}`, { headers: { "If-None-Match": `"${now.tag}"` } });
    if (response.status === 200) take(await response.json(), { asked });
    else if (response.status === 304) slow = Math.min(slow * 1.3, SLOWEST);
    failures = response.status < 400 ? 0 : failures + 1;
  } catch {
    failures += 1;
  }
  busy = false;
  offline.hidden = failures < 2;
  wait(pause());
};
const soon = () => {
  slow = SLOW;
  quickUntil = Date.now() + 10 * QUICK;
  wait(300);
};

const list = checklistPanel({
  async act(kind, step, reason) {
    try {
      const response = await note(kind, step, reason);
      if (response.status === 200) take(await response.json(), { asked: true });
      if (response.ok) happened(kind, { step, reason });
    } catch {
      offline.hidden = false;
    }
  },
  go(url, step) {
    quietly(note("step_clicked", step));
    tell("navigate", { url, step });
  },
  more() {
    everything = !everything;
    look({ asked: true });
  },
});

const take = (next, how = {}) => {
  const { finished } = now.state;
  const first = !session;
  now = next;
  slow = SLOW;
  session = next.session ?? session;
  speak(next.words);
  const ticked = list.show(next.html, how);
  tellState();
  if (!first) for (const step of ticked) happened("completed", { step, name: now.names[step] });
  if (!first && next.state.finished && !finished) happened("finished", {});
  celebrate();
  seen();
};
// Who reads may be known only now, and with them the language.
const speak = ({ lang, dir, close, offline: sentence }) => {
  Object.assign(document.documentElement, { lang, dir });
  if (closer) closer.ariaLabel = close;
  offline.textContent = sentence;
};
// What was done while nobody looked is celebrated when they do.
const celebrate = () => {
  if (!open || !now.fresh?.length) return;
  list.celebrate(now.fresh, now.names, now.words);
  for (const step of now.fresh.splice(0)) quietly(note("step_completed", step));
  if (now.state.finished) quietly(note("completed"));
};
let noted = false;
const seen = () => {
  if (noted || !now.state.show || now.state.dismissed) return;
  noted = true;
  quietly(note("seen"));
};
const looking = (is) => {
  if (is === open) return;
  open = is;
  if (open && session) {
    celebrate();
    if (!begin.inline) quietly(note("opened"));
  } else if (session && !begin.inline) quietly(note("hidden"));
  wait(open ? 0 : SLOW);
};

const events = eventQueue();
const known = ({ user, account, known: met }) => {
  events.begin({ writeKey: begin.key, user, account, whenSent: soon });
  if (!met) events.add({ type: "identify", traits: {} }, new Date().toISOString());
};
const heard = {
  open() {
    looking(true);
    // The page focuses the frame as soon as that is on the screen, and only then can something in it be focused.
    addEventListener("focus", list.focus, { once: true });
    requestAnimationFrame(() => tell("focus"));
  },
  close() {
    document.getElementById("player")?.remove();
    looking(false);
  },
  update({ scheme }) {
    document.documentElement.dataset.scheme = scheme;
    tellState();
    look();
  },
  track: ({ event, properties, at }) => events.add({ type: "track", event, properties }, at),
  group: ({ group, traits, at }) => events.add({ type: "group", groupId: group, traits }, at),
  identify: ({ traits, at }) => Object.keys(traits).length && events.add({ type: "identify", traits }, at),
  async identity({ user, token, origin, failed }) {
    renewing = false;
    if (failed) {
      refused({ code: "token_failed", message: `no new token came: ${failed}` });
      return;
    }
    try {
      const body = JSON.stringify({ key: begin.key, user, token, origin, lang: begin.lang, all: everything });
      const response = await fetch("/widget/v1/session", { method: "POST", body, cache: "no-store", credentials: "omit" });
      const answer = await response.json();
      hold(response);
      if (response.status === 401) {
        refused(answer);
        return;
      }
      if (!response.ok) throw response;
      if (!session) known(answer);
      take(answer);
      failures = 0;
      wait(pause());
    } catch {
      failures += 1;
      setTimeout(renew, pause());
    }
  },
};

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const chooser = event.target.closest?.("details:not([name])[open]");
  if (chooser) {
    chooser.open = false;
    chooser.querySelector("summary").focus();
  } else if (!begin.inline) tell("close");
});
closer?.addEventListener("click", () => tell("close"));
document.addEventListener("visibilitychange", () => wait(0));
addEventListener("online", () => wait(0));
new ResizeObserver(() => tell("size", { height: document.body.offsetHeight })).observe(document.body);
if (begin.inline) new IntersectionObserver((entries) => looking(entries.at(-1).isIntersecting)).observe(document.body);

// The page that holds the frame, exactly: one that isn't the workspace's could not hold it (frame-ancestors). Where
// neither the browser nor the server knows which of them that is, the page greets the frame.
const greet = (host) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => heard[data.type]?.(data);
  ports.push(port1);
  parent.postMessage({ firstmile: 1 }, host, [port2]);
};
const above = location.ancestorOrigins?.[0];
const greeted = above ? [above] : begin.hosts;
greeted.forEach(greet);
addEventListener("message", ({ source, origin, data }) => {
  if (source !== parent || data?.firstmile !== 1 || greeted.includes(origin)) return;
  greeted.push(origin);
  greet(origin);
  if (session) tellState();
  else tell("renew");
});
if (session) {
  known(begin);
  tellState();
  seen();
  wait(pause());
} else renew();
