// What a chain of coins takes back, for bitcoin.test.mjs and zcash.test.mjs: after every other branch
// the balances are what the node counts, and what was paid is paid once.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fundedUser } from './coins.mjs';
import { payTogether } from './faucet.mjs';
import { sleep } from './stack.mjs';

const PATIENCE_MS = 30_000;
// Below this no reorg of these tests comes.
const DEEP = 12;

// ground() answers {stack, node, user} of the file that runs them.
export function testReorgs(chain, ground) {
  let stack;
  let node;
  let users;

  before(async () => {
    ({ stack, node } = ground());
    users = [ground().user, await fundedUser(stack, chain)];
    for (const user of users) {
      const balances = await stack.must('GET', '/api/v1/wallet/balances', { token: user.token });
      user[chain] = balances[chain].address;
    }
    await node.mine(DEEP);
  });

  const shown = async (user) =>
    Number((await stack.must('GET', '/api/v1/wallet/balances', { token: user.token }))[chain].balance_atomic);

  // Until every wallet has what the node counts, for the node's newest block.
  async function agree() {
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(100)) {
      await node.followed(users[0]);
      const ours = await Promise.all(users.map(shown));
      const counted = [];
      for (const user of users) counted.push(await node.unitsOf(user[chain]));
      if (ours.every((units, index) => units === counted[index])) return;
      if (Date.now() > deadline) assert.deepEqual(ours, counted);
    }
  }

  // The wallet's history of what one transaction brought: {units, status}, ordered.
  async function received(user, txid) {
    const { data } = await stack.must('GET', '/api/v1/wallet/transactions?limit=100', { token: user.token });
    return data.filter((entry) => entry.direction === 'in' && entry.tx_hash === txid)
      .map((entry) => ({ units: Number(entry.amount_atomic), status: entry.status }));
  }

  async function receives(user, txid, expected) {
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(100)) {
      const rows = await received(user, txid);
      if (JSON.stringify(rows) === JSON.stringify(expected)) return;
      if (Date.now() > deadline) assert.deepEqual(rows, expected);
    }
  }

  for (const depth of [1, 2, 5]) {
    test(`a reorg of depth ${depth} costs nothing but time`, { timeout: 120_000 }, async () => {
      const [payer, payee] = users;
      const sent = await node.holdingBlocks(async () => {
        const paid = await stack.must('POST', `/api/v1/${chain}/send`, {
          token: payer.token, body: { to: payee[chain], amount: `0.0${depth}` },
        });
        await node.waiting(1);
        await node.mine(1);
        const { block_height: height } = await stack.reach(payer, paid.id, 'confirmed');
        if (depth > 1) await node.mine(depth - 1);
        assert.equal(await node.tip(), height + depth - 1);
        await agree();
        await node.otherBranch(depth);
        await agree();
        return node.settle(payer, paid.id);
      });
      await agree();
      const paid = (await node.paymentsTo(payee[chain])).filter(({ txid }) => txid === sent.tx_hash);
      assert.deepEqual(paid, [{ txid: sent.tx_hash, units: depth * 1e6 }]);
      await receives(payee, sent.tx_hash, [{ units: depth * 1e6, status: 'final' }]);
    });
  }

  test('outputs of one transaction are received once each, also after a reorg', { timeout: 120_000 }, async () => {
    await node.holdingBlocks(async () => {
      const outputs = users.map((user, index) => ({ address: user[chain], units: (index + 1) * 1e6 }));
      const { hex, txid } = await payTogether(node, outputs);
      const each = (status) => Promise.all(
        users.map((user, index) => receives(user, txid, [{ units: (index + 1) * 1e6, status }])));
      await each('pending');
      await node.mine(1);
      await each('confirmed');
      await agree();
      await node.otherBranch(1);
      await agree();
      // Zebra forgets what its blocks had; bitcoind knows it still.
      await each(chain === 'bitcoin' ? 'pending' : 'failed');
      await node.rpc('sendrawtransaction', hex).catch((error) => assert.match(error.message, /already/));
      await each('pending');
      await node.mine(1);
      await each('confirmed');
      await node.mine(DEEP);
      await each('final');
      await agree();
    });
  });
}
