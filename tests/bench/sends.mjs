// node tests/bench/sends.mjs [TRANSFERS [ROUNDS]]: transfers a second through the gateway, beside an
// ethers.js loop that only signs and sends. Both keep 16 in flight and pay into the same anvil with 1 s
// blocks; a pass lasts from its first request until the senders' `pending` counts there have risen by
// all its transfers. The platform works as in production: TLS, an Idempotency-Key each, a policy with
// limits a payment and a day, audit, limits of rate, Postgres with fsync. Passes alternate; medians
// over the rounds. Exits 1 where a ratio is under what is asked. Needs a release build; starts a stack
// of its own.
import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ethers } from '../integration/support/chain.mjs';
import { sql } from '../integration/support/inside.mjs';
import { Stack, sleep } from '../integration/support/stack.mjs';

const TRANSFERS = Number(process.argv[2] ?? 3_000);
const ROUNDS = Number(process.argv[3] ?? 5);
const IN_FLIGHT = 16;
const WARM_UP = 64;
const WALLETS = 16;
const ASKED = { one: 0.25, many: 0.4 };
const AIM = 1;
const AMOUNT = '0.0001';
const RICH = ethers.toQuantity(ethers.parseEther('1000000'));
const PASS_MAX_MS = 300_000;
const POLL_MS = 10;
const REST_MS = 3_000;
const REPEAT_MS = 500;
const TRIES_MAX = 20;
const faults = [];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
// Nobody's address, and another one each time.
const recipient = () => ethers.getAddress(ethers.hexlify(randomBytes(20)));

class Node {
  constructor(url) {
    this.url = url;
    this.provider = new ethers.JsonRpcProvider(url, 31337, { staticNetwork: true });
  }

