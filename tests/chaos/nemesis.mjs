// Breaks one thing after another, as a seed says, and mends it again.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../integration/support/stack.mjs';

const SERVICES = ['api-gateway', 'wallet-manager', 'ethereum-service'];
const NODE_FAULTS = ['drop_after', 'reset', 'delay', 'error_after', 'limited', 'wrong_id', 'garbage'];

export class Nemesis {
  log = [];
  running = true;

  // liar: the proxy that may also lie; undefined = none does.
  constructor({ stack, random, proxies, liar }) {
    Object.assign(this, { stack, random, proxies, liar });
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  pid(name) {
    try {
      return Number(readFileSync(join(this.stack.folder, 'run', `${name}.pid`), 'utf8').split(' ')[0]);
    } catch {
      return undefined;
    }
  }

  signal(name, signal) {
    const pid = this.pid(name);
    if (!pid) return;
    try {
      process.kill(pid, signal);
    } catch {
      // it is gone already
    }
  }

  async mend() {
    await this.stack.script('up', '--no-build', '--no-smoke');
  }

  async killService() {
    const name = this.pick(SERVICES);
    this.note(`kill -9 ${name}`);
    this.signal(name, 'SIGKILL');
    await sleep(200 + this.random() * 800);
    await this.mend();
  }

  async freezeService() {
    const name = this.pick(SERVICES);
    const ms = 1_000 + this.random() * 4_000;
    this.note(`freeze ${name} for ${Math.round(ms)} ms`);
    this.signal(name, 'SIGSTOP');
    await sleep(ms);
    this.signal(name, 'SIGCONT');
  }

  async restartPostgres() {
    const signal = this.pick(['SIGINT', 'SIGQUIT']);
    this.note(`Postgres ${signal === 'SIGINT' ? 'fast' : 'immediate'} restart`);
    this.signal('postgres', signal);
    await sleep(500 + this.random() * 1_000);
    await this.mend();
  }

  async breakRedis() {
    this.note('Redis killed');
    this.signal('redis', 'SIGKILL');
    await sleep(500 + this.random() * 2_000);
    await this.mend();
  }

  async breakNode() {
    const proxy = this.pick(this.proxies);
    const kind = this.pick(NODE_FAULTS);
    this.note(`node ${this.proxies.indexOf(proxy)}: ${kind}`);
    proxy.faults = [{ kind, ms: 7_000, probability: 0.6 }];
    await sleep(1_500 + this.random() * 2_500);
    proxy.faults = [];
  }

  async lie() {
    const method = this.pick(['eth_getTransactionCount', 'eth_getTransactionReceipt', 'eth_getBalance', 'eth_chainId']);
    this.note(`node ${this.proxies.indexOf(this.liar)} lies about ${method}`);
    this.liar.faults = [{ kind: 'lie', methods: [method], probability: 0.7, change: (name, _, result) => untruth(name, result) }];
    await sleep(2_000 + this.random() * 2_000);
    this.liar.faults = [];
  }

  note(text) {
    this.log.push({ at: Date.now(), text });
  }

  // Until stopped; answers when everything is mended.
  async run() {
    const deeds = [this.killService, this.killService, this.freezeService, this.restartPostgres, this.breakRedis, this.breakNode];
    if (this.liar) deeds.push(this.lie);
    while (this.running) {
      await this.pick(deeds).call(this);
      await sleep(500 + this.random() * 1_500);
    }
    for (const proxy of this.proxies) proxy.faults = [];
    await this.mend();
  }
}

function untruth(method, result) {
  switch (method) {
    case 'eth_getTransactionCount':
      return '0x' + (BigInt(result) + 7n).toString(16);
    case 'eth_getBalance':
      return '0x0';
    case 'eth_chainId':
      return '0x1';
    case 'eth_getTransactionReceipt':
      return null;
    default:
      return result;
  }
}
