// Lints an OpenAPI document by the recommended rules of its linter and writes what it finds, or "all is well".
const fs = require('node:fs');
const { createConfig, lintFromString } = require('@redocly/openapi-core');

async function main() {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source: fs.readFileSync(process.argv[2], 'utf8'), config });
  for (const problem of problems) {
    const place = problem.location[0];
    console.log(`${problem.severity} ${problem.ruleId}: ${problem.message} (${place ? place.pointer : ''})`);
  }
  if (problems.length === 0) {
    console.log('all is well');
  }
}

main();
