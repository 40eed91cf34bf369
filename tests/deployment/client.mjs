// A REST client of a deployed platform that outlives restarts, and the main job done with it.
import { randomBytes } from 'node:crypto';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const freshAddress = () => `0x${randomBytes(20).toString('hex')}`;

const CALL_MS = 20_000;
const FINAL_MS = 120_000;
const FUNDED_MS = 120_000;

export class Client {
  constructor(base) {
    this.base = base.replace(/\/$/, '');
  }

  // One call; {status, body}, status 0 where no answer came.
  async call(method, path, { token, key, body } = {}) {
    // A timer that the process waits for: AbortSignal.timeout's is none, and where a connection ends without a word
    // there would be nothing left to wait for, and Node ends silently.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), CALL_MS);
    try {
      const response = await fetch(this.base + path, {
        method,
        signal: late.signal,
        headers: {
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(key ? { 'idempotency-key': key } : {}),
        },
        body: body && JSON.stringify(body),
      });
      const text = await response.text();
      return { status: response.status, body: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text };
    } catch (error) {
      return { status: 0, body: String(error.cause ?? error) };
    } finally {
      clearTimeout(timer);
    }
  }

  // Repeats until `good` says so of the answer; restarts in between are expected.
  async until(what, milliseconds, ask, good) {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      const answer = await ask();
      if (good(answer)) return answer.body;
      if (Date.now() > deadline) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
      await sleep(200);
    }
  }

  ready(milliseconds = 120_000) {
    return this.until('ready', milliseconds, () => this.call('GET', '/health/ready'), (answer) => answer.status === 200);
  }

  // A fresh user whose wallets of these chains are funded.
  async user(chains = ['ethereum']) {
    const user = { email: `user-${randomBytes(6).toString('hex')}@example.com`, password: 'Correct-Horse-7-Battery' };
    const made = await this.until('register', 60_000, () => this.call('POST', '/auth/register', { body: user }), (answer) => answer.status === 201);
    user.token = made.token;
    await this.until('funded wallets', FUNDED_MS, () => this.call('GET', '/api/v1/wallet/balances', { token: user.token }),
      (answer) => answer.status === 200 && chains.every((chain) => Number(answer.body[chain]?.balance ?? 0) > 0));
    return user;
  }

  // Signs an existing user in again.
  async login(user) {
    const { email, password } = user;
    const answer = await this.until('login', 60_000, () => this.call('POST', '/auth/login', { body: { email, password } }), (got) => got.status === 200);
    return { ...user, token: answer.token };
  }

  send(user, key, to, amount, chain = 'ethereum') {
    return this.call('POST', `/api/v1/${chain}/send`, { token: user.token, key, body: { to, amount } });
  }

  transaction(user, id) {
    return this.call('GET', `/api/v1/wallet/transactions/${id}`, { token: user.token });
  }

  // The last view of a payment: final, or in whatever other state it ended.
  final(user, id) {
    const ends = ['final', 'failed', 'expired', 'replaced'];
    return this.until(`payment ${id}`, FINAL_MS, () => this.transaction(user, id),
      (answer) => answer.status === 404 || (answer.status === 200 && ends.includes(answer.body.status)));
  }
}
