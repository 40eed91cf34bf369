// Tokens, incoming payments, speed-up and cancel on a real node.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connect, ethers, freshAddress, paymentsTo } from './support/chain.mjs';
import { deployToken } from './support/token.mjs';
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

const stopBlocks = () => provider.send('evm_setIntervalMining', [0]);
const startBlocks = () => provider.send('evm_setIntervalMining', [1]);
const send = (user, body) => stack.must('POST', '/api/v1/ethereum/send', { token: user.token, body });
const history = async (user) => (await stack.must('GET', '/api/v1/ethereum/history', { token: user.token })).data;

async function eventually(look, what) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`never seen: ${what}`);
    await sleep(200);
  }
}

test('a token is received, shown and sent on', { timeout: 120_000 }, async () => {
  const user = await stack.user();
  const token = await deployToken(provider);
  await (await token.transfer(user.address, 5_000_000n)).wait();
  const received = await eventually(
    async () => (await history(user)).find((item) => item.direction === 'in' && item.token === token.target),
    'the incoming token');
  assert.equal(received.amount, '5');

  const to = freshAddress();
  const unlisted = await stack.call('POST', '/api/v1/ethereum/send', { token: user.token, body: { to, amount: '1.5', token: token.target } });
  assert.equal(unlisted.status, 422, JSON.stringify(unlisted.body));
  const sent = await send(user, { to, amount: '1.5', token: token.target, accept_unlisted: true });
  await stack.reach(user, sent.id, 'final');
  assert.equal(await token.balanceOf(to), 1_500_000n);
  const tooMuch = await stack.call('POST', '/api/v1/ethereum/send', {
    token: user.token,
    body: { to, amount: '100', token: token.target, accept_unlisted: true },
  });
  assert.equal(tooMuch.body.code, 'insufficient_funds');
  const tooFine = await stack.call('POST', '/api/v1/ethereum/send', {
    token: user.token,
    body: { to, amount: '0.0000001', token: token.target, accept_unlisted: true },
  });
  assert.equal(tooFine.body.code, 'amount_precision');
});

test('an incoming payment is seen once', { timeout: 60_000 }, async () => {
  const user = await stack.user();
  const faucet = await provider.getSigner(1);
  const sent = await faucet.sendTransaction({ to: user.address, value: ethers.parseEther('0.25') });
  await sent.wait();
  await eventually(
    async () => (await history(user)).find((item) => item.direction === 'in' && item.tx_hash === sent.hash),
    'the incoming payment');
  await sleep(2_000);
  const seen = (await history(user)).filter((item) => item.tx_hash === sent.hash);
  assert.equal(seen.length, 1);
  assert.equal(seen[0].amount, '0.25');
});

test('speed-up: two signed versions, one lands', { timeout: 120_000 }, async () => {
  const user = await stack.user();
  const to = freshAddress();
  await stopBlocks();
  const sent = await send(user, { to, amount: '0.01' });
  const faster = await stack.must('POST', `/api/v1/ethereum/tx/${sent.tx_hash}/speed-up`, { token: user.token, body: {} });
  assert.notEqual(faster.tx_hash, sent.tx_hash);
  assert.equal(faster.id, sent.id);
  await startBlocks();
  const final = await stack.reach(user, sent.id, 'final');
  assert.equal(final.tx_hash, faster.tx_hash);
  assert.equal((await paymentsTo(provider, to)).length, 1);
  const late = await stack.call('POST', `/api/v1/ethereum/tx/${final.tx_hash}/speed-up`, { token: user.token, body: {} });
  assert.equal(late.status, 409);
  assert.equal(late.body.code, 'already_confirmed');
});

test('cancel: the recipient gets nothing, the payment ends replaced', { timeout: 120_000 }, async () => {
  const user = await stack.user();
  const to = freshAddress();
  await stopBlocks();
  const sent = await send(user, { to, amount: '0.01' });
  const cancel = await stack.must('POST', `/api/v1/ethereum/tx/${sent.tx_hash}/cancel`, { token: user.token, body: {} });
  await startBlocks();
  const ended = await stack.reach(user, sent.id, 'replaced');
  assert.equal(ended.replaced_by, cancel.tx_hash);
  assert.equal((await paymentsTo(provider, to)).length, 0);
  assert.equal(await provider.getBalance(to), 0n);
  const next = await send(user, { to, amount: '0.02' });
  await stack.reach(user, next.id, 'final');
});
