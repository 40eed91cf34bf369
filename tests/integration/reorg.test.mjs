// A chain that takes blocks back: what was mined is paid again in the new blocks, once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connect, freshAddress, paymentsTo } from './support/chain.mjs';
import { Stack } from './support/stack.mjs';

let stack;
let provider;

before(async () => {
  // finalized = head - 16: nothing of these tests is final when it is taken back.
  stack = await Stack.start({ DEVNET_SLOTS_IN_AN_EPOCH: '8' });
  provider = connect(stack.node);
});

after(async () => {
  provider?.destroy();
  await stack?.stop();
});

for (const depth of [1, 3]) {
  test(`a reorg of depth ${depth} costs nothing but time`, { timeout: 120_000 }, async () => {
    const user = await stack.user();
    const to = freshAddress();
    const sent = await stack.must('POST', '/api/v1/ethereum/send', { token: user.token, body: { to, amount: '0.01' } });
    const mined = await stack.reach(user, sent.id, 'confirmed');
    while ((await provider.getBlockNumber()) < mined.block_height + depth - 1) await new Promise((done) => setTimeout(done, 50));
    await provider.send('anvil_reorg', [depth, []]);
    const final = await stack.reach(user, sent.id, 'final');
    const block = await provider.getBlock(final.block_height);
    assert.equal(block.hash, final.block_hash, 'the block shown is on the main chain');
    assert.equal((await paymentsTo(provider, to)).length, 1);
    const balances = await stack.must('GET', '/api/v1/wallet/balances', { token: user.token });
    const wei = await provider.getBalance(user.address);
    assert.equal(BigInt(balances.ethereum.balance_atomic), wei);
  });
}
