// What was paid stays paid, whatever is stopped; scripts/up starts just what is missing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connect, freshAddress, paymentsTo } from './support/chain.mjs';
import { Stack, sleep } from './support/stack.mjs';

let stack;

before(async () => {
  stack = await Stack.start();
});

after(() => stack?.stop());

const send = (user, to) =>
  stack.must('POST', '/api/v1/ethereum/send', { token: user.token, body: { to, amount: '0.01' } });

test('a second up says already running within 2 s', async () => {
  const took = [];
  // The best of three: other tests run beside this one.
  for (let i = 0; i < 3; i += 1) {
    const from = Date.now();
    assert.match(await stack.script('up', '--no-build', '--no-smoke'), /already running/);
    took.push(Date.now() - from);
  }
  assert.ok(Math.min(...took) < 2_000, `${took} ms`);
});

test('after one daemon was killed, up starts just that one', async () => {
  const before = Object.fromEntries(stack.status.services.map((service) => [service.name, service.pid]));
  process.kill(before['ethereum-service'], 'SIGKILL');
  const newcomer = await stack.must('POST', '/auth/register', {
    body: { email: `user-${Date.now()}@example.com`, password: 'Correct-Horse-7-Battery' },
  });
  const balances = async (milliseconds) => {
    const from = Date.now();
    const answer = await stack.must('GET', '/api/v1/wallet/balances', { token: newcomer.token }, 200);
    assert.ok(Date.now() - from < milliseconds, `${Date.now() - from} ms`);
    return answer;
  };
  // The first call makes the wallets and asks for gifts, for which it has 3 s; a dead chain alone costs nothing.
  await balances(4_000);
  const dead = await balances(2_000);
  assert.equal(dead.ethereum.error, 'service_unavailable');
  await stack.up();
  for (const service of stack.status.services) {
    if (service.name === 'ethereum-service') assert.notEqual(service.pid, before[service.name]);
    else assert.equal(service.pid, before[service.name]);
  }
  await sleep(1_000);
  const living = await stack.must('GET', '/api/v1/wallet/balances', { token: newcomer.token }, 200);
  assert.equal(living.ethereum.error, undefined);
});

test('down and up keep users, wallets and payments; a further send becomes final', async () => {
  const user = await stack.user();
  const first = await send(user, freshAddress());
  await stack.reach(user, first.id, 'final');
  await stack.script('down');
  await stack.up();
  const login = await stack.must('POST', '/auth/login', { body: { email: user.email, password: user.password } });
  user.token = login.token;
  const history = await stack.must('GET', '/api/v1/wallet/transactions', { token: user.token });
  assert.ok(history.data.some((transaction) => transaction.id === first.id && transaction.status === 'final'));
  const to = freshAddress();
  const second = await send(user, to);
  await stack.reach(user, second.id, 'final');
  const provider = connect(stack.node);
  assert.equal((await paymentsTo(provider, to)).length, 1);
  provider.destroy();
});
