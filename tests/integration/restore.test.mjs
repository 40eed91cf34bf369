// A dump from before the last sends is restored: clients that retry pay nothing twice, and are told
// what the chain shows.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { connect, ethers, freshAddress, minedTransactions, paymentsTo } from './support/chain.mjs';
import { sql } from './support/inside.mjs';
import { descendants } from './support/memory.mjs';
import { Stack, sleep } from './support/stack.mjs';

const run = promisify(execFile);
const DAEMONS = ['api-gateway', 'ethereum-service', 'wallet-manager'];

let stack;
let provider;
let user;
let admin;
let dump;

const send = (order, more = {}) => stack.call('POST', '/api/v1/ethereum/send', {
  token: user.token, key: order.key, body: { to: order.to, amount: order.amount, ...more },
});
const newOrder = (amount) => ({ key: randomUUID(), to: freshAddress(), amount });
const mine = async () => (await minedTransactions(provider)).filter((tx) => tx.from.toLowerCase() === user.address.toLowerCase());

async function paid(order) {
  const answer = await send(order);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  order.id = answer.body.id;
  order.hash = answer.body.tx_hash;
  return order;
}

const pid = (name) => Number(readFileSync(join(stack.folder, 'run', `${name}.pid`), 'utf8').split(' ')[0]);
const stateOf = (recipient) => sql(stack, `SELECT state FROM intents WHERE recipients->0->>'address' = '${recipient}'`);

// While the signer stands still, a payment stays where it has reserved its nonce.
async function reserved(order) {
  const signers = descendants([pid('wallet-manager')]).filter((id) => id !== pid('wallet-manager'));
  for (const signer of signers) process.kill(signer, 'SIGSTOP');
  const answer = send(order);
  await eventually(async () => (await stateOf(order.to)) === 'RESERVED', 'RESERVED');
  return async () => {
    for (const signer of signers) process.kill(signer, 'SIGCONT');
    const { status, body } = await answer;
    assert.ok(status === 200 || status === 202, JSON.stringify(body));
    order.id = body.id;
  };
}

async function eventually(look, what) {
  for (const deadline = Date.now() + 30_000; ; await sleep(200)) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < deadline, `never seen: ${what}`);
  }
}

const decide = (step) => stack.call('POST', `/api/v1/admin/restore/${step}`, { token: admin.token, body: { password: admin.password } });

async function health() {
  const answer = await fetch(`${stack.service('wallet-manager').http}/health`);
  return (await answer.json());
}

// As the README says: daemons down, the database as it was, daemons up. The chain goes on.
async function restore() {
  for (const name of DAEMONS) process.kill(pid(name), 'SIGTERM');
  await eventually(async () => {
    const { services } = JSON.parse(await stack.script('status', '--json'));
    return services.every((service) => service.state === 'stopped');
  }, 'all daemons stopped');
  const url = stack.status.database_url;
  const maintenance = url.replace(/\/[^/]*$/, '/postgres');
  await run('psql', ['-Xqc', 'DROP DATABASE crypto_platform WITH (FORCE)', '-c', 'CREATE DATABASE crypto_platform', maintenance]);
  await run('pg_restore', ['--exit-on-error', '-d', url, dump]);
  await stack.up();
}

before(async () => {
  stack = await Stack.start({ PLATFORM_CHAINS: 'ethereum' });
  provider = connect(stack.node);
  user = await stack.user();
  admin = await stack.user();
  await sql(stack, `UPDATE users SET role = 'admin' WHERE id = '${admin.id}'`);
  admin.token = (await stack.must('POST', '/auth/login', { body: { email: admin.email, password: admin.password } })).token;
  dump = join(stack.folder, 'before.dump');
});

after(async () => {
  provider?.destroy();
  await stack?.stop();
});

