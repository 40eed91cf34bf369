// Zcash on Zebra or on the devnet's front: what the node itself counts is what the platform says.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testReorgs } from './support/coin_reorgs.mjs';
import { absent, CoinNode, fundedUser, STRANGERS } from './support/coins.mjs';
import { Stack } from './support/stack.mjs';
import { testRefusals } from './support/zcash_refusals.mjs';

describe('zcash', { skip: absent('zebrad') }, () => {
  let stack;
  let node;
  let user;

  before(async () => {
    stack = await Stack.start({ PLATFORM_CHAINS: 'ethereum zcash' });
    node = new CoinNode(stack, 'zcash');
    user = await fundedUser(stack, 'zcash');
  });

  after(() => stack?.stop());

  const send = (to, amount) =>
    stack.call('POST', '/api/v1/zcash/send', { token: user.token, body: { to, amount } });
  const balance = async () =>
    (await stack.must('GET', '/api/v1/wallet/balances', { token: user.token })).zcash;

  test('a payment lands once, at the price of ZIP-317', { timeout: 120_000 }, async () => {
    assert.equal((await balance()).balance, '10');
    const to = STRANGERS.zcash;
    const { status, body: sent } = await send(to, '0.5');
    assert.equal(status, 200, JSON.stringify(sent));
    await stack.reach(user, sent.id, 'final');
    assert.deepEqual(await node.paymentsTo(to), [{ txid: sent.tx_hash, units: 5e7 }]);
    const { balance: left } = await balance();
    assert.equal(left, '9.4999');
    const shown = await stack.must('GET', `/api/v1/wallet/transactions/${sent.id}`, { token: user.token });
    assert.equal(shown.fee_paid, '0.0001');
  });

  test('change is spent before its block', { timeout: 120_000 }, async () => {
    const [first, second] = await node.holdingBlocks(async () => {
      const answers = [await send(STRANGERS.zcash, '0.1'), await send(STRANGERS.zcash, '0.2')];
      assert.deepEqual(answers.map((answer) => answer.status), [200, 200]);
      await node.waiting(2);
      return answers.map((answer) => answer.body);
    });
    await node.settle(user, first.id);
    await stack.reach(user, second.id, 'final');
  });

  test('nothing replaces what was sent', { timeout: 120_000 }, async () => {
    const sent = await node.holdingBlocks(async () => {
      // Another amount than before: an equal request within ten seconds is taken for a repetition.
      const { status, body } = await send(STRANGERS.zcash, '0.3');
      assert.equal(status, 200, JSON.stringify(body));
      for (const what of ['speed-up', 'cancel']) {
        const answer = await stack.call('POST', `/api/v1/zcash/tx/${body.tx_hash}/${what}`, {
          token: user.token,
          body: {},
        });
        assert.equal(answer.status, 409, JSON.stringify(answer.body));
        assert.equal(answer.body.code, 'not_replaceable');
      }
      return body;
    });
    await node.settle(user, sent.id);
  });

  test('addresses that no transparent output can pay are refused', async () => {
    for (const [address, code] of [
      ['t1Hsc1LR8yKnbbe3twRp88p6vFfC5t7DLbs', 'wrong_network'],
      ['tmJnWoX9W5WDV9p4NWgssEwpa1T45L2aBx8', 'bad_checksum'],
      ['zregtestsapling1qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswj9cg3r', 'shielded_only'],
    ]) {
      const answer = await send(address, '0.1');
      assert.ok(answer.status >= 400, address);
      assert.equal(answer.body.code, code, JSON.stringify(answer.body));
    }
  });

  testRefusals(() => ({ node }));
  testReorgs('zcash', () => ({ stack, node, user }));
});
