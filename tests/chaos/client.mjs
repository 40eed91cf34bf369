// A careful client: every order gets a key, is repeated under it until it is answered, and followed
// until it has ended. It logs what it was told; the checker compares that with the chain.
import { randomUUID } from 'node:crypto';
import { sleep } from '../integration/support/stack.mjs';
import { freshAddress } from '../integration/support/chain.mjs';

const CALL_TIMEOUT_MS = 15_000;
const TERMINAL = ['final', 'failed', 'replaced', 'expired'];

export class Client {
  orders = [];

  // fresh: makes a recipient nobody had before.
  constructor(stack, user, chain = 'ethereum', fresh = freshAddress) {
    Object.assign(this, { stack, user, chain, fresh });
  }

  // Repeats a call until it is answered with something other than "try again".
  async persist(method, path, options, deadline) {
    for (let pause = 100; Date.now() < deadline; pause = Math.min(pause * 2, 2_000)) {
      try {
        const call = this.stack.call(method, path, { token: this.user.token, ...options });
        const answer = await Promise.race([call, sleep(CALL_TIMEOUT_MS).then(() => undefined)]);
        if (answer && answer.status === 401) await this.login();
        else if (answer && answer.status < 500 && answer.status !== 429 && answer.body?.code !== 'in_progress') return answer;
      } catch {
        // no answer: the outcome is unknown, so the same call again
      }
      await sleep(pause);
    }
    return undefined;
  }

  async login() {
    const answer = await this.stack.call('POST', '/auth/login', {
      body: { email: this.user.email, password: this.user.password },
    });
    if (answer.status === 200) this.user.token = answer.body.token;
  }

  // One client order: the same recipient and amount until it is paid or given up at the deadline.
  async order(amount, deadline) {
    const order = { to: this.fresh(), amount, acknowledged: [], ended: undefined };
    this.orders.push(order);
    while (Date.now() < deadline) {
      const answer = await this.persist('POST', `/api/v1/${this.chain}/send`, {
        key: randomUUID(),
        body: { to: order.to, amount },
      }, deadline);
      if (!answer) return;
      if (answer.status >= 400) {
        // Refused before anything was stored, perhaps on a lie: the client order goes on.
        order.refused = answer.body;
        await sleep(500);
        continue;
      }
      order.acknowledged.push(answer.body.id);
      const view = await this.follow(answer.body.id, deadline);
      if (!view) return;
      order.ended = view;
      // Never signed, so it can never pay: the same client order goes on under a new key.
      if (view.status === 'failed' && !view.tx_hash) continue;
      return;
    }
  }

  async follow(id, deadline) {
    while (Date.now() < deadline) {
      const answer = await this.persist('GET', `/api/v1/wallet/transactions/${id}`, {}, deadline);
      if (answer?.status === 200 && TERMINAL.includes(answer.body.status)) return answer.body;
      await sleep(400);
    }
    return undefined;
  }
}
