// Bad input gets a clear problem, and nothing is reserved or paid.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { connect, freshAddress } from './support/chain.mjs';
import { Stack } from './support/stack.mjs';

let stack;
let provider;
let user;

before(async () => {
  stack = await Stack.start();
  provider = connect(stack.node);
  user = await stack.user();
});

after(async () => {
  provider?.destroy();
  await stack?.stop();
});

async function refused(body, status, code, raw) {
  const answer = await stack.call('POST', '/api/v1/ethereum/send', { token: user.token, key: randomUUID(), body, raw });
  assert.ok(answer.status >= 400 && answer.status < 500, `${JSON.stringify(body ?? raw)} -> ${answer.status}`);
  if (status) assert.equal(answer.status, status, JSON.stringify(answer.body));
  if (code) assert.equal(answer.body.code, code, JSON.stringify(answer.body));
  assert.match(answer.headers.get('content-type'), /application\/problem\+json/);
  for (const field of ['type', 'title', 'status', 'detail', 'code', 'request_id']) {
    assert.ok(answer.body[field], `${field} is missing in ${JSON.stringify(answer.body)}`);
  }
  assert.equal(answer.headers.get('x-request-id'), answer.body.request_id);
  return answer.body;
}

test('the documented sample address is refused and its digits are counted', async () => {
  const problem = await refused(
    { to: '0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb', amount: '0.1', gas_price_gwei: '20' }, 422, 'bad_address');
  assert.match(JSON.stringify(problem), /39/);
});

test('a wrong checksum is refused', () =>
  refused({ to: '0x70997970c51812dc3A010C7d01b50e0d17dc79C8', amount: '0.1' }, 422, 'bad_checksum'));

test('amounts that are not exact decimals are refused', async () => {
  for (const amount of ['0', '-1', '1e-19', '0.0000000000000000001', '1e3', '0x10', ' 1', '9'.repeat(79), '１２', '', '1.', '.5', '+1', '1,0']) {
    await refused({ to: freshAddress(), amount });
  }
  for (const amount of [1, 0.1, null, true, ['1'], { value: '1' }]) await refused({ to: freshAddress(), amount });
});

test('unknown, repeated and missing fields are refused', async () => {
  const to = freshAddress();
  await refused({ to, amount: '0.1', role: 'admin' });
  await refused({ to, amuont: '0.1' });
  await refused({ to });
  await refused(undefined, undefined, undefined, `{"to":"${to}","amount":"0.1","amount":"9"}`);
  await refused(undefined, undefined, undefined, '{"to":');
  await refused(undefined, undefined, undefined, '['.repeat(100) + ']'.repeat(100));
  const register = await stack.call('POST', '/auth/register', {
    body: { email: 'x@example.com', password: 'Correct-Horse-7', role: 'admin' },
  });
  assert.ok(register.status >= 400 && register.status < 500);
});

test('more than the wallet holds is refused with the figures', async () => {
  const problem = await refused({ to: freshAddress(), amount: '1000000' }, 422, 'insufficient_funds');
  assert.match(problem.detail + JSON.stringify(problem), /10/);
});

test('forged tokens are refused', async () => {
  const [header, payload, signature] = user.token.split('.');
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = JSON.parse(Buffer.from(payload, 'base64url'));
  const sign = (head, body, secret) => `${head}.${body}.${createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url')}`;
  const forged = [
    `${header}.${encode({ ...claims, role: 'admin' })}.${signature}`,
    `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
    sign(header, payload, 'a guessed secret'),
    sign(header, encode({ ...claims, exp: 1 }), 'a guessed secret'),
    'garbage',
    `${user.token}x`,
  ];
  for (const token of forged) {
    const answer = await stack.call('GET', '/auth/me', { token });
    assert.equal(answer.status, 401, token);
  }
});

test('another user sees nothing', async () => {
  const mine = await stack.must('POST', '/api/v1/ethereum/send', { token: user.token, body: { to: freshAddress(), amount: '0.01' } });
  const other = await stack.user();
  const answer = await stack.call('GET', `/api/v1/wallet/transactions/${mine.id}`, { token: other.token });
  assert.equal(answer.status, 404);
  await stack.reach(user, mine.id, 'final');
});

test('none of the refusals reserved or paid anything', async () => {
  assert.equal(await provider.getTransactionCount(user.address), 1);
  const history = await stack.must('GET', '/api/v1/wallet/transactions?direction=out', { token: user.token });
  assert.equal(history.data.length, 1);
});
