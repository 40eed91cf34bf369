// Rows edited behind the daemons' backs, and a chain daemon that asks for what no order allows: each
// is refused, leaves an event and moves nothing.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { connect, ethers, freshAddress, minedTransactions, paymentsTo } from './support/chain.mjs';
import { call, forge, sql } from './support/inside.mjs';
import { OrderDesk, bent, wire } from './support/orders.mjs';
import { Stack, sleep } from './support/stack.mjs';

const NETWORK = 'eip155:31337';
const GATE = 'platform.wallet.v1.GateService';
const FEE_CAP = '10000000000000000';
const ETHER = 10n ** 18n;

let stack;
let provider;
let desk;
const robbed = []; // addresses that no payment may ever reach

before(async () => {
  stack = await Stack.start({ PLATFORM_CHAINS: 'ethereum' });
  provider = connect(stack.node);
  desk = new OrderDesk(stack);
});

after(async () => {
  provider?.destroy();
  await stack?.stop();
});

const thief = () => {
  robbed.push(freshAddress());
  return robbed.at(-1);
};
const gate = (method, body, caller = 'ethereum-service') => call(stack, caller, 'wallet-manager', `${GATE}/${method}`, body);
const one = (statement) => sql(stack, statement);

async function owner() {
  const user = await stack.user();
  user.wallet = await one(`SELECT id FROM wallets WHERE user_id = '${user.id}' AND chain = 'ethereum'`);
  return user;
}

const payment = (user, to, more = {}) =>
  desk.payment({ network: NETWORK, user: user.id, wallet: user.wallet, from: user.address, to, units: '1000', fee_cap: FEE_CAP, ...more });

const transaction = (to, nonce, more = {}) => Buffer.from(ethers.Transaction.from({
  type: 2, chainId: 31337, nonce, to, value: 1000n, gasLimit: 21_000n, maxFeePerGas: 2_000_000_000n, maxPriorityFeePerGas: 0n, ...more,
}).unsignedSerialized.slice(2), 'hex').toString('base64');

const authorise = (order, caller) => gate('Authorise', { order: wire(order), amount: '1000' }, caller);
const askSign = (order, unsigned_tx, { attempt = 1, caller } = {}) => gate('Sign', { order: wire(order), attempt, unsigned_tx }, caller);

async function allowed(order) {
  const { body } = await authorise(order);
  assert.equal(body?.verdict, 'VERDICT_ALLOW', JSON.stringify(body));
  return order;
}

// The answer's code, the row in the chain of refusals, and no bytes.
async function refused(answer, code, { intent, method = 'Sign', caller = 'ethereum-service', signed = false } = {}) {
  assert.equal(answer.code, code, JSON.stringify(answer));
  const row = await one(`SELECT reason || ' ' || caller || ' ' || coalesce(intent_id::text, '') FROM gate_refusals
    WHERE method = '/${GATE}/${method}' ORDER BY seq DESC LIMIT 1`);
  assert.equal(row, `${code} ${caller} ${intent ?? ''}`.trimEnd());
  if (intent && !signed) await unsigned(intent);
}

async function unsigned(intent) {
  assert.equal(await one(`SELECT count(*) FROM gate_attempts WHERE intent_id = '${intent}' AND signed_tx IS NOT NULL`), '0');
  assert.equal(await one(`SELECT count(*) FROM attempts WHERE intent_id = '${intent}' AND signed_tx IS NOT NULL`), '0');
}

const denials = (user) => one(`SELECT string_agg(detail::jsonb ->> 'reason', ' ' ORDER BY seq) FROM wallet_events
  WHERE wallet_id = '${user.wallet}' AND kind = 'payment_denied'`);

describe('who calls the gate', () => {
  test('another service may neither sign nor void nor authorise', async () => {
    const user = await owner();
    const order = await allowed(payment(user, thief()));
    for (const caller of ['api-gateway', 'price-service', 'cryptoctl']) {
      await refused(await askSign(order, transaction(robbed.at(-1), 0), { caller }), 'caller_not_allowed', { caller });
      await refused(await gate('Void', { intent_id: order.intent, network: NETWORK, reason: 'x' }, caller),
        'caller_not_allowed', { caller, method: 'Void' });
      await refused(await authorise(payment(user, thief()), caller), 'caller_not_allowed', { caller, method: 'Authorise' });
      await refused(await gate('SignFill', { wallet_id: user.wallet, network: NETWORK, unsigned_tx: transaction(user.address, 0, { value: 0n }) }, caller),
        'caller_not_allowed', { caller, method: 'SignFill' });
    }
    // Another chain's daemon is let in, and has no say here.
    const caller = 'binance-service';
    await refused(await askSign(order, transaction(robbed.at(-1), 0), { caller }), 'bad_order', { caller, intent: order.intent });
    await refused(await gate('Void', { intent_id: order.intent, network: NETWORK, reason: 'x' }, caller),
      'caller_not_allowed', { caller, method: 'Void', intent: order.intent });
    assert.equal(await one(`SELECT voided_at IS NULL FROM gate_intents WHERE intent_id = '${order.intent}'`), 't');
  });
});

