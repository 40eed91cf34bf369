// node tests/chaos/chaos.mjs [--rounds 1] [--sends 200] [--seed N] [--lies one-of-two|single|none] [--replicas 2]
// Rounds of payments by 8 clients while a nemesis breaks the stack. Exits 1 on any violation; the
// printed seed repeats the nemesis's choices.
import { parseArgs } from 'node:util';
import { connect } from '../integration/support/chain.mjs';
import { Stack, sleep } from '../integration/support/stack.mjs';
import { FaultProxy, seeded } from '../support/fault_proxy.mjs';
import { check } from './checker.mjs';
import { Client } from './client.mjs';
import { Nemesis } from './nemesis.mjs';
import { startReplica } from './replica.mjs';

const CLIENTS = 8;
const SETTLE_MS = 120_000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1' },
    sends: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    lies: { type: 'string', default: 'one-of-two' },
    replicas: { type: 'string', default: '1' },
  },
});

async function round({ stack, provider, proxies, replica }, seed) {
  const clients = [];
  for (let index = 0; index < CLIENTS; ++index) clients.push(new Client(stack, await stack.user()));
  const balancesBefore = new Map();
  for (const client of clients) balancesBefore.set(client.user.address.toLowerCase(), await provider.getBalance(client.user.address));
  const startBlock = (await provider.getBlockNumber()) + 1;
  const nemesis = new Nemesis({ stack, random: seeded(seed), proxies, replica, liar: values.lies === 'none' ? undefined : proxies[0] });
  const destruction = nemesis.run();
  const each = Math.ceil(Number(values.sends) / CLIENTS);
  // Time for the sends under fire, then for what is left to settle.
  const deadline = Date.now() + each * 8_000 + SETTLE_MS;
  const work = Promise.all(clients.map(async (client, index) => {
    for (let count = 0; count < each; ++count) await client.order(`0.00${index + 1}${(count % 9) + 1}`, deadline);
  }));
  await Promise.race([work, sleep(each * 8_000)]);
  nemesis.running = false;
  await destruction;
  await work;
  const faults = await check({ provider, clients, startBlock, balancesBefore });
  const orders = clients.flatMap((client) => client.orders);
  const paid = orders.filter((order) => order.ended?.status === 'final').length;
  console.log(`seed ${seed}: ${orders.length} orders, ${paid} paid, ${nemesis.log.length} faults injected, ${faults.length} violations`);
  for (const fault of faults) console.log(`  ${fault}`);
  if (faults.length > 0) for (const entry of nemesis.log) console.log(`  nemesis ${new Date(entry.at).toISOString()} ${entry.text}`);
  return faults.length;
}

let stack;
let replica;
let violations = 0;
const proxies = [];
try {
  stack = await Stack.start({ TRANSFER_LEASE: '2s', PLATFORM_CHAINS: 'ethereum' });
  const count = values.lies === 'single' ? 1 : 2;
  for (let index = 0; index < count; ++index) proxies.push(await FaultProxy.start(stack.node, seeded(Number(values.seed) + index)));
  const provider = connect(stack.node);
  stack.env.ETH_RPC_URL = proxies.map((proxy) => proxy.url).join(',');
  await stack.script('up', '--no-build', '--no-smoke', '--restart', 'ethereum-service');
  if (values.replicas === '2') replica = await startReplica(stack);
  for (let index = 0; index < Number(values.rounds); ++index) {
    violations += await round({ stack, provider, proxies, replica }, Number(values.seed) + index);
  }
  provider.destroy();
} finally {
  replica?.stop();
  await stack?.stop();
  await Promise.all(proxies.map((proxy) => proxy.stop()));
}
console.log(violations === 0 ? 'CHAOS: clean' : `CHAOS: ${violations} violations; repeat with --seed ${values.seed}`);
process.exit(violations === 0 ? 0 : 1);
