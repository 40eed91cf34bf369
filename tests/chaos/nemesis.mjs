// Breaks one thing after another, as a seed says, and mends it again.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ended, sleep } from '../integration/support/stack.mjs';

const SERVICES = ['api-gateway', 'wallet-manager', 'ethereum-service'];
const NODE_FAULTS = ['drop_after', 'reset', 'delay', 'error_after', 'limited', 'wrong_id', 'garbage'];
const LIES = ['eth_getTransactionCount', 'eth_getTransactionReceipt', 'eth_getBalance', 'eth_chainId'];
const MENDING_TRIES = 4;

export class Nemesis {
  log = [];
  running = true;

  // liar: the proxy that may also lie; replica: the second ethereum-service. Neither need be there.
  constructor({ stack, random, proxies, liar, replica }) {
    Object.assign(this, { stack, random, proxies, liar, replica });
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  services() {
    return this.replica ? [...SERVICES, 'ethereum-service-2'] : SERVICES;
  }

  pid(name) {
    if (name === 'ethereum-service-2') return this.replica.pid;
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

  // What was broken together may need more than one try.
  async mend() {
    for (let left = MENDING_TRIES; ; --left) {
      try {
        await this.stack.script('up', '--no-build', '--no-smoke');
        await this.replica?.run();
        return;
      } catch (error) {
        if (left === 1) throw error;
        await sleep(1_000);
      }
    }
  }

  async killService() {
    const name = this.pick(this.services());
    this.note(`kill -9 ${name}`);
    this.signal(name, 'SIGKILL');
    await sleep(200 + this.random() * 800);
    await this.mend();
  }

  async freezeService() {
    const name = this.pick(this.services());
    const ms = 1_000 + this.random() * 4_000;
    this.note(`freeze ${name} for ${Math.round(ms)} ms`);
    this.signal(name, 'SIGSTOP');
    await sleep(ms);
    this.signal(name, 'SIGCONT');
  }

  async restartPostgres() {
    const signal = this.pick(['SIGINT', 'SIGQUIT']);
    this.note(`Postgres ${signal === 'SIGINT' ? 'fast' : 'immediate'} restart`);
    const pid = this.pid('postgres');
    this.signal('postgres', signal);
    await sleep(500 + this.random() * 1_000);
    // `up` starts only what has ended.
    if (pid) await ended(pid);
    await this.mend();
  }

  async breakRedis() {
    this.note('Redis killed');
    this.signal('redis', 'SIGKILL');
    await sleep(500 + this.random() * 2_000);
    await this.mend();
  }

  async flushRedis() {
    this.note('Redis flushed');
    await promisify(execFile)('redis-cli', ['--no-auth-warning', '-u', this.stack.status.redis_url, 'FLUSHALL']).catch(() => {});
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
    const method = this.pick(LIES);
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
    const deeds = [this.killService, this.killService, this.freezeService, this.restartPostgres, this.breakRedis, this.flushRedis, this.breakNode];
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
      return `0x${(BigInt(result) + 7n).toString(16)}`;
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
