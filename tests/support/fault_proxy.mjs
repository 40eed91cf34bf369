// A JSON-RPC aware proxy in front of a node that fails on command. Faults are data:
//
//   { kind: 'drop_after' }      forwarded, then the connection ends without a reply
//   { kind: 'reset' }           the connection ends, nothing is forwarded
//   { kind: 'delay', ms }       forwarded late
//   { kind: 'error_after' }     forwarded, then HTTP 500
//   { kind: 'limited' }         HTTP 429, nothing is forwarded
//   { kind: 'wrong_id' }, { kind: 'garbage' }, { kind: 'huge' }    the reply is spoilt
//   { kind: 'lie', change }     change(method, params, result) -> another result
//   { kind: 'swallow', answer } answer(method, params) is the result; nothing is forwarded
//
// with methods: [...] (all when absent), matches(call), probability (1 when absent) and times (no end
// when absent). `seen(call)` is told of every call that comes, `answered(call, result)` of every
// result that the node gave.
import http from 'node:http';

const HUGE = 64 << 20;

// A small seeded generator (mulberry32): a run can be repeated.
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export class FaultProxy {
  faults = [];
  fired = {};
  seen = () => {};
  answered = () => {};

  static async start(target, random = Math.random, port = 0) {
    const proxy = new FaultProxy();
    proxy.target = new URL(target);
    proxy.random = random;
    proxy.agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
    proxy.server = http.createServer((request, response) => proxy.serve(request, response));
    await new Promise((resolve) => proxy.server.listen(port, '127.0.0.1', resolve));
    proxy.url = `http://127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  stop() {
    this.agent.destroy();
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  // The first fault that applies to a call, counted as fired.
  choose(calls) {
    for (const fault of this.faults) {
      if (fault.methods && !calls.some(({ method }) => fault.methods.includes(method))) continue;
      if (fault.matches && !calls.some((call) => fault.matches(call))) continue;
      if (fault.times === 0 || this.random() >= (fault.probability ?? 1)) continue;
      if (fault.times !== undefined) fault.times -= 1;
      this.fired[fault.kind] = (this.fired[fault.kind] ?? 0) + 1;
      return fault;
    }
    return undefined;
  }

  async serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    let calls = [];
    try {
      calls = [JSON.parse(body)].flat();
    } catch {
      // not JSON: forwarded as it is
    }
    calls.forEach((call) => this.seen(call));
    const fault = this.choose(calls);
    try {
      await this.answer(fault, { calls, body, login: request.headers.authorization }, response);
    } catch (error) {
      if (!response.headersSent) response.writeHead(502).end(String(error.message));
    }
  }

  async answer(fault, { calls, body, login }, response) {
    switch (fault?.kind) {
      case 'reset':
        response.socket.destroy();
        return;
      case 'limited':
        response.writeHead(429, { 'retry-after': '1' }).end('{}');
        return;
      case 'swallow': {
        const [{ id, method, params }] = calls;
        response.writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ jsonrpc: '2.0', id, result: fault.answer(method, params) }));
        return;
      }
      case 'delay':
        await new Promise((resolve) => setTimeout(resolve, fault.ms));
        break;
      default:
    }
    const { status, text } = await this.forward(body, login);
    this.tell(calls, text);
    switch (fault?.kind) {
      case 'drop_after':
        response.socket.destroy();
        return;
      case 'error_after':
        response.writeHead(500).end('{"error":"internal"}');
        return;
      case 'garbage':
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":"2.0","id":1,"resu');
        return;
      case 'huge':
        response.writeHead(200, { 'content-type': 'application/json' }).end(`{"result":"${'0'.repeat(HUGE)}"}`);
        return;
      default:
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(spoil(fault, calls, text));
  }

  tell(calls, text) {
    let replies = [];
    try {
      replies = [JSON.parse(text)].flat();
    } catch {
      // a node that is ill
    }
    for (const { id, result } of replies) {
      const call = calls.find((candidate) => candidate.id === id);
      if (call && result !== undefined && result !== null) this.answered(call, result);
    }
  }

  forward(body, login) {
    return new Promise((resolve, reject) => {
      const request = http.request(this.target, {
        method: 'POST',
        agent: this.agent,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          ...(login ? { authorization: login } : {}),
        },
      }, async (answer) => {
        const chunks = [];
        for await (const chunk of answer) chunks.push(chunk);
        resolve({ status: answer.statusCode, text: Buffer.concat(chunks).toString() });
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

function spoil(fault, calls, text) {
  if (fault?.kind !== 'wrong_id' && fault?.kind !== 'lie') return text;
  const replies = JSON.parse(text);
  const spoilt = [replies].flat().map((reply) => {
    if (fault.kind === 'wrong_id') return { ...reply, id: 987_654_321 };
    const call = calls.find((candidate) => candidate.id === reply.id);
    return { ...reply, result: fault.change(call?.method, call?.params, reply.result) };
  });
  return JSON.stringify(Array.isArray(replies) ? spoilt : spoilt[0]);
}