describe('orders', () => {
  test('edited, of another installation or of another network', async () => {
    const user = await owner();
    const to = thief();
    const order = payment(user, freshAddress());
    const cases = [
      [bent(order, order.order.toString('latin1').match(/0x[0-9a-fA-F]{40}/g).at(-1), to), 'bad_order_signature'],
      [{ ...order, signature: payment(user, to).signature }, 'bad_order_signature'],
      [payment(user, to, { deployment: randomUUID() }), 'bad_order'],
      [payment(user, to, { network: 'eip155:56' }), 'bad_order'],
      [payment(user, to, { issued: Date.now() + 60_000 }), 'order_from_future'],
    ];
    for (const [tampered, code] of cases) {
      const { intent } = tampered;
      await refused(await authorise(tampered), code, { intent, method: 'Authorise' });
      await refused(await askSign(tampered, transaction(to, 0)), code, { intent });
    }
  });

  test('of another user or another address', async () => {
    const [user, victim] = [await owner(), await owner()];
    for (const order of [
      payment(user, thief(), { wallet: victim.wallet, from: victim.address }),
      payment(user, thief(), { from: victim.address }),
      payment(victim, thief(), { wallet: user.wallet }),
    ]) {
      const { body } = await authorise(order);
      assert.deepEqual([body?.verdict, body?.reason], ['VERDICT_DENY', 'unknown_wallet'], JSON.stringify(body));
      await refused(await askSign(order, transaction(robbed.at(-1), 0)), 'not_authorised', { intent: order.intent });
    }
  });

  test('used twice: the same bytes again, never a second transaction', async () => {
    const user = await owner();
    const to = freshAddress();
    const order = await allowed(payment(user, to));
    const { intent } = order;
    const first = await askSign(order, transaction(to, 0));
    assert.ok(first.body?.signed_tx, JSON.stringify(first));
    const again = await askSign(order, transaction(thief(), 1));
    assert.equal(again.body?.signed_tx, first.body.signed_tx, JSON.stringify(again));
    await refused(await askSign(order, transaction(to, 1), { attempt: 2 }), 'slot_mismatch', { intent, signed: true });
    await refused(await askSign(order, transaction(thief(), 0, { maxFeePerGas: 3_000_000_000n }), { attempt: 2 }), 'tx_mismatch', { intent, signed: true });
    // A fresh order for the same payment is another order.
    const second = payment(user, to, { intent });
    const { body } = await authorise(second);
    assert.deepEqual([body.verdict, body.reason], ['VERDICT_DENY', 'order_conflict']);
    await refused(await askSign(second, transaction(to, 1), { attempt: 2 }), 'not_authorised', { intent, signed: true });
    assert.equal(await one(`SELECT count(*) FROM gate_attempts WHERE intent_id = '${intent}' AND signed_tx IS NOT NULL`), '1');
  });

  test('lapsed, before it is authorised and before it is signed', { timeout: 60_000 }, async () => {
    const user = await owner();
    const late = payment(user, thief(), { issued: Date.now() - 601_000 });
    const { body } = await authorise(late);
    assert.deepEqual([body.verdict, body.reason], ['VERDICT_DENY', 'order_expired']);
    assert.equal(await denials(user), 'order_expired');
    await refused(await askSign(late, transaction(robbed.at(-1), 0)), 'not_authorised', { intent: late.intent });
    const lapsing = await allowed(payment(user, thief(), { issued: Date.now() - 595_000 }));
    await sleep(6_000);
    await refused(await askSign(lapsing, transaction(robbed.at(-1), 0)), 'order_expired', { intent: lapsing.intent });
  });
});

