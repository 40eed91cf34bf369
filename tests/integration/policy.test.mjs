// Limits, approvals, pause and export: what an owner decides, each with its refusals.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { connect, freshAddress, paymentsTo } from './support/chain.mjs';
import { Stack } from './support/stack.mjs';

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

const send = (user, to, amount, key = randomUUID()) =>
  stack.call('POST', '/api/v1/ethereum/send', { token: user.token, key, body: { to, amount } });
const setPolicy = (user, body) => stack.call('PUT', '/api/v1/wallet/policies', { token: user.token, body });
const limits = (entry) => ({ limits: [{ chain: 'ethereum', ...entry }] });

test('per payment and per day limits refuse, and loosening waits', async () => {
  const user = await stack.user();
  assert.equal((await setPolicy(user, limits({ per_tx: '1', per_day: '1.5' }))).status, 200);
  const above = await send(user, freshAddress(), '1.1');
  assert.equal(above.status, 403, JSON.stringify(above.body));
  assert.equal(above.body.code, 'policy_denied');
  const first = await send(user, freshAddress(), '1');
  assert.equal(first.status, 200, JSON.stringify(first.body));
  const overDay = await send(user, freshAddress(), '0.6');
  assert.equal(overDay.status, 403);
  assert.equal((await send(user, freshAddress(), '0.5')).status, 200);

  const withoutPassword = await setPolicy(user, limits({ per_tx: '5' }));
  assert.ok([401, 422].includes(withoutPassword.status), JSON.stringify(withoutPassword.body));
  const loosened = await setPolicy(user, { ...limits({ per_tx: '5' }), password: user.password });
  assert.equal(loosened.status, 200, JSON.stringify(loosened.body));
  assert.ok(Date.parse(loosened.body.effective_at) > Date.now() + 23 * 3_600_000);
  assert.equal((await send(user, freshAddress(), '1.1')).status, 403);
});

test('20 concurrent payments cannot pass a daily limit together', async () => {
  const user = await stack.user();
  await setPolicy(user, limits({ per_day: '1' }));
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(user, freshAddress(), '0.1')));
  assert.equal(answers.filter((answer) => answer.status === 200).length, 10);
  assert.equal(answers.filter((answer) => answer.status === 403).length, 10);
});

test('an allow list lets only its recipients be paid', async () => {
  const user = await stack.user();
  const friend = freshAddress();
  assert.equal((await setPolicy(user, { allow_list: [`ethereum:${friend}`] })).status, 200);
  assert.equal((await send(user, freshAddress(), '0.1')).status, 403);
  assert.equal((await send(user, friend, '0.1')).status, 200);
});

async function approvalOf(user, to, amount) {
  const asked = await send(user, to, amount);
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  assert.equal(asked.body.status, 'awaiting_approval');
  const { data } = await stack.must('GET', '/api/v1/approvals', { token: user.token });
  const approval = data.find((entry) => entry.id === asked.body.approval_id);
  assert.ok(approval, JSON.stringify(data));
  return { payment: asked.body, approval };
}

const decide = (user, approval, word, digest = approval.digest) =>
  stack.call('POST', `/api/v1/approvals/${approval.id}/${word}`, { token: user.token, body: { digest } });

test('a payment above the threshold waits for a human and is paid once', { timeout: 60_000 }, async () => {
  const user = await stack.user();
  await setPolicy(user, limits({ approval_above: '0.5' }));
  assert.equal((await send(user, freshAddress(), '0.5')).status, 200);
  const to = freshAddress();
  const { payment, approval } = await approvalOf(user, to, '0.6');
  const wrong = await decide(user, approval, 'approve', '00'.repeat(32));
  assert.equal(wrong.status, 422);
  assert.equal(wrong.body.code, 'plan_changed');
  const both = await Promise.all([decide(user, approval, 'approve'), decide(user, approval, 'approve')]);
  assert.ok(both.some((answer) => answer.status === 200), JSON.stringify(both.map((answer) => answer.body)));
  await stack.reach(user, payment.id, 'final');
  assert.equal((await paymentsTo(provider, to)).length, 1);
  assert.equal((await decide(user, approval, 'approve')).body.code, 'already_decided');
});

test('a denied payment is never made', async () => {
  const user = await stack.user();
  await setPolicy(user, { require_approval: true });
  const to = freshAddress();
  const { payment, approval } = await approvalOf(user, to, '0.1');
  assert.equal((await decide(user, approval, 'deny')).status, 200);
  const ended = await stack.reach(user, payment.id, 'failed');
  assert.equal(ended.tx_hash, null);
  assert.equal((await paymentsTo(provider, to)).length, 0);
  const late = await decide(user, approval, 'approve');
  assert.equal(late.status, 409);
});

test('an API key cannot approve', async () => {
  const user = await stack.user();
  await setPolicy(user, { require_approval: true });
  const { approval } = await approvalOf(user, freshAddress(), '0.1');
  const made = await stack.must('POST', '/api/v1/api-keys', {
    token: user.token,
    body: { name: 'robot', scopes: ['read', 'send'], password: user.password },
  });
  const answer = await stack.call('POST', `/api/v1/approvals/${approval.id}/approve`, {
    headers: { 'x-api-key': made.key },
    body: { digest: approval.digest },
  });
  assert.equal(answer.status, 403, JSON.stringify(answer.body));
});

test('a paused wallet does not pay until its owner resumes it', { timeout: 60_000 }, async () => {
  const user = await stack.user();
  const { data: wallets } = await stack.must('GET', '/api/v1/wallet', { token: user.token });
  const wallet = wallets.find((entry) => entry.chain === 'ethereum').wallet_id;
  await stack.must('POST', `/api/v1/wallet/${wallet}/pause`, { token: user.token, body: {} });
  const to = freshAddress();
  const waiting = await send(user, to, '0.1');
  assert.ok(waiting.status >= 200 && waiting.status < 500, JSON.stringify(waiting.body));
  assert.equal((await paymentsTo(provider, to)).length, 0);
  const wrong = await stack.call('POST', `/api/v1/wallet/${wallet}/resume`, { token: user.token, body: { password: 'not it' } });
  assert.equal(wrong.status, 401, JSON.stringify(wrong.body));
  await stack.must('POST', `/api/v1/wallet/${wallet}/resume`, { token: user.token, body: { password: user.password } });
  const next = freshAddress();
  const sent = await send(user, next, '0.1');
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  await stack.reach(user, sent.body.id, 'final');
  assert.equal((await paymentsTo(provider, next)).length, 1);
});

test('export takes the right password, and its keys rule the wallet', async () => {
  const user = await stack.user();
  const path = '/api/v1/ethereum/wallet/export';
  const wrong = await stack.call('POST', path, { token: user.token, body: { password: 'Wrong-Password-1', format: 'private_key' } });
  assert.equal(wrong.status, 401, JSON.stringify(wrong.body));
  assert.ok(!JSON.stringify(wrong.body).includes('0x'));
  const right = await stack.call('POST', path, { token: user.token, body: { password: user.password, format: 'private_key' } });
  assert.equal(right.status, 200, JSON.stringify(right.body));
  assert.match(right.headers.get('cache-control') ?? '', /no-store/);
  const { ethers } = await import('./support/chain.mjs');
  assert.equal(new ethers.Wallet(right.body.private_key).address, user.address);
  const { mnemonic } = await stack.must('POST', path, { token: user.token, body: { password: user.password, format: 'mnemonic' } });
  assert.equal(ethers.HDNodeWallet.fromPhrase(mnemonic).address, user.address);
});
