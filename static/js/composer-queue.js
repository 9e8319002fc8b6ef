// Changes of a draft go to the server one at a time, each with the base that the page has read by then. The answer is
// pieces of the page, swapped in by their ids. What failed for want of a connection is kept and sent again.
window.composer = (() => {
  const root = document.getElementById("composer");
  if (!root) return null;
  const SLOWEST = 30000;
  const state = () => document.getElementById("save-state");
  const reasons = {
    401: "Your session has ended: log in in another window, then change this again.",
    403: "Not saved: your access level does not allow it.",
    404: "Not saved: this is no longer there. Reload the page.",
    413: "Not saved: that is too much text.",
  };

  let base = document.getElementById("bar")?.dataset.base ?? "";
  let waiting = 0;
  let tail = Promise.resolve();
  let wake; // ends the pause before a failed change is sent again

  const say = (what, text) => {
    const place = state();
    if (!place) return;
    place.dataset.state = what;
    place.textContent = text;
  };
  const pause = (milliseconds) =>
    new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, milliseconds);
    });
  addEventListener("online", () => wake?.());

  const request = async (url, data) => {
    const headers = { "HX-Request": "true" };
    const response = await fetch(url, { method: "POST", body: data, headers, redirect: "manual" });
    if (response.type === "opaqueredirect") return { status: 401, text: "" };
    return { status: response.status, base: response.headers.get("Composer-Base"), text: await response.text() };
  };

  // With `keeps` a change is sent until it arrives; without, one failure ends it.
  const persist = async (url, make, keeps) => {
    for (let tries = 0; ; tries += 1) {
      const data = make();
      if (!data) return null;
      say("saving", tries ? "Not saved yet; trying again…" : "Saving…");
      let answer;
      try {
        answer = await request(url, data);
      } catch {
        answer = { status: 0 };
      }
      if (answer.status && answer.status < 500) return answer;
      const why = answer.status ? "Not saved: that did not work." : "Not saved: no connection.";
      say("failed", keeps ? `${why} What you wrote is kept; trying again…` : `${why} Try again.`);
      if (!keeps) return { status: answer.status };
      await pause(Math.min(1000 * 2 ** tries, SLOWEST));
    }
  };

  const swap = async (answer) => {
    if (answer.base) {
      base = answer.base;
      for (const field of document.querySelectorAll("[data-base-field]")) field.value = base;
    }
    const held = document.activeElement?.id;
    await htmx.swap({ text: answer.text, target: root, sourceElement: root, swap: "none", request: {}, hx: {} });
    if (held && document.activeElement === document.body) document.getElementById(held)?.focus({ preventScroll: true });
  };

  const carryOut = async (url, make, { keeps = false, before } = {}) => {
    const answer = await persist(url, make, keeps);
    if (!answer) return null;
    const { status } = answer;
    if (status === 200 || status === 409 || status === 422) {
      before?.(answer);
      await swap(answer);
    }
    if (status === 200) say("saved", "Saved");
    else if (status === 409) say("failed", "Not saved: somebody else changed this too");
    else if (status === 422) say("failed", keeps ? "Not saved: see the field" : "Nothing was changed");
    else if (status) say("failed", reasons[status] ?? "Not saved: that did not work.");
    root.dispatchEvent(new CustomEvent("composer:answered", { detail: answer }));
    return answer;
  };

  return {
    root,
    say,
    get base() {
      return base;
    },
    get busy() {
      return waiting > 0;
    },
    // `make` is called when its turn comes and gives the FormData, or null when there is nothing to send any more.
    send(url, make, options) {
      waiting += 1;
      const turn = tail.then(() => carryOut(url, make, options));
      tail = turn.catch(() => {}).finally(() => (waiting -= 1));
      return turn;
    },
  };
})();
