// Sends the scenario by @segment/analytics-node.
const { Analytics } = require("@segment/analytics-node");
const { run } = require("./order.js");

run(async ({ host, key, calls }, failures) => {
  const client = new Analytics({
    writeKey: key, host, flushAt: 20, flushInterval: 100, maxRetries: 20, httpRequestTimeout: 30_000,
  });
  client.on("error", (error) => failures.push(String(error.reason ?? error)));
  for (const { type, timestamp, ...call } of calls) {
    client[type]({ ...call, ...(timestamp && { timestamp: new Date(timestamp) }) });
  }
  await client.closeAndFlush({ timeout: 100_000 });
});