describe('a chain daemon that asks for more', () => {
  test('other recipient, amount, calldata, kind, chain or fee', async () => {
    const user = await owner();
    const to = freshAddress();
    const order = await allowed(payment(user, to));
    const { intent } = order;
    const token = new ethers.Interface(['function transfer(address to, uint256 amount)']);
    for (const [asked, code] of [
      [transaction(thief(), 0), 'tx_mismatch'],
      [transaction(to, 0, { value: 1001n }), 'tx_mismatch'],
      [transaction(to, 0, { value: 999n }), 'tx_mismatch'],
      [transaction(to, 0, { data: '0x00' }), 'tx_mismatch'],
      [transaction(to, 0, { value: 0n, data: token.encodeFunctionData('transfer', [thief(), 1000n]) }), 'tx_mismatch'],
      [transaction(to, 0, { chainId: 1 }), 'tx_mismatch'],
      [transaction(to, 0, { maxFeePerGas: 1_000_000_000_000n }), 'fee_cap_exceeded'],
    ]) await refused(await askSign(order, asked), code, { intent });
    assert.ok((await askSign(order, transaction(to, 0))).body?.signed_tx, 'what the order allows is signed');
  });

  test('hidden among others in one call: it alone is refused', async () => {
    const user = await owner();
    const to = freshAddress();
    const orders = [await allowed(payment(user, to)), await allowed(payment(user, to)), await allowed(payment(user, to))];
    const entries = orders.map((order, nonce) => ({ order: wire(order), attempt: 1, unsigned_tx: transaction(nonce === 1 ? thief() : to, nonce) }));
    const { body } = await gate('SignAll', { entries });
    assert.deepEqual(body?.outcomes.map((outcome) => Boolean(outcome.response?.signed_tx)), [true, false, true], JSON.stringify(body));
    await refused({ code: 'tx_mismatch' }, 'tx_mismatch', { intent: orders[1].intent, method: 'SignAll' });
  });

  test("another nonce than the payment's, another payment's, or one far ahead", async () => {
    const user = await owner();
    const to = freshAddress();
    const [one, two] = [await allowed(payment(user, to)), await allowed(payment(user, to))];
    assert.ok((await askSign(one, transaction(to, 0))).body?.signed_tx);
    await refused(await askSign(two, transaction(to, 0)), 'nonce_taken', { intent: two.intent });
    await refused(await askSign(two, transaction(to, 300)), 'nonce_too_far', { intent: two.intent });
    await refused(await askSign(two, transaction(to, 1, { maxFeePerGas: 1_000_000_000_000n })), 'fee_cap_exceeded', { intent: two.intent });
    await refused(await askSign(two, transaction(to, 2)), 'slot_mismatch', { intent: two.intent });
    assert.ok((await askSign(two, transaction(to, 1))).body?.signed_tx);
  });

  test('another token call than the order names', async () => {
    const user = await owner();
    const contract = freshAddress();
    const to = freshAddress();
    const order = await allowed(payment(user, to, { contract, decimals: 6, symbol: 'TEST' }));
    const abi = new ethers.Interface(['function transfer(address to, uint256 amount)', 'function approve(address to, uint256 amount)']);
    const ask = (name, whom, amount, target = contract, value = 0n) =>
      askSign(order, transaction(target, 0, { value, gasLimit: 60_000n, data: abi.encodeFunctionData(name, [whom, amount]) }));
    await refused(await ask('transfer', thief(), 1000n), 'tx_mismatch', order);
    await refused(await ask('transfer', to, 1001n), 'tx_mismatch', order);
    await refused(await ask('approve', to, 1000n), 'tx_mismatch', order);
    await refused(await ask('transfer', to, 1000n, freshAddress()), 'tx_mismatch', order);
    await refused(await ask('transfer', to, 1000n, contract, 1n), 'tx_mismatch', order);
    assert.ok((await ask('transfer', to, 1000n)).body?.signed_tx);
  });
});

describe('key rows', () => {
  for (const [what, edit] of [
    ['swapped with another user', (mine, other) => [other, mine]],
    ['edited by one digit', (mine, other) => [mine.slice(0, -1) + (mine.endsWith('0') ? '1' : '0'), other]],
    ['truncated', (mine, other) => [mine.slice(0, -20), other]],
  ]) {
    test(what, async () => {
      const [user, other] = [await owner(), await owner()];
      const read = (who) => one(`SELECT encrypted_private_key FROM wallets WHERE id = '${who.wallet}'`);
      const write = (who, text) => one(`UPDATE wallets SET encrypted_private_key = '${text}' WHERE id = '${who.wallet}'`);
      const [mine, others] = [await read(user), await read(other)];
      const to = freshAddress();
      const order = await allowed(payment(user, to));
      const [first, second] = edit(mine, others);
      await write(user, first);
      await write(other, second);
      const answer = await askSign(order, transaction(to, 0));
      await refused(answer, 'decryption_failed', { intent: order.intent });
      const { body: end } = await gate('Void', { intent_id: order.intent, network: NETWORK, reason: 'test' });
      assert.equal(end?.voided, true);
      // The payment of a client ends unsigned and says why; with the key back the next one pays.
      const pay = () => stack.call('POST', '/api/v1/ethereum/send', { token: user.token, key: randomUUID(), body: { to, amount: '0.01' } });
      const { status, body: unpaid } = await pay();
      assert.deepEqual([status, unpaid.code, unpaid.payment_status], [422, answer.code, 'failed'], JSON.stringify(unpaid));
      await write(user, mine);
      await write(other, others);
      const { body: paid } = await pay();
      await stack.reach(user, paid.id, 'final');
      assert.equal((await paymentsTo(provider, to)).length, 1);
    });
  }
});