test('ten payments that the database has lost are never made again', { timeout: 240_000 }, async (t) => {
  const known = [];
  for (let index = 1; index <= 3; ++index) known.push(await paid(newOrder(`0.00${index}`)));
  for (const { id } of known) await stack.reach(user, id, 'final');
  // While the dump is made one is under way, and one is not signed yet.
  await provider.send('evm_setIntervalMining', [0]);
  const under_way = await paid(newOrder('0.004'));
  await eventually(async () => (await stateOf(under_way.to)) === 'SUBMITTED', 'SUBMITTED');
  const unsigned = newOrder('0.005');
  const goOn = await reserved(unsigned);
  await run('pg_dump', ['-Fc', '-f', dump, stack.status.database_url]);
  await provider.send('evm_setIntervalMining', [1]);
  await goOn();
  const lost = [];
  for (let index = 0; index < 10; ++index) lost.push(await paid(newOrder(`0.01${index}`)));
  for (const { id } of [under_way, unsigned, ...lost]) await stack.reach(user, id, 'final');
  assert.equal((await mine()).length, 15);

  await restore();
  assert.match(JSON.stringify((await health()).checks.find?.((check) => check.name === 'restore') ?? (await health()).checks.restore), /restored|degraded|fail/);

  // Asked before the acceptance; the gateway waits long for a signature.
  const early = newOrder('0.02');
  const waiting = send(early, { after_restore: true });

  await t.test('what the dump knows is answered as ever', async () => {
    for (const order of [...known, under_way]) {
      const answer = await send(order);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.deepEqual([answer.body.id, answer.body.tx_hash], [order.id, order.hash]);
    }
    await stack.reach(user, under_way.id, 'final');
  });

  await t.test('each lost one answers `restored`, and is among the payments found', async () => {
    [{ hash: unsigned.hash }] = await paymentsTo(provider, unsigned.to);
    const hashes = [unsigned, ...lost].map((order) => order.hash).sort();
    await eventually(async () => (await send(lost[0])).body.payments?.length >= hashes.length, 'all payments found');
    for (const order of lost) {
      const { status, body } = await send(order);
      assert.deepEqual([status, body.code], [409, 'restored'], JSON.stringify(body));
      assert.deepEqual(body.payments.map((payment) => payment.tx_hash).sort(), hashes);
      const own = body.payments.find((payment) => payment.tx_hash === order.hash);
      assert.deepEqual([own.to, own.amount_atomic], [order.to, String(ethers.parseEther(order.amount))]);
    }
  });

  await t.test('before it is accepted nothing is signed', async () => {
    await eventually(async () => (await stateOf(early.to)) === 'RECEIVED', 'RECEIVED');
    await sleep(2_000);
    assert.deepEqual([await stateOf(early.to), await stateOf(unsigned.to)], ['RECEIVED', 'RESERVED']);
    assert.equal((await decide('close')).body.code, 'no_restore');
  });

  await t.test('accepted: orders issued before are void, new ones are paid', async () => {
    const accepted = await decide('accept');
    assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
    await waiting;
    await eventually(async () => (await send(early)).body.code === 'restored', 'restored');
    assert.equal(await stateOf(early.to), 'REJECTED');
    assert.equal((await stack.reach(user, unsigned.id, 'final')).tx_hash, unsigned.hash);
    assert.equal((await send(unsigned)).body.tx_hash, unsigned.hash);
    for (const order of lost) assert.equal((await send(order)).body.code, 'restored');
    const meant = newOrder('0.03');
    assert.equal((await send(meant)).body.code, 'restored');
    const answer = await send(meant, { after_restore: true });
    assert.ok(answer.status === 200 || answer.status === 202, JSON.stringify(answer.body));
    await stack.reach(user, answer.body.id, 'final');
    assert.equal((await paymentsTo(provider, meant.to)).length, 1);
  });

  await t.test('closed: an unknown request is a new payment again', async () => {
    assert.equal((await decide('close')).status, 200);
    const later = await paid(newOrder('0.04'));
    await stack.reach(user, later.id, 'final');
  });

  await t.test('the chain shows each of them once', async () => {
    for (const order of [...known, under_way, unsigned, ...lost]) assert.equal((await paymentsTo(provider, order.to)).length, 1, order.amount);
    assert.equal((await paymentsTo(provider, early.to)).length, 0);
    const own = await mine();
    assert.equal(own.length, 17);
    assert.deepEqual(own.map((tx) => tx.nonce), own.map((_, index) => index));
  });
});
