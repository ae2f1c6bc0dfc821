// Talks to a server by the published client of the event bus, unchanged.
// Takes the server's address, a submitter's token, and one that is wrong.
const assert = require("node:assert");
const EventBus = require("@vertx/eventbus-bridge-client.js");

const [base, token, wrong] = process.argv.slice(2);

function open(authorization) {
  return new Promise((resolve, reject) => {
    const bus = new EventBus(base + "/eventbus");
    bus.enableReconnect(false);
    bus.defaultHeaders = authorization ? { authorization: "Bearer " + authorization } : null;
    bus.onerror = reject;
    bus.onopen = () => resolve(bus);
  });
}

function ask(bus, address, body, headers) {
  return new Promise((resolve, reject) =>
    bus.send(address, body, headers ?? {}, (error, reply) => (error ? reject(error) : resolve(reply))));
}

async function refused(promise, status) {
  const error = await promise.then(
    (reply) => assert.fail(JSON.stringify(reply)),
    (e) => e,
  );
  assert.strictEqual(error.failureCode, status, JSON.stringify(error));
  const problem = JSON.parse(error.message);
  assert.strictEqual(problem.status, status);
  assert.ok(problem.detail);
  return problem;
}

async function main() {
  const bus = await open(token);
  const published = new Map();
  let ended;
  const end = new Promise((resolve) => (ended = resolve));
  bus.registerHandler("millrace.events", (error, message) => {
    assert.ok(!error, JSON.stringify(error));
    const event = message.body;
    if (!published.has(event.source)) published.set(event.source, []);
    published.get(event.source).push(event);
    if (event.type === "dev.millrace.run.finished") ended();
  });
  const pipeline = {
    version: 1,
    name: "bus",
    steps: { a: { script: "echo a" }, b: { script: "echo b", needs: ["a"] } },
  };
  const accepted = await ask(bus, "millrace.submit", { pipeline }, { "idempotency-key": "k" });
  assert.strictEqual(accepted.headers.status, "202");
  const run = accepted.body.run;
  const again = await ask(bus, "millrace.submit", { pipeline }, { "idempotency-key": "k" });
  assert.strictEqual(again.body.run, run);
  await end;

  const read = [];
  for (;;) {
    const page = await ask(bus, "millrace.events.read", { run, after: read.length, limit: 3 });
    if (page.body.events.length === 0) break;
    read.push(...page.body.events);
  }
  assert.deepStrictEqual(read.map((e) => e.id), read.map((_, i) => String(i + 1)));
  const live = published.get("/runs/" + run);
  assert.ok(live.length > 3, JSON.stringify(live));
  assert.deepStrictEqual(live, read.slice(read.length - live.length));

  const shown = await ask(bus, "millrace.runs.get", { run });
  assert.strictEqual(shown.body.status, "succeeded");
  const list = await ask(bus, "millrace.runs.list", { limit: 5, status: "succeeded" });
  assert.deepStrictEqual(list.body.runs.map((one) => one.run), [run]);
  await ask(bus, "millrace.runs.cancel", { run, force: true });

  await refused(ask(bus, "millrace.runs.get", { run: "nobody" }), 404);
  await refused(ask(bus, "millrace.runs.list", { limit: 0 }), 400);
  await refused(ask(bus, "millrace.runs.get", "text"), 400);
  await refused(ask(bus, "millrace.elsewhere", {}), 404);
  await refused(ask(bus, "millrace.runs.approve", { run, task: "a" }), 403);
  const bad = { pipeline: { version: 1, name: "bad", steps: { a: { needs: ["x"], script: "" }, b: { executor: "y", script: "" } } } };
  const problem = await refused(ask(bus, "millrace.submit", bad), 422);
  assert.ok(problem.problems.length >= 2, JSON.stringify(problem));
  bus.close();

  const stranger = await open(wrong);
  await refused(ask(stranger, "millrace.runs.get", { run }), 401);
  await refused(
    new Promise((resolve, reject) =>
      stranger.registerHandler("millrace.events." + run, (error, message) => (error ? reject(error) : resolve(message)))),
    401,
  );
  stranger.close();
}

main().then(
  () => console.log("all is well"),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
