// node tests/chaos/crash.mjs [--seeds 1] [--point NAME] [--stacks 2] [--results FILE]
// Kills a daemon at every named crash point and proves that each payment still lands exactly once.
// Needs a build with crash points (PLATFORM_BUILD). Results are stored with their commit; a run that
// was interrupted goes on where it ended.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect, freshAddress, paymentsTo } from '../integration/support/chain.mjs';
import { Stack, root, sleep } from '../integration/support/stack.mjs';
import { listCrashPoints } from './crash_points.mjs';

const SETTLE_MS = 90_000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    point: { type: 'string' },
    stacks: { type: 'string', default: '2' },
    results: { type: 'string', default: join(root, 'var/crash-results.json') },
  },
});

const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const results = existsSync(values.results) ? JSON.parse(readFileSync(values.results, 'utf8')) : {};
results[commit] ??= {};
const save = () => writeFileSync(values.results, JSON.stringify(results, null, 2));

// One run: the daemon dies at the point while a payment is under way, comes back, and the payment
// ends as it should.
async function run(stack, provider, { point, service, scenario }) {
  const user = await stack.user();
  stack.env.PLATFORM_CRASH_AT = point;
  // It may die before it is ready: that is a crash at this point too.
  await stack.script('up', '--no-build', '--no-smoke', '--restart', service).catch(() => {});
  delete stack.env.PLATFORM_CRASH_AT;
  const died = `crash point ${point}`;
  const to = freshAddress();
  const key = randomUUID();
  const send = () => stack.call('POST', '/api/v1/ethereum/send', { token: user.token, key, body: { to, amount: '0.01' } }).catch(() => undefined);
  const work = scenarios[scenario]({ stack, provider, user, to, send });
  await fired(stack, service, died);
  await stack.up();
  const { id, paid } = await work;
  const view = await stack.reach(user, id, 'final', 'replaced', 'failed');
  const count = (await paymentsTo(provider, to)).length;
  if (count !== paid) throw new Error(`${point}: ${count} payments, ${paid} expected; the view is ${JSON.stringify(view)}`);
}

async function fired(stack, service, line) {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const log = readFileSync(join(stack.folder, 'log', `${service}.log`), 'utf8');
    if (log.includes(line)) return;
    if (Date.now() > deadline) throw new Error(`${line} never fired`);
    await sleep(100);
  }
}

// Repeats a call until it is answered well.
async function persist(call) {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const answer = await call().catch(() => undefined);
    if (answer && answer.status < 300) return answer.body;
    if (Date.now() > deadline) throw new Error(`no good answer: ${JSON.stringify(answer?.body)}`);
    await sleep(300);
  }
}

const scenarios = {
  async send({ send }) {
    return { id: (await persist(send)).id, paid: 1 };
  },

  async speed_up({ stack, provider, user, send }) {
    await provider.send('evm_setIntervalMining', [0]);
    const sent = await persist(send);
    await persist(() => stack.call('POST', `/api/v1/ethereum/tx/${sent.tx_hash}/speed-up`, { token: user.token, key: randomUUID(), body: {} }));
    await provider.send('evm_setIntervalMining', [1]);
    return { id: sent.id, paid: 1 };
  },
};

async function worker(queue) {
  const stack = await Stack.start();
  const provider = connect(stack.node);
  try {
    for (let job = queue.shift(); job; job = queue.shift()) {
      const from = Date.now();
      let outcome = 'ok';
      try {
        await run(stack, provider, job);
      } catch (error) {
        outcome = error.message;
      }
      results[commit][`${job.point} ${job.seed}`] = outcome;
      save();
      console.log(`${outcome === 'ok' ? 'PASS' : 'FAIL'} ${job.point} seed ${job.seed} ${((Date.now() - from) / 1000).toFixed(1)} s ${outcome === 'ok' ? '' : outcome}`);
    }
  } finally {
    provider.destroy();
    await stack.stop();
  }
}

const queue = [];
for (const point of listCrashPoints()) {
  if (values.point && point.point !== values.point) continue;
  for (let seed = 0; seed < Number(values.seeds); ++seed) {
    if (results[commit][`${point.point} ${seed}`] !== 'ok') queue.push({ ...point, seed });
  }
}
await Promise.all(Array.from({ length: Math.min(Number(values.stacks), queue.length) }, () => worker(queue)));
const outcomes = Object.values(results[commit]);
const failed = outcomes.filter((outcome) => outcome !== 'ok').length;
console.log(`CRASH: ${outcomes.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 && outcomes.length > 0 ? 0 : 1);
