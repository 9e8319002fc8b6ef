// Changes of a draft go to the server one at a time, each with the base that the page has read by then. The answer is
// pieces of the page, swapped in by their ids. What failed for want of a connection is kept and sent again.
window.composer = (() => {
  const root = document.getElementById("composer");
  if (!root) return null;
  const SLOWEST = 30000;
  const state = () => document.getElementById("save-state");
  const words = document.getElementById("composer-words").dataset; // in the member's language

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
      say("saving", tries ? words.again : words.saving);
      let answer;
      try {
        answer = await request(url, data);
      } catch {
        answer = { status: 0 };
      }
      if (answer.status && answer.status < 500) return answer;
      const why = answer.status ? words.failed : words.offline;
      say("failed", `${why} ${keeps ? words.kept : words.retry}`);
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
    if (status === 200) say("saved", words.saved);
    else if (status === 409) say("failed", words.clash);
    else if (status === 422) say("failed", keeps ? words.wrong : words.unchanged);
    else if (status) say("failed", words[`status-${status}`] ?? words.failed);
    root.dispatchEvent(new CustomEvent("composer:answered", { detail: answer }));
    return answer;
  };

  return {
    root,
    say,
    words,
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
