// What is under way when a daemon dies. A scenario prepares, calls `arm`, goes on over the death,
// and answers what it ordered: [{id, to, paid}] with paid = true, false, or undefined where either
// end is right.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { sleep } from '../integration/support/stack.mjs';

const PATIENCE_MS = 90_000;
const AMOUNT = '0.01';

// Points of an approved payment that asking passes alone, and those that approving passes again.
const ASKING = ['after_received', 'rest_answered'];
const BOTH = ['before_authorise', 'after_authorise', 'after_reserve', 'gate_authorised'];

// Repeats a call until it is answered with something other than "try again".
async function persist(call) {
  const deadline = Date.now() + PATIENCE_MS;
  for (let last; ; await sleep(300)) {
    const answer = await call().catch((error) => ({ status: 599, body: { code: error.message } }));
    const again = answer.status >= 500 || answer.status === 429 || answer.body?.code === 'in_progress';
    if (!again) return answer;
    last = answer;
    if (Date.now() > deadline) throw new Error(`no answer: ${last.status} ${JSON.stringify(last.body)}`);
  }
}

async function good(call) {
  const answer = await persist(call);
  if (answer.status >= 300) throw new Error(`refused: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

// A payment to a fresh recipient under a key of its own.
function payment({ stack, judge }, user) {
  const order = { to: judge.fresh(), key: randomUUID() };
  order.send = async () => {
    const body = await good(() => stack.call('POST', `/api/v1/${judge.chain}/send`, {
      token: user.token, key: order.key, body: { to: order.to, amount: AMOUNT },
    }));
    order.id = body.id;
    return body;
  };
  return order;
}

// Sends while the wallet is paused, which nobody wants to wait for: until the payment is listed.
async function sendPaused({ stack }, user, orders) {
  for (const order of orders) order.send().catch(() => {});
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(100)) {
    const { data } = await good(() => stack.call('GET', '/api/v1/wallet/transactions?limit=10', { token: user.token }));
    for (const order of orders) {
      order.id ??= data.find((view) => view.to?.toLowerCase() === order.to.toLowerCase() && view.reason === 'paused')?.id;
    }
    if (orders.every((order) => order.id)) return;
  }
  throw new Error('a payment of a paused wallet is not listed');
}

const told = (order, paid) => ({ id: order.id, to: order.to, paid });

async function attemptLive({ stack }, user, id, number) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(100)) {
    const { body } = await persist(() => stack.call('GET', `/api/v1/wallet/transactions/${id}`, { token: user.token }));
    const attempt = (body.attempts ?? []).find((entry) => entry.number === number);
    if (attempt?.state === 'live') return;
    if (['final', 'failed', 'replaced', 'expired'].includes(body.status)) return;
  }
  throw new Error(`attempt ${number} of ${id} never reached the node`);
}

async function replace(context, path) {
  const { stack, judge, arm } = context;
  const user = await context.user();
  const order = payment(context, user);
  await judge.withoutBlocks(async () => {
    const { tx_hash: hash } = await order.send();
    await attemptLive(context, user, order.id, 1);
    arm();
    const key = randomUUID();
    const answer = await persist(() => stack.call('POST', `/api/v1/${judge.chain}/tx/${hash}/${path}`, { token: user.token, key, body: {} }));
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    await attemptLive(context, user, order.id, 2);
  });
  return order;
}

async function awaiting(context) {
  const user = await context.approvingUser();
  const order = payment(context, user);
  await order.send();
  // A repeat answers the state of this moment, which may be before policy was asked.
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(100)) {
    const { approval_id: id } = await good(() => context.stack.call('GET', `/api/v1/wallet/transactions/${order.id}`, { token: user.token }));
    if (!id) continue;
    const approval = await good(() => context.stack.call('GET', `/api/v1/approvals/${id}`, { token: user.token }));
    return { user, order, approval };
  }
  throw new Error(`${order.id} never asked for approval`);
}

const decide = ({ stack }, { user, approval }, word) => persist(() => stack.call('POST', `/api/v1/approvals/${approval.id}/${word}`, {
  token: user.token, body: { digest: approval.digest },
}));

async function walletOf({ stack, judge }, user) {
  const { data } = await good(() => stack.call('GET', '/api/v1/wallet', { token: user.token }));
  return data.find((entry) => entry.chain === judge.chain).wallet_id;
}

const setPause = ({ stack }, user, wallet, word) => good(() => stack.call('POST', `/api/v1/wallet/${wallet}/${word}`, {
  token: user.token, body: word === 'resume' ? { password: user.password } : {},
}));

// Past triggers and grants, as only this harness may.
function tamper({ stack }, statement) {
  execFileSync('psql', [stack.status.database_url, '-qAtc', `SET session_replication_role = replica; ${statement}`]);
}

export const scenarios = {
  // One payment, or several at once: the seed says.
  async send(context) {
    const user = await context.user();
    const orders = Array.from({ length: 1 + (context.seed % 3) }, () => payment(context, user));
    context.arm();
    await Promise.all(orders.map((order) => order.send()));
    return orders.map((order) => told(order, true));
  },

  async speed_up(context) {
    return [told(await replace(context, 'speed-up'), true)];
  },

  async cancel(context) {
    return [told(await replace(context, 'cancel'), undefined)];
  },

  async approve(context) {
    // Some points are passed by asking, some by approving, some by both.
    const early = ASKING.includes(context.point) || (BOTH.includes(context.point) && context.seed % 4 === 1);
    if (early) context.arm();
    const asked = await awaiting(context);
    if (!early) context.arm();
    const answer = await decide(context, asked, 'approve');
    if (answer.status >= 300 && answer.body?.code !== 'already_decided') throw new Error(`approve: ${JSON.stringify(answer.body)}`);
    return [told(asked.order, true)];
  },

  async deny(context) {
    const asked = await awaiting(context);
    context.arm();
    const answer = await decide(context, asked, 'deny');
    if (answer.status >= 300 && !['already_decided', 'expired'].includes(answer.body?.code)) throw new Error(`deny: ${JSON.stringify(answer.body)}`);
    return [told(asked.order, false)];
  },

  // Cancelled before it was signed, so that the intent ends through a Void.
  async stop(context) {
    const user = await context.user();
    const wallet = await walletOf(context, user);
    await setPause(context, user, wallet, 'pause');
    const order = payment(context, user);
    await sendPaused(context, user, [order]);
    context.arm();
    const answer = await persist(() => context.stack.call('POST', `/api/v1/${context.judge.chain}/tx/${order.id}/cancel`, {
      token: user.token, key: randomUUID(), body: {},
    }));
    if (answer.status >= 300) throw new Error(`cancel: ${JSON.stringify(answer.body)}`);
    await context.over();
    await setPause(context, user, wallet, 'resume');
    return [told(order, false)];
  },

  // The node forgets the first transaction, which dies of age; the next one lands.
  async expire(context) {
    const user = await context.user();
    const order = payment(context, user);
    await context.judge.lose();
    await order.send();
    await attemptLive(context, user, order.id, 1);
    context.arm();
    await context.judge.lapse();
    return [told(order, true)];
  },

  // Two payments are reserved at once; the lower one is refused a signature, so that the gap below
  // the other must be filled.
  async fill(context) {
    const { stack } = context;
    const user = await context.user();
    const wallet = await walletOf(context, user);
    await setPause(context, user, wallet, 'pause');
    const orders = [payment(context, user), payment(context, user)];
    await sendPaused(context, user, orders);
    const ids = orders.map((order) => `'${order.id.slice(3)}'`).join(', ');
    tamper(context, `UPDATE intents SET due_at = now() + interval '1 hour' WHERE id IN (${ids})`);
    await setPause(context, user, wallet, 'resume');
    await context.dieAt('after_reserve', `${context.judge.chain}-service`, () => tamper(context, `UPDATE intents SET due_at = now() WHERE id IN (${ids})`));
    const row = execFileSync('psql', [stack.status.database_url, '-qAtc',
      `SELECT intent_id FROM nonce_slots WHERE intent_id IN (${ids}) ORDER BY nonce LIMIT 1`], { encoding: 'utf8' }).trim();
    if (!row) throw new Error('the two payments were not reserved');
    tamper(context, `UPDATE gate_authorisations SET allowed = false, reason = 'not_authorised' WHERE intent_id = '${row}'`);
    context.arm();
    await context.up();
    return orders.map((order) => told(order, order.id !== `tx_${row}`));
  },
};
