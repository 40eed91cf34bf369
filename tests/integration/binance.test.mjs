// BNB Smart Chain: the same core with other parameters, on a node of its own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connect, ethers, freshAddress, paymentsTo } from './support/chain.mjs';
import { deployToken } from './support/token.mjs';
import { Stack } from './support/stack.mjs';

let stack;
let provider;
let user;

before(async () => {
  stack = await Stack.start();
  provider = connect(stack.nodeOf('binance'));
  user = await stack.user();
});

after(async () => {
  provider?.destroy();
  await stack?.stop();
});

const send = (path, body) => stack.must('POST', `/api/v1/${path}/send`, { token: user.token, body });

test('the balances show both networks, each with its own coins', async () => {
  const balances = await stack.must('GET', '/api/v1/wallet/balances', { token: user.token });
  assert.equal(balances.binance.balance, '10');
  assert.equal(balances.ethereum.balance, '10');
  assert.equal(await provider.getBalance(balances.binance.address), ethers.parseEther('10'));
});

test('a payment under either name lands once, on chain 97', { timeout: 60_000 }, async () => {
  for (const name of ['binance', 'bnb']) {
    const to = freshAddress();
    const sent = await send(name, { to, amount: '0.25' });
    await stack.reach(user, sent.id, 'final');
    const [paid, ...more] = await paymentsTo(provider, to);
    assert.deepEqual(more, []);
    assert.equal(paid.hash, sent.tx_hash);
    assert.equal(paid.chainId, 97n);
    assert.equal(paid.value, ethers.parseEther('0.25'));
    // The base fee is 0: the tip is the whole price, and never under what validators take.
    assert.ok(paid.maxPriorityFeePerGas >= 50_000_000n, `${paid.maxPriorityFeePerGas}`);
  }
});

test('a token with its own decimals', { timeout: 60_000 }, async () => {
  const token = await deployToken(provider, 18);
  await (await token.transfer(user.address, ethers.parseEther('5'))).wait();
  const to = freshAddress();
  const sent = await send('binance', { to, amount: '1.5', token: token.target, accept_unlisted: true });
  await stack.reach(user, sent.id, 'final');
  assert.equal(await token.balanceOf(to), ethers.parseEther('1.5'));
});

test('speed-up and cancel', { timeout: 120_000 }, async () => {
  for (const [change, status, landed] of [['speed-up', 'final', 1], ['cancel', 'replaced', 0]]) {
    const to = freshAddress();
    await provider.send('evm_setIntervalMining', [0]);
    const sent = await send('binance', { to, amount: '0.01' });
    await stack.must('POST', `/api/v1/binance/tx/${sent.tx_hash}/${change}`, { token: user.token, body: {} });
    await provider.send('evm_setIntervalMining', [1]);
    await stack.reach(user, sent.id, status);
    assert.equal((await paymentsTo(provider, to)).length, landed, change);
  }
});

test('a tip under the floor is refused before anything is reserved', async () => {
  const answer = await stack.call('POST', '/api/v1/binance/send', {
    token: user.token,
    body: { to: freshAddress(), amount: '0.01', max_fee_gwei: '0.001', priority_fee_gwei: '0.001' },
  });
  assert.equal(answer.status, 422, JSON.stringify(answer.body));
  assert.equal(answer.body.code, 'fee_too_low');
});