describe('a payment that waits', () => {
  // Held by an approval while its row is edited.
  async function waiting() {
    const user = await owner();
    await stack.must('PUT', '/api/v1/wallet/policies', { token: user.token, body: { require_approval: true } });
    const to = freshAddress();
    const sent = await stack.must('POST', '/api/v1/ethereum/send', { token: user.token, key: randomUUID(), body: { to, amount: '0.5' } }, 202);
    return { user, to, id: sent.id, intent: sent.id.replace('tx_', ''), approval: sent.approval_id };
  }

  async function approve({ user, approval }) {
    const { data } = await stack.must('GET', '/api/v1/approvals', { token: user.token });
    const digest = data.find((entry) => entry.id === approval).digest;
    return stack.call('POST', `/api/v1/approvals/${approval}/approve`, { token: user.token, body: { digest } });
  }

  // Even approved after the edit, it ends unpaid, with an event that says why.
  async function ends(held, decide = approve) {
    await decide(held);
    for (const deadline = Date.now() + 30_000; ; await sleep(200)) {
      const state = await one(`SELECT state || ' ' || reason FROM intents WHERE id = '${held.intent}'`);
      if (state === 'REJECTED row_mismatch') break;
      assert.ok(Date.now() < deadline, state);
    }
    const event = await one(`SELECT to_state || ' ' || reason FROM transfer_events WHERE subject_id = '${held.intent}' ORDER BY recorded_at DESC LIMIT 1`);
    assert.equal(event, 'REJECTED row_mismatch');
    await unsigned(held.intent);
    assert.equal((await paymentsTo(provider, held.to)).length, 0);
  }

  const edit = (held, change) => forge(stack, `UPDATE intents SET ${change} WHERE id = '${held.intent}'`);
  const shown = (to, units) => `'[{"address": "${to}", "amount": "${units}"}]'::jsonb`;
  const planned = (held, to, units) => `jsonb_set(plan, '{action,recipients}', ${shown(to, units)})`;

  test('unedited, it is paid', async () => {
    const held = await waiting();
    assert.equal((await approve(held)).status, 200);
    await stack.reach(held.user, held.id, 'final');
    assert.equal((await paymentsTo(provider, held.to)).length, 1);
  });

  const half = ETHER / 2n;
  for (const [what, change] of [
    ['its recipient', (held) => { const to = thief(); return `plan = ${planned(held, to, half)}, recipients = ${shown(to, half)}`; }],
    ['its amount', (held) => `plan = ${planned(held, held.to, ETHER)}, recipients = ${shown(held.to, ETHER)}, amount = ${ETHER}`],
    ['what is shown of it', (held) => `recipients = ${shown(thief(), half)}`],
    ['its fee cap', () => `plan = jsonb_set(plan, '{fee_cap}', '"900000000000000000"')`],
    ['its wallet', (held, other) => `wallet_id = '${other.wallet}'`],
    ['its owner', (held, other) => `user_id = '${other.id}'`],
    ['its wallet, owner and address', (held, other) => `wallet_id = '${other.wallet}', user_id = '${other.id}', from_address = '${other.address}',
      plan = jsonb_set(plan, '{from}', '"${other.address}"')`],
  ]) {
    test(`${what} edited`, { timeout: 60_000 }, async () => {
      const held = await waiting();
      await edit(held, change(held, await owner()));
      await ends(held);
    });
  }

  test('its order exchanged for that of another payment', { timeout: 60_000 }, async () => {
    const [held, other] = [await waiting(), await waiting()];
    await forge(stack, `UPDATE intents i SET order_bytes = o.order_bytes, order_signature = o.order_signature
      FROM intents o WHERE i.id = '${held.intent}' AND o.id = '${other.intent}'`);
    await ends(held, () => {}); // an approval brings the right order back
  });
});

