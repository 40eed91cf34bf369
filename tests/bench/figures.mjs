// node tests/bench/figures.mjs: what reading costs on a stack of five chains at rest. Balances of all
// take as long as the slowest one alone; a balance of coins is read here and asks no node. Exits 1
// where one of the two takes longer. Memory of each daemon is shown beside what is asked of it. Needs a
// release build; starts a stack of its own.
import { readFileSync } from 'node:fs';
import { fundedUser } from '../integration/support/coins.mjs';
import { forge } from '../integration/support/inside.mjs';
import { Stack, sleep } from '../integration/support/stack.mjs';

const ROUNDS = 200;
const COINS = 1_000;
const BOUNDS = { balances_ms: 5, coins_ms: 2 };
const MEMORY_ASKED_MIB = 30;
const CHAINS = ['ethereum', 'bitcoin', 'zcash', 'binance', 'solana'];
const faults = [];

function judge(text, figure, bound) {
  const good = figure <= bound;
  console.log(`${good ? 'ok  ' : 'OVER'} ${text}`);
  if (!good) faults.push(text);
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

// Milliseconds of each call, one after the other and in turn, so that all see the same moments.
async function measure(stack, user, paths) {
  const times = new Map(paths.map((path) => [path, []]));
  for (let round = 0; round < ROUNDS; ++round) {
    for (const path of paths) {
      const from = performance.now();
      await stack.must('GET', path, { token: user.token });
      times.get(path).push(performance.now() - from);
    }
  }
  return new Map([...times].map(([path, list]) => [path, median(list)]));
}

// Seconds and calls of a method, as the daemon counts them itself.
async function handled(http, method) {
  const text = await (await fetch(`${http}/metrics`)).text();
  const sum = (name) => text.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(`/${method}"`))
    .reduce((total, line) => total + Number(line.split(' ').pop()), 0);
  return { seconds: sum('grpc_server_handling_seconds_sum'), calls: sum('grpc_server_handling_seconds_count') };
}

const stack = await Stack.start();
try {
  const user = await fundedUser(stack, 'bitcoin');
  for (const chain of CHAINS) {
    while ((await stack.call('GET', `/api/v1/${chain}/address`, { token: user.token })).status !== 200) await sleep(500);
  }
  for (const { name, pid } of stack.status.services) {
    const kib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
    console.log(`     ${name}: ${(kib / 1024).toFixed(1)} MiB at rest, ${MEMORY_ASKED_MIB} are asked`);
  }
  // The devnet's miners go quiet.
  await sleep(15_000);

  const all = '/api/v1/wallet/balances';
  const each = CHAINS.map((chain) => `/api/v1/${chain}/balance`);
  const times = await measure(stack, user, [all, ...each]);
  const slowest = Math.max(...each.map((path) => times.get(path)));
  for (const path of each) console.log(`     ${path}: ${times.get(path).toFixed(2)} ms`);
  judge(`balances of ${CHAINS.length} chains: ${times.get(all).toFixed(2)} ms, the slowest chain alone ${slowest.toFixed(2)} ms`,
    times.get(all), slowest + BOUNDS.balances_ms);

  const { bitcoin: { address } } = await stack.must('GET', all, { token: user.token });
  await forge(stack, `INSERT INTO coins (network, tx_hash, output, wallet_id, address, amount, block_height, block_hash)
    SELECT c.network, md5(n::text) || md5(n::text), 0, c.wallet_id, c.address, 1000 + n, c.block_height, c.block_hash
    FROM (SELECT * FROM coins WHERE address = '${address}' LIMIT 1) c, generate_series(1, ${COINS}) n`);
  const daemon = stack.service('bitcoin-service').http;
  const before = await handled(daemon, 'GetBalance');
  const rest = (await measure(stack, user, ['/api/v1/bitcoin/balance'])).get('/api/v1/bitcoin/balance');
  const after = await handled(daemon, 'GetBalance');
  const inside = (after.seconds - before.seconds) / (after.calls - before.calls) * 1_000;
  judge(`a balance of ${COINS} outputs: ${inside.toFixed(2)} ms in the daemon, ${rest.toFixed(2)} ms over REST`, inside, BOUNDS.coins_ms);
} finally {
  await stack.stop();
}
console.log(faults.length === 0 ? 'FIGURES: within bounds' : `FIGURES: ${faults.length} over`);
process.exit(faults.length === 0 ? 0 : 1);
