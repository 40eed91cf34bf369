// The README's first calls run as printed, and the customer's own lines answer as documented.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { program } from './support/inside.mjs';
import { Stack, root } from './support/stack.mjs';

const run = promisify(execFile);
let stack;

before(async () => {
  stack = await Stack.start();
});

after(() => stack?.stop());

// The bash block under the heading "First calls", one call each; continuation lines belong to it.
function firstCalls() {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const block = /## First calls[\s\S]*?```bash\n([\s\S]*?)```/.exec(readme)[1];
  return block.replace(/\\\n/g, ' ').split('\n').filter((line) => line && !line.startsWith('#'));
}

test('the calls of the README, in a row, as printed', async () => {
  const lines = firstCalls().map((line) => line.replaceAll('http://localhost:8000', stack.api));
  assert.ok(lines.length >= 5);
  const script = lines.map((line) => `${line}; echo; echo ---`).join('\n');
  const { stdout } = await run('bash', ['-c', script]);
  const [register, , balances, send, health] = stdout.split('---').map((part) => part.trim());

  const registered = JSON.parse(register);
  for (const field of ['token', 'user_id', 'email', 'role', 'expires_at']) assert.ok(registered[field], field);
  assert.equal(registered.role, 'user');

  const { ethereum } = JSON.parse(balances);
  assert.match(ethereum.address, /^0x[0-9a-fA-F]{40}$/);
  assert.equal(ethereum.balance, '10');
  assert.equal(ethereum.currency, 'ETH');

  const sent = JSON.parse(send);
  assert.match(sent.tx_hash, /^0x[0-9a-f]{64}$/);
  assert.equal(sent.from, ethereum.address);
  assert.equal(sent.value, '0.1');
  assert.equal(sent.status, 'pending');

  assert.equal(JSON.parse(health).status, 'ok');
});

test("the customer's literal send line is refused and counts the digits", async () => {
  const user = await stack.user();
  const answer = await stack.call('POST', '/api/v1/ethereum/send', {
    token: user.token,
    raw: '{\n    "to": "0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb",\n    "amount": "0.1",\n    "gas_price_gwei": "20"\n  }',
  });
  assert.equal(answer.status, 422);
  assert.match(answer.body.detail + JSON.stringify(answer.body.errors), /39/);
});

test('every daemon answers health and metrics', async () => {
  for (const service of stack.status.services) {
    const health = await (await fetch(`${service.http}/health`)).json();
    assert.equal(health.status, 'ok', service.name);
    const metrics = await (await fetch(`${service.http}/metrics`)).text();
    assert.match(metrics, /build_info/, service.name);
  }
});

test('the specification and its page are served', async () => {
  const specification = await stack.must('GET', '/openapi.json');
  assert.match(specification.openapi, /^3\.1/);
  const page = await fetch(`${stack.api}/docs`);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /swagger-ui-bundle\.js/);
  const bundle = await fetch(`${stack.api}/docs/swagger-ui-bundle.js`);
  assert.equal(bundle.status, 200);
  assert.match(await bundle.text(), /SwaggerUIBundle/);
  assert.equal((await fetch(`${stack.api}/docs/swagger-ui.css`)).status, 200);
});

test('the command line does the same', async () => {
  const cli = program();
  const env = { ...process.env, XDG_CONFIG_HOME: join(stack.folder, 'config'), CRYPTOCTL_API: stack.api };
  const user = await stack.user();
  const call = async (...args) => JSON.parse((await run(cli, ['--json', ...args], { env })).stdout);
  await run(cli, ['login', user.email], { env: { ...env, CRYPTOCTL_PASSWORD: user.password } });
  const balances = await call('wallet', 'balances');
  assert.equal(balances.ethereum.address, user.address);
  const sent = await call('send', 'ethereum', '0x70997970C51812dc3A010C7d01b50e0d17dc79C8', '0.1');
  await stack.reach(user, sent.id, 'final');
  const shown = await call('tx', sent.id);
  assert.equal(shown.status, 'final');
});
