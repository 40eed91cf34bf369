// node tests/chaos/replicas.mjs [--chain ethereum] [--sends 160] [--freeze 90]
// Two daemons of a chain on the same wallets: each lands its share and nothing is paid twice; one that
// is stopped right after it reserved, and goes on when its lease is long over, pays once. Without a
// build with crash points (PLATFORM_BUILD) only --freeze 0 can be run: no such stop.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Stack, sleep } from '../integration/support/stack.mjs';
import { FaultProxy } from '../support/fault_proxy.mjs';
import { check, checkPaid } from './checker.mjs';
import { Client } from './client.mjs';
import { NODE_VARIABLE, SENDING_CALLS, SETTINGS, judgeOf, missing } from './judges.mjs';
import { startReplica } from './replica.mjs';

// A busy wallet stays with the daemon that took it first: so many wallets that each daemon gets some.
const CLIENTS = 16;
const PATIENCE_MS = 120_000;

const { values } = parseArgs({
  options: {
    chain: { type: 'string', default: 'ethereum' },
    sends: { type: 'string', default: '160' },
    freeze: { type: 'string', default: '90' },
  },
});
const { chain } = values;
const service = `${chain}-service`;
// What ctest takes for "this machine cannot run it".
const CANNOT = 77;
const lacking = missing(chain);
if (lacking) {
  console.log(lacking);
  process.exit(CANNOT);
}

const faults = [];

// Which daemon sent a transaction first, by its hash: each has a way to the node of its own.
const sentBy = new Map();

async function watched(url, name) {
  const proxy = await FaultProxy.start(url);
  proxy.answered = ({ method }, hash) => {
    if (SENDING_CALLS.includes(method) && !sentBy.has(hash)) sentBy.set(hash, name);
  };
  return proxy;
}

// How many payments each daemon was asked for.
async function asked(http) {
  const text = await (await fetch(`${http}/metrics`)).text();
  const lines = text.split('\n').filter((line) => /^grpc_server_handled_total\{/.test(line) && /ChainService[./]Transfer"/.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').pop()), 0);
}

async function shares({ stack, judge, replica }) {
  const clients = [];
  for (let index = 0; index < CLIENTS; ++index) clients.push(new Client(stack, await judge.user(), chain, () => judge.fresh()));
  const { provider } = judge;
  const balancesBefore = new Map();
  for (const { user } of provider ? clients : []) balancesBefore.set(user.address.toLowerCase(), await provider.getBalance(user.address));
  const startBlock = (await judge.height()) + 1;
  const deadline = Date.now() + Number(values.sends) * 2_000 + PATIENCE_MS;
  await Promise.all(clients.map(async (client) => {
    for (let left = Number(values.sends) / CLIENTS; left > 0; --left) await client.order('0.001', deadline);
  }));
  faults.push(...await checkPaid({ judge, clients, from: startBlock }));
  if (provider) faults.push(...await check({ provider, clients, startBlock, balancesBefore }));
  const counts = [await asked(stack.service(service).http), await asked(`http://127.0.0.1:${replica.http}`)];
  const landed = clients.flatMap(({ orders }) => orders.map(({ ended }) => ended?.tx_hash));
  const shares = ['first', 'second'].map((name) => landed.filter((hash) => sentBy.get(hash) === name).length);
  console.log(`${values.sends} sends: asked of the two ${counts.join(' and ')}, landed by them ${shares.join(' and ')}, ${faults.length} violations`);
  const least = Math.min(...shares) / landed.length;
  if (!(least >= 0.2)) faults.push(`SHARE: one of the two landed only ${(least * 100).toFixed(0)} %`);
}

// The first daemon to come to the point is stopped there.
async function freeze({ stack, judge, replica }, file) {
  const user = await judge.user();
  const to = judge.fresh();
  const logs = new Map([['first', join(stack.folder, 'log', `${service}.log`)], ['second', replica.log]]);
  const marks = new Map([...logs].map(([name, log]) => [name, statSync(log).size]));
  writeFileSync(file, 'after_reserve freeze\n');
  const key = randomUUID();
  const client = new Client(stack, user, chain);
  const sending = client.persist('POST', `/api/v1/${chain}/send`, { key, body: { to, amount: '0.01' } }, Date.now() + PATIENCE_MS);
  let frozen;
  for (const deadline = Date.now() + PATIENCE_MS; !frozen && Date.now() < deadline; await sleep(20)) {
    frozen = [...logs].find(([name, log]) => readFileSync(log).subarray(marks.get(name)).includes('crash point after_reserve\n'))?.[0];
  }
  rmSync(file, { force: true });
  if (!frozen) throw new Error('no daemon came to after_reserve');
  const pid = frozen === 'second' ? replica.pid : Number(readFileSync(join(stack.folder, `run/${service}.pid`), 'utf8').split(' ')[0]);
  const from = Date.now();
  const answer = await sending;
  const view = await client.follow(answer.body.id, Date.now() + PATIENCE_MS);
  const took = Date.now() - from;
  await sleep(Math.max(0, Number(values.freeze) * 1_000 - took));
  process.kill(pid, 'SIGCONT');
  await sleep(10_000);
  const count = (await judge.paymentsTo(to)).length;
  console.log(`the ${frozen} daemon was stopped for ${values.freeze} s; the other made it ${view?.status} after ${(took / 1000).toFixed(1)} s; ${count} payments`);
  if (count !== 1 || view?.status !== 'final') faults.push(`FREEZE: ${count} payments, ${JSON.stringify(view)}`);
}

const folder = mkdtempSync(join(tmpdir(), 'platform-replicas-'));
const file = join(folder, 'point');
let stack;
let judge;
let replica;
const ways = [];
try {
  stack = await Stack.start({ PLATFORM_CRASH_AT: `@${file}`, TRANSFER_LEASE: '2s', ...SETTINGS[chain] });
  judge = await judgeOf(stack, chain);
  const variable = NODE_VARIABLE[chain];
  for (const name of ['first', 'second']) ways.push(await watched(judge.url, name));
  stack.env[variable] = ways[0].url;
  await stack.script('up', '--no-build', '--no-smoke', '--restart', service);
  replica = await startReplica(stack, { [variable]: ways[1].url }, service);
  const ground = { stack, judge, replica };
  await shares(ground);
  if (values.freeze !== '0') await freeze(ground, file);
} finally {
  replica?.stop();
  await stack?.stop();
  await judge?.stop();
  await Promise.all(ways.map((way) => way.stop()));
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.log(`  ${fault}`);
console.log(faults.length === 0 ? 'REPLICAS: clean' : `REPLICAS: ${faults.length} violations`);
process.exit(faults.length === 0 ? 0 : 1);
