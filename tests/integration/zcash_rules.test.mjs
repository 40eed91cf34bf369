// Zcash's time and rules on Zebra or on the devnet's front, with a proxy before it that loses a transaction or lies:
// what expires is signed again over the same coins, and nothing under rules that cannot be.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { transactionId } from '../../deploy/devnet/zcash/digests.mjs';
import { display } from '../../deploy/devnet/zcash/hashes.mjs';
import { parse } from '../../deploy/devnet/zcash/transaction.mjs';
import { FaultProxy } from '../support/fault_proxy.mjs';
import { absent, CoinNode, freshCoinAddress, fundedUser } from './support/coins.mjs';
import { forge } from './support/inside.mjs';
import { Stack, sleep } from './support/stack.mjs';

const CROSSING = 300;
const NU62 = 0x5437f330;
const NU63 = 0x37a5165b;
// A transaction expires 40 blocks after it was made, and is proven dead 10 later.
const LIFE = 55;

describe('the rules of zcash', { skip: absent('zebrad') }, () => {
  let stack;
  let node;
  let proxy;
  let users;
  // Every transaction that the daemon sent, by hash, oldest first.
  const sent = new Map();

  before(async () => {
    stack = await Stack.start({
      PLATFORM_CHAINS: 'ethereum zcash', DEVNET_ZCASH_NU63_HEIGHT: String(CROSSING), TRANSFER_LEASE: '1s',
    });
    node = new CoinNode(stack, 'zcash');
    users = await Promise.all([1, 2].map(() => fundedUser(stack, 'zcash')));
    proxy = await FaultProxy.start(node.url);
    proxy.seen = ({ method, params }) => {
      if (method === 'sendrawtransaction') sent.set(hashOf(params[0]), parse(Buffer.from(params[0], 'hex')));
    };
    stack.env.ZCASH_RPC_URL = proxy.url;
    await stack.script('up', '--no-build', '--no-smoke', '--restart', 'zcash-service');
  });

  after(async () => {
    await stack?.stop();
    await proxy?.stop();
  });

  const hashOf = (hex) => display(transactionId(parse(Buffer.from(hex, 'hex'))));
  const coinsOf = (hash) => sent.get(hash).inputs.map(({ outpoint }) => outpoint.toString('hex'));
  const view = (user, id) => stack.must('GET', `/api/v1/wallet/transactions/${id}`, { token: user.token });
  const post = (user, to) => stack.call('POST', '/api/v1/zcash/send', { token: user.token, body: { to, amount: '0.1' } });

  async function pay(user, to) {
    const { status, body } = await post(user, to);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }

  // The node takes the daemon's next transaction, as it seems, and forgets it, however often it comes.
  function loseNext() {
    let lost;
    const matches = ({ method, params }) => method === 'sendrawtransaction' && params[0] === (lost ??= params[0]);
    proxy.faults = [{ kind: 'swallow', matches, answer: (_, [hex]) => hashOf(hex) }];
  }

  async function heardOf(hash) {
    for (const deadline = Date.now() + 20_000; !sent.has(hash); await sleep(50)) {
      if (Date.now() > deadline) throw new Error(`${hash} was not sent`);
    }
  }

  // The payment's second transaction, over the coins of the first one, is the one that lands.
  async function landsAgain(user, payment, to) {
    for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
      const { attempts } = await view(user, payment.id);
      if (attempts.length === 2) break;
      if (Date.now() > deadline) throw new Error(JSON.stringify(await view(user, payment.id)));
    }
    const ended = await node.settle(user, payment.id);
    assert.deepEqual(await node.paymentsTo(to), [{ txid: ended.tx_hash, units: 1e7 }]);
    const { attempts } = await view(user, payment.id);
    assert.deepEqual(attempts.map(({ state }) => state), ['dead', 'landed']);
    assert.deepEqual(attempts.map(({ tx_hash: hash }) => hash), [payment.tx_hash, ended.tx_hash]);
    assert.notEqual(ended.tx_hash, payment.tx_hash);
    assert.deepEqual(coinsOf(ended.tx_hash), coinsOf(payment.tx_hash));
    const { balance_atomic: shown, address } = (await stack.must('GET', '/api/v1/wallet/balances', { token: user.token })).zcash;
    assert.equal(Number(shown), await node.unitsOf(address));
  }

  test('payments before, at and after an upgrade land once, each under its rules', { timeout: 180_000 }, async () => {
    await node.holdingBlocks(async () => {
      const [late, punctual] = users;
      const [first, stale, crossing, last] = Array.from({ length: 4 }, () => freshCoinAddress('zcash'));
      const before = await pay(punctual, first);
      await node.settle(punctual, before.id);
      assert.equal(sent.get(before.tx_hash).branch, NU62);

      // Signed for block 299, and lost: the node may not take it any more.
      await node.mine(CROSSING - 2 - await node.tip());
      await node.followed(late);
      loseNext();
      const old = await pay(late, stale);
      await heardOf(old.tx_hash);
      assert.equal(sent.get(old.tx_hash).branch, NU62);

      await node.mine(1);
      await node.followed(late);
      const at = await pay(punctual, crossing);
      const { block_height: height } = await node.settle(punctual, at.id);
      assert.equal(height, CROSSING);
      assert.equal(sent.get(at.tx_hash).branch, NU63);

      const { tx: [coinbase] } = await node.rpc('getblock', String(CROSSING), 2);
      assert.equal(coinbase.version, 6, 'blocks have version 6 now');
      await node.followed(late);

      const after = await pay(punctual, last);
      await node.settle(punctual, after.id);
      for (const to of [first, crossing, last]) assert.equal((await node.paymentsTo(to)).length, 1);

      proxy.faults = [];
      assert.deepEqual(await node.paymentsTo(stale), []);
      await node.mine(LIFE);
      await landsAgain(late, old, stale);
      assert.equal([...sent.values()].at(-1).branch, NU63);
    });
  });

  test('an expired transaction is signed again over the same coins: one payment', { timeout: 120_000 }, async () => {
    await node.holdingBlocks(async () => {
      const [user] = users;
      const to = freshCoinAddress('zcash');
      loseNext();
      const payment = await pay(user, to);
      await heardOf(payment.tx_hash);
      await node.mine(LIFE);
      await landsAgain(user, payment, to);
      proxy.faults = [];
    });
  });

  test('rules that cannot be are not signed under; a payment waits for true ones', { timeout: 120_000 }, async () => {
    const [user] = users;
    const { data } = await stack.must('GET', '/api/v1/wallet', { token: user.token });
    const { wallet_id: wallet } = data.find(({ chain }) => chain === 'zcash');
    const to = freshCoinAddress('zcash');
    const signed = sent.size;
    // Taken under the truth, kept unsigned by a pause, and its price is old when that ends.
    await stack.must('POST', `/api/v1/wallet/${wallet}/pause`, { token: user.token, body: {} });
    const sending = post(user, to);
    const waits = async (reason) => {
      for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
        const page = await stack.must('GET', '/api/v1/wallet/transactions?limit=10', { token: user.token });
        const found = page.data.find((entry) => entry.to === to);
        if (found?.reason === reason) return found;
        if (Date.now() > deadline) throw new Error(`not ${reason}: ${JSON.stringify(found)}`);
      }
    };
    const { id } = await waits('paused');
    const untrue = (_, __, result) => ({ ...result, consensus: { ...result.consensus, nextblock: '0badcafe' } });
    proxy.faults = [{ kind: 'lie', methods: ['getblockchaininfo'], change: untrue }];
    await forge(stack, `UPDATE intents SET quoted_at = now() - interval '1 hour' WHERE id = '${id.slice(3)}'`);
    await stack.must('POST', `/api/v1/wallet/${wallet}/resume`, { token: user.token, body: { password: user.password } });
    await waits('branch_id_mismatch');
    const refused = await post(user, freshCoinAddress('zcash'));
    assert.equal(refused.status, 503, JSON.stringify(refused.body));
    assert.equal(refused.body.code, 'branch_id_mismatch');
    assert.deepEqual((await view(user, id)).attempts, []);
    assert.equal(sent.size, signed);
    proxy.faults = [];
    await sending;
    const ended = await node.settle(user, id);
    assert.deepEqual(await node.paymentsTo(to), [{ txid: ended.tx_hash, units: 1e7 }]);
  });
});
