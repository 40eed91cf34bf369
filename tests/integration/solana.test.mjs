// Solana: payments of SOL and of tokens, and what happens to transactions that die of age.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SolanaJudge, freshSolanaAddress, programs, web3 } from './support/solana.mjs';
import { Stack, sleep } from './support/stack.mjs';

let stack;
let judge;
let user;
let address;

before(async () => {
  stack = await Stack.start({ PLATFORM_CHAINS: 'ethereum solana', DEVNET_SOLANA_SLOT_MS: '100', SOLANA_RENEW_AFTER: '2s', TRANSFER_LEASE: '1s' });
  judge = new SolanaJudge(stack.nodeOf('solana'));
  user = await stack.user();
  for (let i = 0; i < 100 && !address; ++i) {
    const balances = await stack.must('GET', '/api/v1/wallet/balances', { token: user.token });
    if (Number(balances.solana?.balance) > 0) address = balances.solana.address;
    else await sleep(200);
  }
});

after(async () => {
  await stack?.stop();
});

const send = (body) => stack.must('POST', '/api/v1/solana/send', { token: user.token, body });
const refused = async (body, code) => {
  const answer = await stack.call('POST', '/api/v1/solana/send', { token: user.token, body });
  assert.equal(answer.body.code, code, JSON.stringify(answer.body));
  assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
};

test('a new wallet has 100 SOL', async () => {
  assert.equal(await judge.lamports(address), 100_000_000_000);
});

test('a payment is confirmed, then final, and lands once', { timeout: 60_000 }, async () => {
  const to = freshSolanaAddress();
  const sent = await send({ to, amount: '0.25', memo: 'rent for May' });
  assert.equal(sent.from, address);
  const paid = await stack.reach(user, sent.id, 'final');
  assert.equal(await judge.lamports(to), 250_000_000);
  assert.deepEqual(await judge.signatures(to), [sent.tx_hash]);
  assert.equal(paid.tx_hash, sent.tx_hash);
  const onChain = await judge.connection.getTransaction(sent.tx_hash, { commitment: 'confirmed', maxSupportedTransactionVersion: 0 });
  assert.equal(onChain.meta.err, null);
  assert.ok(onChain.meta.logMessages.some((line) => line.includes('rent for May')), 'the memo is on the chain');
});

test('two equal payments at once are two transactions', { timeout: 60_000 }, async () => {
  const to = freshSolanaAddress();
  const sent = await Promise.all([1, 2, 3].map(() => send({ to, amount: '0.01', allow_duplicate: true })));
  await Promise.all(sent.map(({ id }) => stack.reach(user, id, 'final')));
  assert.equal(new Set(sent.map(({ tx_hash: hash }) => hash)).size, 3);
  assert.equal(await judge.lamports(to), 30_000_000);
});

