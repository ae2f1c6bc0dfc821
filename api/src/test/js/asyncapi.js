// Checks an AsyncAPI document; takes its file, beside which lies what it refers to.
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");

async function main() {
  const file = process.argv[2];
  const { document, diagnostics } = await new Parser().parse(readFileSync(file, "utf8"), { source: file });
  const bad = diagnostics.filter((one) => one.severity <= 1 && one.code !== "asyncapi-latest-version");
  if (!document || bad.length > 0) {
    console.error(JSON.stringify(bad, null, 1));
    process.exit(1);
  }
  console.log("all is well");
}

main();
