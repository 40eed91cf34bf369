// Redis emptied, Redis gone, Postgres restarted: payments go on, and each is made once.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { check } from '../chaos/checker.mjs';
import { Client } from '../chaos/client.mjs';
import { connect, freshAddress } from './support/chain.mjs';
import { Stack, ended, sleep } from './support/stack.mjs';

const SENDS_A_MINUTE = 30;
const RECOVERY_MS = 10_000;
const run = promisify(execFile);

let stack;
let provider;

before(async () => {
  stack = await Stack.start({ PLATFORM_CHAINS: 'ethereum', RATE_LIMIT_SEND_PER_MINUTE: String(SENDS_A_MINUTE) });
  provider = connect(stack.node);
});

after(async () => {
  provider?.destroy();
  await stack?.stop();
});

const pid = (name) => Number(readFileSync(join(stack.folder, 'run', `${name}.pid`), 'utf8').split(' ')[0]);
const redis = (...command) => run('redis-cli', ['--no-auth-warning', '-u', stack.status.redis_url, ...command]);

// `sends` careful payments of each of some users while `work` goes on; then the chain is counted.
async function payThrough(sends, users, work) {
  const clients = [];
  for (let index = 0; index < users; ++index) clients.push(new Client(stack, await stack.user()));
  const balancesBefore = new Map();
  for (const { user } of clients) balancesBefore.set(user.address.toLowerCase(), await provider.getBalance(user.address));
  const startBlock = (await provider.getBlockNumber()) + 1;
  const deadline = Date.now() + 90_000;
  const paying = Promise.all(clients.map(async (client) => {
    for (let count = 0; count < sends; ++count) await client.order('0.001', deadline);
  }));
  let running = true;
  const working = work({ clients, isRunning: () => running });
  await paying;
  running = false;
  await working;
  assert.deepEqual(await check({ provider, clients, startBlock, balancesBefore }), []);
  const orders = clients.flatMap((client) => client.orders);
  assert.equal(orders.filter((order) => order.ended?.status === 'final').length, sends * users);
  return orders;
}

test('Redis emptied each second changes nothing', { timeout: 120_000 }, async () => {
  let times = 0;
  const orders = await payThrough(5, 4, async ({ isRunning }) => {
    for (; isRunning(); times += 1) {
      await redis('FLUSHALL');
      await sleep(1_000);
    }
  });
  assert.ok(times >= 3, `${times} times`);
  // Nothing was refused on the way, and no order needed a second try.
  for (const order of orders) assert.deepEqual([order.acknowledged.length, order.refused], [1, undefined]);
});

test('without Redis payments go on, at the rate that one replica knows of', { timeout: 120_000 }, async () => {
  const hurried = await stack.user();
  process.kill(pid('redis'), 'SIGTERM');
  await sleep(500);
  await assert.rejects(redis('PING'));
  const from = Date.now();
  const answers = await Promise.all(Array.from({ length: 2 * SENDS_A_MINUTE }, () => stack.call('POST', '/api/v1/ethereum/send', {
    token: hurried.token, key: randomUUID(), body: { to: freshAddress(), amount: '0.001' },
  })));
  const refilled = Math.ceil((Date.now() - from) / 60_000 * SENDS_A_MINUTE);
  const taken = answers.filter((answer) => answer.status === 200 || answer.status === 202);
  const limited = answers.filter((answer) => answer.status === 429);
  assert.equal(taken.length + limited.length, answers.length, JSON.stringify(answers.map((answer) => answer.status)));
  assert.ok(taken.length >= SENDS_A_MINUTE && taken.length <= SENDS_A_MINUTE + refilled, `${taken.length} were taken`);
  for (const { headers, body } of limited) {
    assert.equal(body.code, 'rate_limited');
    assert.ok(Number(headers.get('retry-after')) > 0);
  }
  await Promise.all(taken.map(({ body }) => stack.reach(hurried, body.id, 'final')));
  await payThrough(2, 2, async () => {});
  await stack.up();
  await redis('PING');
});

test('Postgres restarted under load: recovered within 10 s, nothing lost', { timeout: 150_000 }, async (t) => {
  let recovered;
  await payThrough(8, 4, async ({ clients }) => {
    const count = () => clients.reduce((sum, client) => sum + client.orders.reduce((n, order) => n + order.acknowledged.length, 0), 0);
    await sleep(3_000);
    // Its last checkpoint takes a while; `up` starts only what has ended.
    const postgres = pid('postgres');
    process.kill(postgres, 'SIGINT');
    await ended(postgres);
    await stack.up();
    const from = Date.now();
    const before = count();
    while (count() === before && Date.now() - from < 60_000) await sleep(20);
    recovered = Date.now() - from;
  });
  t.diagnostic(`paid again ${recovered} ms after it was up`);
  assert.ok(recovered <= RECOVERY_MS, `${recovered} ms`);
});
