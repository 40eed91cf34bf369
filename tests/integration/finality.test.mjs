// A chain that takes back what it called final: an alarm, no further signature, and nothing that was
// paid is paid again; until an administrator accepts the chain as it is now.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect, freshAddress, minedTransactions, paymentsTo, reorgFrom } from './support/chain.mjs';
import { program, sql } from './support/inside.mjs';
import { Stack, sleep } from './support/stack.mjs';

let stack;
let provider;
let admin;
let home;
// The payments of the stopped chain.
const made = [];

before(async () => {
  // One slot an epoch: finalized = head - 2.
  stack = await Stack.start({ PLATFORM_CHAINS: 'ethereum', DEVNET_SLOTS_IN_AN_EPOCH: '1', TRANSFER_LEASE: '1s' });
  provider = connect(stack.node);
  admin = await stack.user();
  await sql(stack, `UPDATE users SET role = 'admin' WHERE id = '${admin.id}'`);
  home = mkdtempSync(join(tmpdir(), 'platform-home-'));
});

after(async () => {
  provider?.destroy();
  if (home) rmSync(home, { recursive: true, force: true });
  await stack?.stop();
});

const call = (user, method, path, body) => stack.call(method, path, { token: user.token, body });

// The command line as an administrator uses it. Answers {code, text}.
function cli(...words) {
  const env = { ...process.env, CRYPTOCTL_API: stack.api, CRYPTOCTL_PASSWORD: admin.password, XDG_CONFIG_HOME: home };
  return new Promise((resolve) => {
    execFile(program(), words, { env }, (error, out, complaint) => resolve({ code: error ? error.code : 0, text: out + complaint }));
  });
}

async function alarms() {
  const text = await (await fetch(`${stack.service('ethereum-service').http}/metrics`)).text();
  return Number(/^transfer_alarms_total(?:\{[^}]*\})? (\S+)/m.exec(text)?.[1] ?? 0);
}

test('a reorg below the final block stops sends, and nothing is signed again', { timeout: 120_000 }, async () => {
  const user = await stack.user();
  const to = freshAddress();
  const paid = await stack.must('POST', '/api/v1/ethereum/send', { token: user.token, body: { to, amount: '0.01' } });
  const { block_height: height } = await stack.reach(user, paid.id, 'final');
  const waiting = await stack.must('POST', '/api/v1/ethereum/send', { token: user.token, body: { to, amount: '0.02' } });
  assert.equal(await alarms(), 0);
  const attempts = await sql(stack, 'SELECT intent_id, number, tx_hash FROM attempts ORDER BY 1, 2');
  await reorgFrom(provider, height);

  let status;
  for (const deadline = Date.now() + 20_000; ; await sleep(100)) {
    status = (await call(user, 'GET', '/api/v1/ethereum/status')).body;
    if (status.sends_stopped_reason) break;
    assert.ok(Date.now() < deadline, JSON.stringify(status));
  }
  assert.match(status.sends_stopped_reason, /was final and has changed/);
  assert.ok(await alarms() >= 1);
  const refused = await call(user, 'POST', '/api/v1/ethereum/send', { to, amount: '0.03' });
  assert.equal(refused.status, 503, JSON.stringify(refused.body));
  assert.equal(refused.body.code, 'sends_stopped');
  const faster = await call(user, 'POST', `/api/v1/ethereum/tx/${waiting.tx_hash}/speed-up`, {});
  assert.ok(faster.status >= 400, JSON.stringify(faster.body));

  const until = (await provider.getBlockNumber()) + 5;
  while (await provider.getBlockNumber() < until) await sleep(100);
  assert.equal(await sql(stack, 'SELECT intent_id, number, tx_hash FROM attempts ORDER BY 1, 2'), attempts);
  const hashes = [paid.tx_hash, waiting.tx_hash];
  for (const { hash, from } of await minedTransactions(provider)) {
    if (from === user.address) assert.ok(hashes.includes(hash), `${hash} was never answered`);
  }
  // What was there can still be read.
  assert.equal((await call(user, 'GET', '/api/v1/wallet/balances')).status, 200);
  made.push({ user, to, ...paid }, { user, to, ...waiting });
});

