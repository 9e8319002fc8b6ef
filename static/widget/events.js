// What the page says of its user goes to intake: in batches, repeated until it is taken, each message once by its id.
const eventQueue = () => {
  const MOST_KEPT = 1000;
  const IN_A_BATCH = 50;
  const MOST_BYTES = 50000; // in a batch; a page that is being left may send 64 KB
  const SLOWEST = 60000;
  const waiting = [];
  let key;
  let common = {};
  let busy = false;
  let failures = 0;
  let sent = () => {};

  const id = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const first = () => {
    let bytes = 0;
    const end = waiting.findIndex((message) => (bytes += new Blob([JSON.stringify(message)]).size) > MOST_BYTES);
    return waiting.slice(0, end < 0 ? IN_A_BATCH : Math.min(end || 1, IN_A_BATCH));
  };
  const body = (batch) => JSON.stringify({ writeKey: key, batch, sentAt: new Date().toISOString() });

  const flush = async () => {
    if (busy || !key || !waiting.length) return;
    busy = true;
    const batch = first();
    let pause = 0;
    try {
      const response = await fetch("/v1/batch", { method: "POST", body: body(batch), credentials: "omit" });
      if (response.status === 429 || response.status >= 500) throw response;
      waiting.splice(0, batch.length); // taken, or refused for good
      failures = 0;
      sent();
    } catch (failed) {
      failures += 1;
      pause = Math.max(1000 * (failed.headers?.get("Retry-After") ?? 0), Math.min(1000 * 2 ** failures, SLOWEST));
    }
    busy = false;
    if (waiting.length) setTimeout(flush, pause);
  };
  addEventListener("online", flush);
  // What is under way is sent once more: it may not get there, and counts once.
  addEventListener("pagehide", () => {
    if (key && waiting.length) navigator.sendBeacon("/v1/batch", body(first()));
  });

  return {
    add(message, at) {
      if (waiting.length >= MOST_KEPT) return;
      waiting.push({ messageId: `web-${id()}`, timestamp: at, ...common, ...message });
      setTimeout(flush, 20);
    },
    // From here on whose messages these are is known; what waits was theirs as well.
    begin({ writeKey, user, account, whenSent }) {
      key = writeKey;
      sent = whenSent;
      common = { userId: user, ...(account && { context: { groupId: account } }) };
      for (const message of waiting) Object.assign(message, { ...common, ...message });
      flush();
    },
  };
};
