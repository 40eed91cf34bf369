// Bitcoin on a real node: what bitcoind itself counts is what the platform says.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testReorgs } from './support/coin_reorgs.mjs';
import { absent, CoinNode, ForeignWallet, fundedUser, STRANGERS } from './support/coins.mjs';
import { payTogether } from './support/faucet.mjs';
import { sleep, Stack } from './support/stack.mjs';

describe('bitcoin', { skip: absent('bitcoind') }, () => {
  let stack;
  let node;
  let user;

  before(async () => {
    stack = await Stack.start({ PLATFORM_CHAINS: 'ethereum bitcoin' });
    node = new CoinNode(stack, 'bitcoin');
    user = await fundedUser(stack, 'bitcoin');
  });

  after(() => stack?.stop());

  const to = STRANGERS.bitcoin;
  const send = (amount, who = user, more = {}) =>
    stack.call('POST', '/api/v1/bitcoin/send', { token: who.token, body: { to, amount, ...more } });
  const balance = async (who = user) =>
    (await stack.must('GET', '/api/v1/wallet/balances', { token: who.token })).bitcoin;
  const change = (hash, what, body = {}, who = user) =>
    stack.call('POST', `/api/v1/bitcoin/tx/${hash}/${what}`, { token: who.token, body });

  test('a new wallet has its first coin, which the node knows', async () => {
    const { address, balance: coins } = await balance();
    assert.equal(coins, '1');
    assert.deepEqual((await node.paymentsTo(address)).map((paid) => paid.units), [1e8]);
  });

  test('a payment to us is pending before its block and confirmed once', { timeout: 90_000 }, async () => {
    const payee = await fundedUser(stack, 'bitcoin');
    const { address } = await balance(payee);
    const look = () => stack.must('GET', '/api/v1/bitcoin/balance', { token: payee.token });
    const received = async (txid) => {
      const { data } = await stack.must('GET', '/api/v1/bitcoin/history', { token: payee.token });
      return data.filter((entry) => entry.tx_hash === txid);
    };
    const until = async (status, txid) => {
      for (const deadline = Date.now() + 20_000; ; await sleep(100)) {
        const found = await received(txid);
        if (found.some((entry) => entry.status === status)) return found;
        if (Date.now() > deadline) assert.fail(`${status} does not come: ${JSON.stringify(found)}`);
      }
    };
    await node.holdingBlocks(async () => {
      const { txid } = await payTogether(node, [{ address, units: 2e6 }]);
      const [pending, ...others] = await until('pending', txid);
      assert.deepEqual(others, []);
      assert.equal(pending.direction, 'in');
      assert.equal(pending.amount_atomic, '2000000');
      assert.equal(pending.block_height, null);
      assert.equal(pending.confirmations, 0);
      const waiting = await look();
      assert.deepEqual([waiting.balance, waiting.spendable, waiting.pending], ['1', '1', '0.02']);
      const refused = await send('1', payee);
      assert.equal(refused.body.code, 'insufficient_funds', JSON.stringify(refused.body));
      await node.mine(1);
      const [confirmed, ...twins] = await until('confirmed', txid);
      assert.deepEqual(twins, []);
      assert.equal(confirmed.id, pending.id);
      const landed = await look();
      assert.deepEqual([landed.balance, landed.spendable, landed.pending], ['1.02', '1.02', '0']);
    });
  });

  test('a payment lands once, with the fee that the node counts', { timeout: 90_000 }, async () => {
    const { body: sent } = await send('0.1');
    await stack.reach(user, sent.id, 'final');
    assert.deepEqual(await node.paymentsTo(to), [{ txid: sent.tx_hash, units: 1e7 }]);
    const { address, balance_atomic: left } = await balance();
    const shown = await stack.must('GET', `/api/v1/wallet/transactions/${sent.id}`, { token: user.token });
    assert.equal(Number(left) + 1e7 + Number(shown.fee_paid_atomic), 1e8);
    const paid = await node.rpc('getrawtransaction', sent.tx_hash, 2);
    assert.equal(Math.round(paid.fee * 1e8), Number(shown.fee_paid_atomic));
    assert.equal(paid.vin[0].sequence, 0xfffffffd);
    assert.ok(paid.vout.some((output) => output.scriptPubKey.address === address));
  });

  test('of two sends of more than half of the only coin one pays', { timeout: 90_000 }, async () => {
    const other = await fundedUser(stack, 'bitcoin');
    const before = (await node.paymentsTo(to)).length;
    const answers = await Promise.all([send('0.6', other), send('0.7', other)]);
    const ends = await Promise.all(answers.map(async ({ status, body }) => {
      if (status >= 400) return body.code;
      const shown = await stack.reach(other, body.id, 'final', 'failed');
      return shown.status === 'final' ? 'final' : shown.reason;
    }));
    assert.deepEqual(ends.sort(), ['final', 'insufficient_funds']);
    assert.equal((await node.paymentsTo(to)).length, before + 1);
  });

  test('change is spent before its block; a parent with a child stays', { timeout: 120_000 }, async () => {
    const [parent, child] = await node.holdingBlocks(async () => {
      const { body: first } = await send('0.05');
      const { body: second } = await send('0.01');
      await node.waiting(2);
      const refused = await change(first.tx_hash, 'speed-up');
      assert.equal(refused.status, 409);
      assert.equal(refused.body.code, 'has_child');
      const faster = await change(second.tx_hash, 'speed-up');
      assert.equal(faster.status, 200, JSON.stringify(faster.body));
      assert.notEqual(faster.body.tx_hash, second.tx_hash);
      return [first, second];
    });
    await stack.reach(user, parent.id, 'final');
    await stack.reach(user, child.id, 'final');
  });

  test('a child pays for its parent', { timeout: 120_000 }, async () => {
    const [parent, child] = await node.holdingBlocks(async () => {
      const { body: first } = await send('0.02', user, { fee_rate: '2' });
      await node.waiting(1);
      const ask = () => stack.call('POST', `/api/v1/bitcoin/tx/${first.tx_hash}/speed-up`, {
        token: user.token, key: `cpfp-${first.id}`, body: { method: 'cpfp', fee_rate: '20' },
      });
      const paid = await ask();
      assert.equal(paid.status, 200, JSON.stringify(paid.body));
      assert.equal((await ask()).body.id, paid.body.id);
      await node.waiting(2);
      // The change can be spent once.
      const again = await change(first.tx_hash, 'speed-up', { method: 'cpfp' });
      assert.equal(again.status, 409);
      assert.equal(again.body.code, 'no_change_output');
      const [entry, above] = [await node.rpc('getmempoolentry', paid.body.tx_hash), await node.rpc('getmempoolentry', first.tx_hash)];
      assert.ok(Math.round(entry.fees.ancestor * 1e8) >= 20 * entry.ancestorsize, JSON.stringify(entry));
      assert.deepEqual(entry.depends, [first.tx_hash]);
      assert.ok(Math.round(above.fees.base * 1e8) < 5 * above.vsize);
      return [first, paid.body];
    });
    await stack.reach(user, parent.id, 'final');
    await stack.reach(user, child.id, 'final');
  });

  test('fresh addresses pay into one balance and are spent together', { timeout: 120_000 }, async () => {
    const payee = await fundedUser(stack, 'bitcoin');
    const fresh = () => stack.call('POST', '/api/v1/bitcoin/address', { token: payee.token });
    const own = await stack.must('GET', '/api/v1/bitcoin/address', { token: payee.token });
    const made = [await fresh(), await fresh()].map(({ status, body }) => {
      assert.equal(status, 201, JSON.stringify(body));
      return body.address;
    });
    assert.equal(new Set([own.address, ...made]).size, 3);
    for (const address of made) {
      const { body: paid } = await send('0.01', user, { to: address });
      await stack.reach(user, paid.id, 'final');
    }
    assert.equal((await balance(payee)).balance, '1.02');
    const { data: listed } = await stack.must('GET', '/api/v1/bitcoin/addresses', { token: payee.token });
    assert.deepEqual(listed.map(({ address, used }) => [address, used]), [
      [own.address, true], [made[1], true], [made[0], true],
    ]);
    const { body: all } = await send('all', payee);
    await stack.reach(payee, all.id, 'final');
    const landed = await node.rpc('getrawtransaction', all.tx_hash, 2);
    assert.deepEqual(landed.vin.map(({ prevout }) => prevout.scriptPubKey.address).sort(), [own.address, ...made].sort());
    assert.equal((await balance(payee)).balance, '0');
    for (let count = 0; count < 20; count += 1) assert.equal((await fresh()).status, 201);
    const refused = await fresh();
    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, 'gap_limit_reached');
  });

  test('change of a payment from fresh addresses alone is spent before its block', { timeout: 120_000 }, async () => {
    const payer = await fundedUser(stack, 'bitcoin');
    const { body: { address: fresh } } = await stack.call('POST', '/api/v1/bitcoin/address', { token: payer.token });
    await node.holdingBlocks(async () => {
      await payTogether(node, [{ address: fresh, units: 3e6 }]);
      await node.mine(1);
      await node.followed(payer);
      const { body: first } = await send('0.01', payer);
      await node.waiting(1);
      const { vin: [spent, ...others] } = await node.rpc('getrawtransaction', first.tx_hash, 1);
      const { vout } = await node.rpc('getrawtransaction', spent.txid, 1);
      assert.equal(vout[spent.vout].scriptPubKey.address, fresh);
      assert.equal(others.length, 0);
      // More than the other coin has.
      const { body: second } = await send('1.01', payer);
      await node.waiting(2);
      await node.settle(payer, first.id);
      await node.settle(payer, second.id);
    });
  });

  test('an imported key shows what it received and spent elsewhere', { timeout: 120_000 }, async () => {
    const abroad = new ForeignWallet(node);
    const first = await send('0.03', user, { to: abroad.address });
    const second = await send('0.05', user, { to: abroad.address });
    for (const { body } of [first, second]) await stack.reach(user, body.id, 'final');
    const birthday = await node.rpc('getblockcount') - 200;
    // One of its coins left again before the key came here.
    await abroad.spend(first.body.tx_hash, to, 3e6 - 1000);
    await node.waiting(0);
    const heir = await stack.user();
    const added = await stack.must('POST', '/api/v1/bitcoin/wallet/import', {
      token: heir.token,
      body: { private_key: abroad.secret, password: heir.password, birthday_height: Math.max(0, birthday) },
    });
    assert.equal(added.address, abroad.address);
    const look = () => stack.must(
      'GET', `/api/v1/bitcoin/balance?wallet_id=${added.wallet_id}`, { token: heir.token });
    let seen = await look();
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; seen = await look()) {
      if (!seen.rescan && seen.balance !== '0') break;
      await sleep(200);
    }
    assert.equal(seen.balance, '0.05');
    assert.equal(seen.rescan, undefined);
    const { body: paid } = await stack.call('POST', '/api/v1/bitcoin/send', {
      token: heir.token, body: { to, amount: 'all', wallet_id: added.wallet_id },
    });
    await stack.reach(heir, paid.id, 'final');
    assert.equal((await look()).balance, '0');
  });

  test('a cancel brings the coin back', { timeout: 120_000 }, async () => {
    const before = (await node.paymentsTo(to)).length;
    const sent = await node.holdingBlocks(async () => {
      const { body } = await send('0.02');
      const cancelled = await change(body.tx_hash, 'cancel');
      assert.equal(cancelled.status, 200, JSON.stringify(cancelled.body));
      return body;
    });
    await stack.reach(user, sent.id, 'replaced');
    assert.equal((await node.paymentsTo(to)).length, before);
  });

  test('three bumps share the first coin, and one lands', { timeout: 120_000 }, async () => {
    const other = await fundedUser(stack, 'bitcoin');
    const { address } = await balance(other);
    // Further coins, each of which could pay alone.
    for (const units of [3e7, 4e7]) await payTogether(node, [{ address, units }]);
    const spent = [];
    const hashes = [];
    await node.holdingBlocks(async () => {
      await node.mine(1);
      await node.followed(other);
      const before = (await node.paymentsTo(to)).length;
      const { status, body: sent } = await send('0.25', other);
      assert.equal(status, 200, JSON.stringify(sent));
      hashes.push(sent.tx_hash);
      for (let bumps = 0; ; ++bumps) {
        await node.replaced(hashes.at(-1));
        const { vin } = await node.rpc('getrawtransaction', hashes.at(-1), true);
        spent.push(vin.map(({ txid, vout }) => `${txid}:${vout}`));
        if (bumps === 3) break;
        const { status: done, body: faster } = await change(hashes.at(-1), 'speed-up', {}, other);
        assert.equal(done, 200, JSON.stringify(faster));
        hashes.push(faster.tx_hash);
      }
      assert.equal(new Set(hashes).size, 4);
      const [anchor] = spent[0];
      assert.ok(spent.every((coins) => coins.includes(anchor)), JSON.stringify(spent));
      await node.settle(other, sent.id);
      const paid = (await node.paymentsTo(to)).slice(before);
      assert.deepEqual(paid, [{ txid: hashes.at(-1), units: 25e6 }]);
      const { attempts } = await stack.must('GET', `/api/v1/wallet/transactions/${sent.id}`, { token: other.token });
      assert.deepEqual(attempts.map(({ tx_hash: hash }) => hash), hashes);
      assert.deepEqual(attempts.map(({ state }) => state === 'landed'), [false, false, false, true]);
    });
  });

  test('everything leaves without change', { timeout: 90_000 }, async () => {
    const other = await fundedUser(stack, 'bitcoin');
    const { status, body: sent } = await send('all', other);
    assert.equal(status, 200, JSON.stringify(sent));
    await stack.reach(other, sent.id, 'final');
    assert.equal((await balance(other)).balance_atomic, '0');
    assert.equal((await node.rpc('getrawtransaction', sent.tx_hash, true)).vout.length, 1);
  });

  test('addresses of other networks and mistyped ones are refused', async () => {
    for (const [address, code] of [
      ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', 'wrong_network'],
      ['bcrt1qvwpt8nygzsftw7lu4mksycqpcqxeuvp98atd2q', 'bad_checksum'],
      ['tmJnWoX9W5WDV9p4NWgssEwpa1T45L2aBx9', 'wrong_network'],
    ]) {
      const answer = await send('0.01', user, { to: address });
      assert.ok(answer.status >= 400, address);
      assert.equal(answer.body.code, code, JSON.stringify(answer.body));
    }
  });

  testReorgs('bitcoin', () => ({ stack, node, user }));
});
