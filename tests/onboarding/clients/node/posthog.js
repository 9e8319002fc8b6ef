// Sends the scenario by posthog-node.
const { PostHog } = require("posthog-node");
const { run } = require("./order.js");

run(async ({ host, key, calls }, failures) => {
  const client = new PostHog(key, {
    host, flushAt: 20, maxBatchSize: 20, flushInterval: 100, fetchRetryCount: 20, fetchRetryDelay: 100, requestTimeout: 30_000,
  });
  client.on("error", (error) => failures.push(String(error)));
  for (const { type, timestamp, userId, anonymousId, ...call } of calls) {
    const distinctId = userId ?? anonymousId;
    const at = timestamp && { timestamp: new Date(timestamp) };
    if (type === "identify") {
      client.identify({ distinctId, properties: { $set: call.traits, $anon_distinct_id: anonymousId } });
    } else if (type === "group") {
      client.groupIdentify({ groupType: "company", groupKey: call.groupId, properties: call.traits });
    } else if (type === "alias") {
      client.alias({ distinctId, alias: call.previousId });
    } else if (type === "page") {
      const seen = { $current_url: call.properties.url, title: call.name };
      client.capture({ distinctId, event: "$pageview", properties: seen, ...at });
    } else if (type === "screen") {
      client.capture({ distinctId, event: "$screen", properties: { $screen_name: call.name, ...call.properties }, ...at });
    } else {
      const visitor = userId ? {} : { $process_person_profile: false };
      client.capture({ distinctId, event: call.event, properties: { ...call.properties, ...visitor }, ...at });
    }
  }
  if ((await client.getFeatureFlag("anything", "dora", { sendFeatureFlagEvents: false })) !== undefined) {
    failures.push("There are no flags here.");
  }
  await client.shutdown(100_000);
});