test('a daemon that starts while sends are stopped is there, and says why', { timeout: 120_000 }, async () => {
  await stack.script('up', '--no-build', '--no-smoke', '--restart', 'ethereum-service');
  const health = await (await fetch(`${stack.service('ethereum-service').http}/health`)).json();
  assert.equal(health.status, 'degraded', JSON.stringify(health));
  const { body } = await call(made[0].user, 'POST', '/api/v1/ethereum/send', { to: freshAddress(), amount: '0.01' });
  assert.equal(body.code, 'sends_stopped');
  assert.match(`${body.detail} ${body.remedy}`, /cryptoctl final-block/);
});

test('an administrator accepts the node\'s block: sends go on, and each payment is made once', { timeout: 180_000 }, async () => {
  const [{ user }] = made;
  assert.equal((await cli('login', admin.email)).code, 0);
  const shown = await cli('final-block', 'show', 'ethereum');
  assert.equal(shown.code, 0, shown.text);
  const hash = /final-block accept ethereum --network eip155:31337 --hash (0x[0-9a-f]{64})/.exec(shown.text)?.[1];
  assert.ok(hash, shown.text);
  const accept = (...words) => cli('final-block', 'accept', 'ethereum', ...words);
  const signed = await sql(stack, 'SELECT intent_id, number, encode(signed_tx, \'hex\') FROM attempts ORDER BY 1, 2');

  // Nobody else, and nothing else than was shown.
  const path = '/api/v1/admin/chains/ethereum/final-block';
  assert.equal((await call(user, 'POST', path, { password: user.password, network: 'eip155:31337', hash })).status, 403);
  assert.equal((await accept('--hash', hash)).code, 2);
  assert.match((await accept('--network', 'eip155:1', '--hash', hash)).text, /wrong_network/);
  assert.match((await accept('--network', 'eip155:31337', '--hash', `0x${'00'.repeat(32)}`)).text, /block_mismatch/);
  assert.equal((await call(user, 'POST', '/api/v1/ethereum/send', { to: freshAddress(), amount: '0.01' })).body.code, 'sends_stopped');
  assert.equal(await sql(stack, 'SELECT count(*) FROM identity_events WHERE kind = \'final_block_accepted\''), '0');

  const accepted = await accept('--network', 'eip155:31337', '--hash', hash);
  assert.equal(accepted.code, 0, accepted.text);
  assert.equal(await sql(stack, `SELECT detail->>'accepted_hash' FROM identity_events WHERE kind = 'final_block_accepted'`), hash);
  assert.equal(await sql(stack, 'SELECT intent_id, number, encode(signed_tx, \'hex\') FROM attempts ORDER BY 1, 2'), signed);
  assert.match((await accept('--network', 'eip155:31337', '--hash', hash)).text, /sends_not_stopped/);

  const to = freshAddress();
  const next = await stack.must('POST', '/api/v1/ethereum/send', { token: user.token, body: { to, amount: '0.04' } });
  for (const payment of [...made, { user, to, ...next }]) await stack.reach(user, payment.id, 'final');
  for (const deadline = Date.now() + 60_000; ; await sleep(200)) {
    const { text } = await cli('--json', 'final-block', 'show', 'ethereum');
    if (JSON.parse(text).lost.length === 0) break;
    assert.ok(Date.now() < deadline, text);
  }
  assert.equal((await paymentsTo(provider, made[0].to)).length, 2);
  assert.equal((await paymentsTo(provider, to)).length, 1);
  const own = (await minedTransactions(provider)).filter(({ from }) => from.toLowerCase() === user.address.toLowerCase());
  assert.deepEqual(own.map(({ hash: each }) => each), [...made.map((payment) => payment.tx_hash), next.tx_hash]);
  // What /health says may be some seconds old.
  for (const deadline = Date.now() + 20_000; ; await sleep(200)) {
    const { checks, status } = await (await fetch(`${stack.service('ethereum-service').http}/health`)).json();
    if (status === 'ok') break;
    assert.ok(Date.now() < deadline, JSON.stringify(checks));
  }
});
