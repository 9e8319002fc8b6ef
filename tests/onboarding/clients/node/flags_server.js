// Asks for flags by OpenFeature's SDK for servers, as a JSON order on standard input says; answers in JSON.
const { OpenFeature } = require("@openfeature/server-sdk");
const { OFREPProvider } = require("@openfeature/ofrep-provider");

const order = JSON.parse(require("fs").readFileSync(0, "utf8"));

(async () => {
  const provider = new OFREPProvider({ baseUrl: order.host, headers: [["Authorization", `Bearer ${order.key}`]] });
  await OpenFeature.setProviderAndWait(provider);
  const client = OpenFeature.getClient();
  const answers = [];
  for (const [flag, fallback, context] of order.questions) {
    answers.push(await client.getBooleanDetails(flag, fallback, context));
  }
  console.log(JSON.stringify(answers));
  await OpenFeature.close();
})();