  async batch(calls) {
    const body = JSON.stringify(calls.map(([method, ...params], id) => ({ jsonrpc: '2.0', id, method, params })));
    const response = await fetch(this.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const answers = (await response.json()).sort((a, b) => a.id - b.id);
    for (const { error } of answers) if (error) throw new Error(error.message);
    return answers.map((answer) => answer.result);
  }

  async count(addresses, tag = 'pending') {
    const counts = await this.batch(addresses.map((address) => ['eth_getTransactionCount', address, tag]));
    return counts.reduce((sum, count) => sum + Number(count), 0);
  }

  enrich(addresses) {
    return this.batch(addresses.map((address) => ['anvil_setBalance', address, RICH]));
  }
}

// Runs `task` for 0 to count - 1, IN_FLIGHT of them at any time.
async function inFlight(count, task) {
  let next = 0;
  const lane = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

// Processor seconds of the whole machine so far.
const busySeconds = () => {
  const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8').split('\n')[0].split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / 100;
};

// Sends a second; the pass is over when all transactions are in the node's hands, not when they are
// answered.
async function pass(node, senders, count, send) {
  const before = await node.count(senders);
  const targets = Array.from({ length: count }, recipient);
  const busy = busySeconds();
  const from = performance.now();
  await inFlight(count, (index) => send(index, targets[index]));
  while ((await node.count(senders)) < before + count) {
    if (performance.now() - from > PASS_MAX_MS) throw new Error(`only ${(await node.count(senders)) - before} of ${count} came`);
    await sleep(POLL_MS);
  }
  const seconds = (performance.now() - from) / 1_000;
  const cost = ((busySeconds() - busy) / count) * 1_000;
  while ((await node.count(senders, 'latest')) < before + count) await sleep(200);
  const sent = (await node.count(senders)) - before;
  if (sent !== count) throw new Error(`${sent} transactions for ${count} payments`);
  return { rate: count / seconds, cost };
}

const agent = new https.Agent({ keepAlive: true, maxSockets: IN_FLIGHT });

// One payment over the gateway; its answer is the signed transaction's. What is told to repeat does,
// with the same key.
async function pay(api, user, to) {
  const key = randomUUID();
  for (let tries = 1; ; ++tries) {
    const { status, text } = await send(api, user, key, JSON.stringify({ to, amount: AMOUNT }));
    const answer = JSON.parse(text);
    if (status === 200) return answer;
    if (!answer.retryable || tries === TRIES_MAX) throw new Error(`${status} ${text}`);
    console.log(`      repeated: ${status} ${answer.code}: ${answer.detail}`);
    await sleep(REPEAT_MS);
  }
}

function send(api, user, key, body) {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    authorization: `Bearer ${user.token}`,
    'idempotency-key': key,
  };
  return new Promise((resolve, reject) => {
    const request = https.request(new URL('/api/v1/ethereum/send', api), { method: 'POST', agent, headers, rejectUnauthorized: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', reject).end(body);
  });
}

// The platform as one program: `users` take turns.
async function platform(stack, node, users, count) {
  const last = new Map();
  const result = await pass(node, users.map((user) => user.address), count, async (index, to) => {
    const user = users[index % users.length];
    last.set(user, (await pay(stack.api, user, to)).id);
  });
  // What follows a payment belongs to no later pass.
  for (const [user, id] of last) await stack.reach(user, id, 'final');
  await sleep(REST_MS);
  return result;
}

// The other program: local nonces, everything known beforehand, nothing kept.
async function loop(node, wallet, count) {
  let nonce = await node.count([wallet.address]);
  const fixed = {
    type: 2,
    chainId: 31337,
    gasLimit: 21_000,
    maxFeePerGas: ethers.parseUnits('2000', 'gwei'),
    maxPriorityFeePerGas: ethers.parseUnits('1', 'gwei'),
    value: ethers.parseEther(AMOUNT),
  };
  const result = await pass(node, [wallet.address], count, (_, to) => wallet.sendTransaction({ ...fixed, to, nonce: nonce++ }));
  await sleep(REST_MS);
  return result;
}

// Limits of rate and of spending as an operator and an owner would set them.
async function permit(stack, admin, user) {
  await stack.must('PUT', '/api/v1/admin/limits', {
    token: admin.token,
    body: { user_id: user.id, limits: { send: 1_000_000, read: 1_000_000 } },
  });
  await stack.must('PUT', '/api/v1/wallet/policies', {
    token: user.token,
    body: { limits: [{ chain: 'ethereum', per_tx: '1', per_day: '100000' }] },
  });
}

async function makeAdmin(stack) {
  const admin = await stack.user();
  await sql(stack, `UPDATE users SET role = 'admin' WHERE id = '${admin.id}'`);
  const { token } = await stack.must('POST', '/auth/login', { body: { email: admin.email, password: admin.password } });
  return { ...admin, token };
}

function certificate(folder) {
  const files = { TLS_CERT: join(folder, 'cert.pem'), TLS_KEY: join(folder, 'key.pem') };
  const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
  execFileSync('openssl', [...make, '-out', files.TLS_CERT, '-keyout', files.TLS_KEY], { stdio: 'ignore' });
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // it vouches for itself
  return files;
}

function judge(what, rates, yardstick, asked) {
  const ratio = median(rates) / yardstick;
  const word = ratio >= AIM ? 'AIM  ' : ratio >= asked ? 'ok   ' : 'UNDER';
  console.log(`${word} ${what}: ${median(rates).toFixed(0)} sends/s, ${ratio.toFixed(2)} of ethers (asked ${asked}, aim ${AIM.toFixed(1)})`);
  if (ratio < asked) faults.push(what);
}

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const stack = await Stack.start({
  ...certificate(folder),
  PLATFORM_CHAINS: 'ethereum',
  JWT_TTL: '1d',
  RATE_LIMIT_SEND_PER_MINUTE: '10',
});
try {
  const durable = await sql(stack, "SELECT current_setting('fsync') || current_setting('synchronous_commit') || current_setting('full_page_writes')");
  if (durable !== 'ononon') throw new Error(`fsync, synchronous_commit, full_page_writes: ${durable}`);
  const node = new Node(stack.node);
  const admin = await makeAdmin(stack);
  const users = [];
  while (users.length < WALLETS) users.push(await stack.user());
  for (const user of users) await permit(stack, admin, user);
  const wallet = ethers.Wallet.createRandom().connect(node.provider);
  await node.enrich([wallet.address, ...users.map((user) => user.address)]);

  const programs = {
    one: () => platform(stack, node, users.slice(0, 1), TRANSFERS),
    ethers: () => loop(node, wallet, TRANSFERS),
    many: () => platform(stack, node, users, TRANSFERS),
  };
  await platform(stack, node, users, WARM_UP);
  await loop(node, wallet, WARM_UP);
  const rates = { one: [], ethers: [], many: [] };
  for (let round = 1; round <= ROUNDS; ++round) {
    const words = [];
    for (const [name, run] of Object.entries(programs)) {
      const { rate, cost } = await run();
      rates[name].push(rate);
      words.push(`${name} ${rate.toFixed(0)}/s at ${cost.toFixed(2)} ms of processor`);
    }
    console.log(`      round ${round}: ${words.join(', ')}`);
  }
  const yardstick = median(rates.ethers);
  console.log(`      ethers.js, one wallet, local nonces: ${yardstick.toFixed(0)} sends/s`);
  judge('from one wallet', rates.one, yardstick, ASKED.one);
  judge(`from ${WALLETS} wallets`, rates.many, yardstick, ASKED.many);
  node.provider.destroy();
} finally {
  agent.destroy();
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log(faults.length === 0 ? 'SENDS: as asked' : `SENDS: ${faults.length} under what is asked`);
process.exit(faults.length === 0 ? 0 : 1);
