// A chain that takes back what it called final: an alarm, no further signature, and nothing that was
// paid is paid again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connect, freshAddress, minedTransactions } from './support/chain.mjs';
import { sql } from './support/inside.mjs';
import { Stack, sleep } from './support/stack.mjs';

let stack;
let provider;

before(async () => {
  // One slot an epoch: finalized = head - 2.
  stack = await Stack.start({ PLATFORM_CHAINS: 'ethereum', DEVNET_SLOTS_IN_AN_EPOCH: '1', TRANSFER_LEASE: '1s' });
  provider = connect(stack.node);
});

after(async () => {
  provider?.destroy();
  await stack?.stop();
});

const call = (user, method, path, body) => stack.call(method, path, { token: user.token, body });

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
  await provider.send('anvil_reorg', [(await provider.getBlockNumber()) - height + 1, []]);

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
});
