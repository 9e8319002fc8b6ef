// Sends the scenario by @rudderstack/rudder-sdk-node.
const Analytics = require("@rudderstack/rudder-sdk-node");
const { run } = require("./order.js");

run(async ({ host, key, calls }, failures) => {
  const client = new Analytics(key, {
    dataPlaneUrl: host, flushAt: 20, flushInterval: 100, retryCount: 20, logLevel: "none",
    errorHandler: (error) => failures.push(String(error)),
  });
  const delivered = calls.map(({ type, timestamp, ...call }) => new Promise((resolve) =>
    client[type]({ ...call, ...(timestamp && { originalTimestamp: new Date(timestamp) }) }, resolve)));
  const timer = setInterval(() => client.flush(), 50);
  await Promise.all(delivered);
  clearInterval(timer);
});
