// node tests/chaos/replicas.mjs [--sends 160] [--freeze 90]
// Two ethereum-services on the same wallets: each lands its share and nothing is paid twice; one that
// is stopped right after it reserved, and goes on when its lease is long over, pays once. Needs a
// build with crash points (PLATFORM_BUILD).
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect, ethers, freshAddress, minedTransactions, paymentsTo } from '../integration/support/chain.mjs';
import { Stack, sleep } from '../integration/support/stack.mjs';
import { FaultProxy } from '../support/fault_proxy.mjs';
import { check } from './checker.mjs';
import { Client } from './client.mjs';
import { startReplica } from './replica.mjs';

const CLIENTS = 8;
const PATIENCE_MS = 120_000;

const { values } = parseArgs({
  options: { sends: { type: 'string', default: '160' }, freeze: { type: 'string', default: '90' } },
});
const faults = [];

// Which daemon sent a transaction first, by its hash: each has a way to the node of its own.
const sentBy = new Map();

async function watched(stack, name) {
  const proxy = await FaultProxy.start(stack.node);
  proxy.seen = ({ method, params }) => {
    if (method !== 'eth_sendRawTransaction') return;
    const hash = ethers.keccak256(params[0]);
    if (!sentBy.has(hash)) sentBy.set(hash, name);
  };
  return proxy;
}

// How many payments each daemon was asked for.
async function asked(http) {
  const text = await (await fetch(`${http}/metrics`)).text();
  const lines = text.split('\n').filter((line) => /^grpc_server_handled_total\{/.test(line) && /ChainService[./]Transfer"/.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').pop()), 0);
}

async function until(look, deadline) {
  while (!look() && Date.now() < deadline) await sleep(20);
}

async function shares({ stack, provider, replica, balancer }) {
  const clients = [];
  for (let index = 0; index < CLIENTS; ++index) clients.push(new Client(stack, await stack.user()));
  const balancesBefore = new Map();
  for (const { user } of clients) balancesBefore.set(user.address.toLowerCase(), await provider.getBalance(user.address));
  const startBlock = (await provider.getBlockNumber()) + 1;
  const deadline = Date.now() + Number(values.sends) * 2_000 + PATIENCE_MS;
  // A busy wallet stays with the daemon that was asked first, so each is first asked of every other
  // one; all later calls go to both.
  const working = [];
  for (const [index, client] of clients.entries()) {
    balancer.turnTo(index % 2);
    working.push((async () => {
      for (let left = Number(values.sends) / CLIENTS; left > 0; --left) await client.order('0.001', deadline);
    })());
    await until(() => client.orders[0]?.acknowledged.length > 0, deadline);
  }
  balancer.turnTo(undefined);
  await Promise.all(working);
  faults.push(...await check({ provider, clients, startBlock, balancesBefore }));
  const counts = [await asked(stack.service('ethereum-service').http), await asked(`http://127.0.0.1:${replica.http}`)];
  const wallets = new Set(clients.map(({ user }) => user.address.toLowerCase()));
  const landed = (await minedTransactions(provider, startBlock)).filter((tx) => wallets.has(tx.from.toLowerCase()));
  const shares = ['first', 'second'].map((name) => landed.filter((tx) => sentBy.get(tx.hash) === name).length);
  console.log(`${values.sends} sends: asked of the two ${counts.join(' and ')}, landed by them ${shares.join(' and ')}, ${faults.length} violations`);
  const least = Math.min(...shares) / landed.length;
  if (!(least >= 0.2)) faults.push(`SHARE: one of the two landed only ${(least * 100).toFixed(0)} %`);
}

// The first daemon to come to the point is stopped there.
async function freeze({ stack, provider, replica }, file) {
  const user = await stack.user();
  const to = freshAddress();
  const logs = new Map([['first', join(stack.folder, 'log', 'ethereum-service.log')], ['second', replica.log]]);
  const marks = new Map([...logs].map(([name, log]) => [name, statSync(log).size]));
  writeFileSync(file, 'after_reserve freeze\n');
  const key = randomUUID();
  const client = new Client(stack, user);
  const sending = client.persist('POST', '/api/v1/ethereum/send', { key, body: { to, amount: '0.01' } }, Date.now() + PATIENCE_MS);
  let frozen;
  for (const deadline = Date.now() + PATIENCE_MS; !frozen && Date.now() < deadline; await sleep(20)) {
    frozen = [...logs].find(([name, log]) => readFileSync(log).subarray(marks.get(name)).includes('crash point after_reserve\n'))?.[0];
  }
  rmSync(file, { force: true });
  if (!frozen) throw new Error('no daemon came to after_reserve');
  const pid = frozen === 'second' ? replica.pid : Number(readFileSync(join(stack.folder, 'run/ethereum-service.pid'), 'utf8').split(' ')[0]);
  const from = Date.now();
  const answer = await sending;
  const view = await client.follow(answer.body.id, Date.now() + PATIENCE_MS);
  const took = Date.now() - from;
  await sleep(Math.max(0, Number(values.freeze) * 1_000 - took));
  process.kill(pid, 'SIGCONT');
  await sleep(10_000);
  const count = (await paymentsTo(provider, to)).length;
  console.log(`the ${frozen} daemon was stopped for ${values.freeze} s; the other made it ${view?.status} after ${(took / 1000).toFixed(1)} s; ${count} payments`);
  if (count !== 1 || view?.status !== 'final') faults.push(`FREEZE: ${count} payments, ${JSON.stringify(view)}`);
}

const folder = mkdtempSync(join(tmpdir(), 'platform-replicas-'));
const file = join(folder, 'point');
let stack;
let twin;
const ways = [];
try {
  stack = await Stack.start({ PLATFORM_CRASH_AT: `@${file}`, TRANSFER_LEASE: '2s', PLATFORM_CHAINS: 'ethereum' });
  const provider = connect(stack.node);
  for (const name of ['first', 'second']) ways.push(await watched(stack, name));
  stack.env.ETH_RPC_URL = ways[0].url;
  await stack.script('up', '--no-build', '--no-smoke', '--restart', 'ethereum-service');
  twin = await startReplica(stack, { ETH_RPC_URL: ways[1].url });
  const ground = { stack, provider, replica: twin.replica, balancer: twin.balancer };
  await shares(ground);
  await freeze(ground, file);
  provider.destroy();
} finally {
  twin?.replica.stop();
  await twin?.balancer.stop();
  await stack?.stop();
  await Promise.all(ways.map((way) => way.stop()));
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.log(`  ${fault}`);
console.log(faults.length === 0 ? 'REPLICAS: clean' : `REPLICAS: ${faults.length} violations`);
process.exit(faults.length === 0 ? 0 : 1);
