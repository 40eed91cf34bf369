// node tests/load/run.mjs SCRIPT [SECONDS]: runs a k6 script against a stack of its own. Ends with 77,
// which CTest takes for skipped, where there is no k6; in CI that is a failure.
import { spawnSync } from 'node:child_process';
import { Stack } from '../integration/support/stack.mjs';

const [script, seconds = '30'] = process.argv.slice(2);
const SKIPPED = 77;

if (spawnSync('k6', ['version']).error) {
  console.error('k6 is not on PATH: go install go.k6.io/k6@v1.8.1');
  process.exit(process.env.CI ? 1 : SKIPPED);
}
const stack = await Stack.start({ RATE_LIMIT_READ_PER_MINUTE: '1000000', PLATFORM_CHAINS: 'ethereum' });
let status = 1;
try {
  const env = { ...process.env, BASE_URL: stack.api, DURATION: `${seconds}s` };
  ({ status } = spawnSync('k6', ['run', '--quiet', script], { env, stdio: 'inherit' }));
} finally {
  await stack.stop();
}
process.exitCode = status ?? 1;