describe('signed bytes', () => {
  const stopBlocks = () => provider.send('evm_setIntervalMining', [0]);
  const startBlocks = () => provider.send('evm_setIntervalMining', [1]);
  const events = (intent) => one(`SELECT coalesce(string_agg(reason, ' ' ORDER BY sequence), '') FROM transfer_events WHERE subject_id = '${intent}'`);

  async function said(intent, reason) {
    for (const deadline = Date.now() + 30_000; !(await events(intent)).split(' ').includes(reason); await sleep(200)) {
      assert.ok(Date.now() < deadline, `${reason} is not in: ${await events(intent)}`);
    }
  }

  // A valid transaction of somebody else, which the node would take.
  async function foreign() {
    const signer = ethers.Wallet.createRandom();
    await provider.send('anvil_setBalance', [signer.address, ethers.toQuantity(ETHER)]);
    return signer.signTransaction({ type: 2, chainId: 31337, nonce: 0, to: thief(), value: 1n, gasLimit: 21_000n, maxFeePerGas: 5_000_000_000n, maxPriorityFeePerGas: 1_000_000_000n });
  }

  async function sent() {
    const user = await owner();
    const to = freshAddress();
    await stopBlocks();
    const { id } = await stack.must('POST', '/api/v1/ethereum/send', { token: user.token, key: randomUUID(), body: { to, amount: '0.01' } });
    await sleep(500);
    await provider.send('anvil_dropAllTransactions', []);
    return { user, to, id, intent: id.replace('tx_', '') };
  }

  test('the database refuses to change them', async () => {
    const { user, id, intent } = await sent();
    await startBlocks();
    for (const table of ['attempts', 'gate_attempts']) {
      await assert.rejects(one(`UPDATE ${table} SET signed_tx = '\\x00' WHERE intent_id = '${intent}'`), /signed bytes never change/);
    }
    await one(`UPDATE attempts SET next_try_at = now() WHERE intent_id = '${intent}'`);
    await stack.reach(user, id, 'final');
  });

  test('edited all the same, they are not sent', { timeout: 60_000 }, async () => {
    const { user, to, id, intent } = await sent();
    const right = await one(`SELECT encode(signed_tx, 'hex') FROM attempts WHERE intent_id = '${intent}'`);
    const write = (hex) => forge(stack, `UPDATE attempts SET signed_tx = decode('${hex}', 'hex'), next_try_at = now(), claimed_until = NULL WHERE intent_id = '${intent}'`);
    await write((await foreign()).slice(2));
    await startBlocks();
    await said(intent, 'signed_bytes_edited');
    await sleep(2_000);
    assert.equal((await paymentsTo(provider, robbed.at(-1))).length, 0);
    assert.equal((await paymentsTo(provider, to)).length, 0);
    await write(right);
    await stack.reach(user, id, 'final');
    assert.equal((await paymentsTo(provider, to)).length, 1);
  });

  test("edited in wallet-manager's record, the daemon does not take them", { timeout: 60_000 }, async () => {
    const { user, to, id, intent } = await sent();
    const right = await one(`SELECT encode(signed_tx, 'hex') FROM gate_attempts WHERE intent_id = '${intent}'`);
    const write = (hex) => `UPDATE gate_attempts SET signed_tx = decode('${hex}', 'hex') WHERE intent_id = '${intent}'`;
    // As if the daemon had died before it stored the answer.
    await forge(stack, `${write((await foreign()).slice(2))};
      UPDATE attempts SET signed_tx = NULL, tx_hash = NULL, signed_at = NULL, state = 'requested', claimed_until = NULL WHERE intent_id = '${intent}';
      UPDATE intents SET state = 'RESERVED', tx_hash = '', signed_at = NULL, first_try_at = NULL, due_at = now() WHERE id = '${intent}'`);
    await startBlocks();
    await said(intent, 'wrong_signature');
    assert.equal((await paymentsTo(provider, robbed.at(-1))).length, 0);
    await forge(stack, write(right));
    await stack.reach(user, id, 'final');
    assert.equal((await paymentsTo(provider, to)).length, 1);
  });
});

test('after all of it the chains of events are whole and nobody was robbed', async () => {
  assert.equal(await one('SELECT gate_refusal_chain_fault() IS NULL'), 't');
  await assert.rejects(one("UPDATE gate_refusals SET reason = ''"), /append-only/);
  assert.equal(await one('SELECT count(*) FROM wallets w WHERE wallet_chain_fault(w.id) IS NOT NULL OR first_broken_event(w.id) IS NOT NULL'), '0');
  const targets = new Set(robbed.map((address) => address.toLowerCase()));
  assert.deepEqual((await minedTransactions(provider)).filter((tx) => targets.has(tx.to?.toLowerCase())), []);
});
