// What to send comes as JSON on standard input; what went wrong goes as a JSON list to standard output.
exports.run = async (send) => {
  const failures = [];
  const order = JSON.parse(require("fs").readFileSync(0, "utf8"));
  process.on("unhandledRejection", (error) => failures.push(`unhandled: ${error}`));
  await send(order, failures);
  console.log(`\n${JSON.stringify(failures)}`);
  process.exit(0);
};
