// Exactly one payment per intent, counted on the chain.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { connect, ethers, freshAddress, minedTransactions, paymentsTo } from './support/chain.mjs';
import { Stack, sleep } from './support/stack.mjs';

let stack;
let provider;

before(async () => {
  stack = await Stack.start();
  provider = connect(stack.node);
});

after(async () => {
  provider?.destroy();
  await stack?.stop();
});

const send = (user, body, key) => stack.call('POST', '/api/v1/ethereum/send', { token: user.token, key, body });

test('50 identical concurrent sends with one key pay once', async () => {
  const user = await stack.user();
  const body = { to: freshAddress(), amount: '0.01' };
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(user, body, key)));
  for (const answer of answers) {
    assert.ok([200, 202, 409].includes(answer.status), JSON.stringify(answer.body));
    if (answer.status === 409) assert.equal(answer.body.code, 'in_progress');
  }
  const repeat = await send(user, body, key);
  assert.equal(repeat.status, 200);
  assert.equal(repeat.headers.get('idempotent-replayed'), 'true');
  await stack.reach(user, repeat.body.id, 'final');
  const ids = new Set(answers.filter((answer) => answer.status < 300).map((answer) => answer.body.id));
  ids.add(repeat.body.id);
  assert.equal(ids.size, 1);
  assert.equal((await paymentsTo(provider, body.to)).length, 1);
});

test('another body under the same key is refused', async () => {
  const user = await stack.user();
  const key = randomUUID();
  const first = await send(user, { to: freshAddress(), amount: '0.01' }, key);
  assert.equal(first.status, 200);
  const second = await send(user, { to: freshAddress(), amount: '0.02' }, key);
  assert.equal(second.status, 422);
  assert.equal(second.body.code, 'key_reused');
});

test('50 identical concurrent sends without a key pay once, the others name it', async () => {
  const user = await stack.user();
  const body = { to: freshAddress(), amount: '0.01' };
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(user, body)));
  const paid = answers.filter((answer) => answer.status === 200);
  const refused = answers.filter((answer) => answer.status === 409);
  assert.equal(paid.length, 1);
  assert.equal(refused.length, 49);
  for (const answer of refused) {
    assert.equal(answer.body.code, 'possible_duplicate');
    assert.ok(JSON.stringify(answer.body).includes(paid[0].body.id));
  }
  await stack.reach(user, paid[0].body.id, 'final');
  assert.equal((await paymentsTo(provider, body.to)).length, 1);
  const meant = await send(user, { ...body, allow_duplicate: true });
  assert.equal(meant.status, 200, JSON.stringify(meant.body));
  await stack.reach(user, meant.body.id, 'final');
  assert.equal((await paymentsTo(provider, body.to)).length, 2);
});

test('a keyless send whose reply is lost, tried again after 15 s, pays once', async () => {
  const user = await stack.user();
  const body = JSON.stringify({ to: freshAddress(), amount: '0.01' });
  const { hostname, port } = new URL(stack.api);
  await new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => {
      socket.write(
        `POST /api/v1/ethereum/send HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n` +
          `authorization: Bearer ${user.token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        () => {
          socket.destroy();
          resolve();
        },
      );
    });
    socket.on('error', reject);
  });
  await sleep(15_000);
  const retry = await send(user, JSON.parse(body));
  assert.equal(retry.status, 409, JSON.stringify(retry.body));
  assert.equal(retry.body.code, 'possible_duplicate');
  await sleep(3_000);
  assert.equal((await paymentsTo(provider, JSON.parse(body).to)).length, 1);
});

test('100 concurrent sends from one wallet: contiguous nonces, each recipient once, all final', async () => {
  const user = await stack.user();
  const start = await provider.getBlockNumber();
  const recipients = Array.from({ length: 100 }, freshAddress);
  const answers = await Promise.all(
    recipients.map((to) => send(user, { to, amount: '0.001' }, randomUUID())),
  );
  for (const answer of answers) assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await Promise.all(answers.map((answer) => stack.reach(user, answer.body.id, 'final')));
  const mine = (await minedTransactions(provider, start)).filter(
    (tx) => tx.from.toLowerCase() === user.address.toLowerCase(),
  );
  assert.equal(mine.length, 100);
  const nonces = mine.map((tx) => tx.nonce).sort((a, b) => a - b);
  nonces.forEach((nonce, index) => assert.equal(nonce, nonces[0] + index));
  for (const to of recipients) {
    const paid = mine.filter((tx) => tx.to.toLowerCase() === to.toLowerCase());
    assert.equal(paid.length, 1);
    assert.equal(paid[0].value, ethers.parseEther('0.001'));
  }
});