test('addresses and amounts that cannot be meant are refused', async () => {
  await refused({ to: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8', amount: '1' }, 'wrong_network');
  await refused({ to: freshSolanaAddress().slice(0, -2), amount: '1' }, 'bad_address');
  await refused({ to: freshSolanaAddress(), amount: '0.0000001' }, 'rent_minimum');
  const nearlyAll = (await judge.lamports(address)) - 100_000; // would leave less than the rent
  await refused({ to: freshSolanaAddress(), amount: (nearlyAll / 1e9).toFixed(9) }, 'rent_minimum');
  await refused({ to: freshSolanaAddress(), amount: '1000' }, 'insufficient_funds');
  const [offCurve] = web3.PublicKey.findProgramAddressSync([Buffer.from('vault')], web3.SystemProgram.programId);
  await refused({ to: offCurve.toBase58(), amount: '1' }, 'off_curve_recipient');
  const sent = await send({ to: offCurve.toBase58(), amount: '0.5', accept_off_curve: true });
  await stack.reach(user, sent.id, 'confirmed', 'final');
  assert.equal(await judge.lamports(offCurve.toBase58()), 500_000_000);
});

const made = [];
for (const [name, decimals] of [['token', 6], ['token2022', 9]]) {
  test(`a payment of ${name} makes the recipient's account, once`, { timeout: 90_000 }, async () => {
    const token = await judge.makeToken(programs[name], decimals, address, 5n * 10n ** BigInt(decimals));
    made.push(token);
    const to = freshSolanaAddress();
    const body = { to, amount: '1.5', token: token.mint, accept_unlisted: true };
    const first = await send(body);
    await stack.reach(user, first.id, 'final');
    const second = await send({ ...body, amount: '0.25' });
    await stack.reach(user, second.id, 'final');
    assert.equal(await judge.tokens(to, token), (175n * 10n ** BigInt(decimals)) / 100n);
    // A payment into an account that exists does not name its owner.
    await token.payTo(address, 7n);
    const received = async () => {
      const history = await stack.must('GET', '/api/v1/wallet/transactions?limit=100', { token: user.token });
      return history.data.filter((entry) => entry.direction === 'in' && entry.token === token.mint);
    };
    let entries = [];
    for (let i = 0; i < 200 && entries.length < 2; ++i) {
      await sleep(100);
      entries = await received();
    }
    assert.equal(entries.length, 2, JSON.stringify(entries));
  });
}

test('the portfolio holds what the chain says, and invents no value', async () => {
  const portfolio = await stack.must('GET', '/api/v1/wallet/portfolio', { token: user.token });
  assert.equal(portfolio.total, null);
  assert.deepEqual(portfolio.errors, {});
  const held = (chain, token) => portfolio.assets.find((asset) => asset.chain === chain && asset.token === token);
  assert.equal(held('ethereum', null).currency, 'ETH');
  assert.equal(Number(held('solana', null).balance_atomic), await judge.lamports(address));
  for (const token of made) {
    const asset = held('solana', token.mint);
    assert.equal(BigInt(asset.balance_atomic), await judge.tokens(address, token));
    assert.equal(asset.listed, false);
    assert.equal(asset.value, null);
  }
});

test('a transaction that was dropped is proven dead and signed again: one payment', { timeout: 120_000 }, async () => {
  const to = freshSolanaAddress();
  await judge.rpc('devnet_drop', true);
  const sent = await send({ to, amount: '0.1' });
  await sleep(500);
  await judge.warpPastExpiry();
  await judge.rpc('devnet_drop', false);
  const paid = await stack.reach(user, sent.id, 'final');
  assert.equal(await judge.lamports(to), 100_000_000);
  assert.equal(paid.attempts.length, 2, JSON.stringify(paid.attempts));
  assert.deepEqual(paid.attempts.map(({ state }) => state), ['dead', 'landed']);
  assert.deepEqual(await judge.signatures(to), [paid.tx_hash]);
});

test('a transaction that the node hides after it landed is not signed again', { timeout: 120_000 }, async () => {
  const to = freshSolanaAddress();
  await judge.rpc('devnet_hide', true);
  const sent = await send({ to, amount: '0.1' });
  await sleep(500);
  assert.equal(await judge.lamports(to), 100_000_000);
  await judge.warpPastExpiry();
  let view;
  for (let i = 0; i < 200; ++i) {
    view = await stack.must('GET', `/api/v1/wallet/transactions/${sent.id}`, { token: user.token });
    if (view.reason === 'death_unproven') break;
    await sleep(200);
  }
  assert.equal(view.status, 'pending');
  assert.equal(view.reason, 'death_unproven');
  assert.equal(view.attempts.length, 1);
  await judge.rpc('devnet_hide', false);
  await stack.reach(user, sent.id, 'final');
  assert.equal(await judge.lamports(to), 100_000_000);
  assert.deepEqual(await judge.signatures(to), [sent.tx_hash]);
});

test('a daemon that was down past the expiry finds what landed', { timeout: 120_000 }, async () => {
  const to = freshSolanaAddress();
  const sent = await send({ to, amount: '0.1' });
  for (let i = 0; i < 50 && (await judge.lamports(to)) === 0; ++i) await sleep(50);
  process.kill(stack.service('solana-service').pid, 'SIGKILL');
  await judge.warpPastExpiry();
  await stack.up();
  const paid = await stack.reach(user, sent.id, 'final');
  assert.equal(paid.attempts.length, 1);
  assert.equal(await judge.lamports(to), 100_000_000);
});

test('everything can be sent, and nothing is left', { timeout: 60_000 }, async () => {
  const other = await stack.user();
  const to = freshSolanaAddress();
  const sent = await stack.must('POST', '/api/v1/solana/send', { token: other.token, body: { to, amount: 'all' } });
  await stack.reach(other, sent.id, 'final');
  const left = await judge.lamports(sent.from);
  assert.equal(left, 0);
  assert.ok((await judge.lamports(to)) > 99_990_000_000);
});

test('what waits cannot be replaced', async () => {
  const to = freshSolanaAddress();
  const sent = await send({ to, amount: '0.01' });
  const answer = await stack.call('POST', `/api/v1/solana/tx/${sent.tx_hash}/speed-up`, { token: user.token, body: {} });
  assert.equal(answer.status, 409, JSON.stringify(answer.body));
  assert.ok(['not_replaceable', 'already_confirmed'].includes(answer.body.code), answer.body.code);
});
