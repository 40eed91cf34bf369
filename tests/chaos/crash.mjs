// node tests/chaos/crash.mjs [--chain ethereum] [--seeds 1] [--from 0] [--point NAME,...] [--scenario NAME]
//   [--stacks 2] [--results FILE]
// Kills a daemon at every named crash point and proves that the point fired and that each payment
// landed exactly once or never, as it was told. Needs a build with crash points (PLATFORM_BUILD).
// Results are stored with their commit; a run that was interrupted goes on where it ended.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Stack, root, sleep } from '../integration/support/stack.mjs';
import { seeded } from '../support/fault_proxy.mjs';
import { SCENARIOS_OF, SCENARIOS_OF_CHAIN, listCrashPoints } from './crash_points.mjs';
import { scenarios } from './crash_scenarios.mjs';
import { SETTINGS, judgeOf, missing } from './judges.mjs';

const SETTLE_MS = 90_000;
const RUNS_A_USER = 8;

const { values } = parseArgs({
  options: {
    chain: { type: 'string', default: 'ethereum' },
    seeds: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    point: { type: 'string' },
    scenario: { type: 'string' },
    stacks: { type: 'string', default: '2' },
    results: { type: 'string', default: join(root, 'var/crash-results.json') },
  },
});

// What ctest takes for "this machine cannot run it".
const CANNOT = 77;
const lacking = missing(values.chain);
if (lacking) {
  console.log(lacking);
  process.exit(CANNOT);
}

const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const results = existsSync(values.results) ? JSON.parse(readFileSync(values.results, 'utf8')) : {};
results[commit] ??= {};

function save() {
  mkdirSync(dirname(values.results), { recursive: true });
  writeFileSync(`${values.results}.new`, JSON.stringify(results, null, 2));
  renameSync(`${values.results}.new`, values.results);
}

const key = ({ point, scenario, seed }) => `${values.chain === 'ethereum' ? '' : `${values.chain} `}${point} ${scenario} ${seed}`;

// A private stack whose daemons die where a file says.
class Ground {
  users = new Map();
  upping = Promise.resolve();

  static async start() {
    const ground = new Ground();
    ground.folder = mkdtempSync(join(tmpdir(), 'platform-crash-'));
    ground.file = join(ground.folder, 'point');
    ground.stack = await Stack.start({ PLATFORM_CRASH_AT: `@${ground.file}`, TRANSFER_LEASE: '1s', ...SETTINGS[values.chain] });
    ground.judge = await judgeOf(ground.stack, values.chain);
    return ground;
  }

  async stop() {
    await this.stack.stop();
    await this.judge?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  arm(point) {
    writeFileSync(this.file, `${point}\n`);
  }

  disarm() {
    rmSync(this.file, { force: true });
  }

  // One at a time: two would start a daemon twice. Once more where a daemon died while it started.
  up() {
    const up = () => this.stack.revive();
    this.upping = this.upping.catch(() => {}).then(up).catch(up);
    return this.upping;
  }

  log(service) {
    return join(this.stack.folder, 'log', `${service}.log`);
  }

  mark(service) {
    return statSync(this.log(service)).size;
  }

  // Until the daemon has said that it dies there, after the mark.
  async death(point, service, mark) {
    for (const deadline = Date.now() + SETTLE_MS; Date.now() < deadline; await sleep(50)) {
      const added = readFileSync(this.log(service)).subarray(mark).toString();
      if (added.includes(`crash point ${point}\n`)) return;
    }
    throw new Error(`${point} never fired`);
  }

  // A funded user, used for several runs.
  async user(kind, prepare) {
    const known = this.users.get(kind);
    if (known && known.runs < RUNS_A_USER) {
      known.runs += 1;
      return known.user;
    }
    const user = await this.judge.user();
    await prepare(user);
    this.users.set(kind, { user, runs: 1 });
    return user;
  }
}

// One run: a daemon dies at the point while the scenario is under way, comes back, and everything
// ends as it was told.
async function run(ground, { point, service, scenario, seed }) {
  const random = seeded(seed + 1);
  let died;
  const reap = async (mark) => {
    await ground.death(point, service, mark);
    ground.disarm();
    await sleep(random() * 1_000);
    await ground.up();
  };
  const context = {
    point, seed,
    stack: ground.stack,
    judge: ground.judge,
    user: () => ground.user('plain', async () => {}),
    approvingUser: () => ground.user('approving', (user) => ground.stack.must('PUT', '/api/v1/wallet/policies', {
      token: user.token, body: { require_approval: true },
    })),
    up: () => ground.up().catch(() => {}),
    over: () => died,
    arm() {
      const mark = ground.mark(service);
      ground.arm(point);
      died = reap(mark);
      died.catch(() => {});
    },
    async dieAt(name, daemon, action) {
      const mark = ground.mark(daemon);
      ground.arm(name);
      await action();
      await ground.death(name, daemon, mark);
      ground.disarm();
    },
  };
  try {
    // The recipients are new: no block before has a payment to them.
    const from = await ground.judge.height();
    const orders = await scenarios[scenario](context);
    await died;
    const user = await (['approve', 'deny'].includes(scenario) ? context.approvingUser() : context.user());
    for (const order of orders) await check(ground, user, order, from);
  } catch (error) {
    ground.users.clear();
    ground.disarm();
    await died?.catch(() => {});
    await ground.up();
    throw error;
  }
}

async function ended({ stack, judge }, user, id) {
  let last;
  for (const deadline = Date.now() + SETTLE_MS; Date.now() < deadline; await sleep(200)) {
    // 5xx: a daemon that has just come back is still being reached.
    const answer = await stack.call('GET', `/api/v1/wallet/transactions/${id}`, { token: user.token }).catch(() => undefined);
    last = answer?.body ?? last;
    if (last?.status === 'confirmed') await judge.hurry();
    if (answer?.status === 200 && ['final', 'replaced', 'failed', 'expired'].includes(answer.body.status)) return answer.body;
  }
  throw new Error(`STUCK: ${JSON.stringify(last)}`);
}

async function check(ground, user, { id, to, paid }, from) {
  const view = await ended(ground, user, id);
  const count = (await ground.judge.paymentsTo(to, from)).length;
  const told = view.status === 'final' ? 1 : 0;
  const text = `${count} payments, the view says ${view.status} ${view.reason}`;
  if (count > 1) throw new Error(`DUPLICATE: ${text}`);
  if (count !== told) throw new Error(`FALSE: ${text}`);
  if (paid !== undefined && count !== Number(paid)) throw new Error(`${paid ? 'LOST' : 'PAID'}: ${text}`);
}

async function worker(queue) {
  const ground = await Ground.start();
  try {
    for (let job = queue.shift(); job; job = queue.shift()) {
      const from = Date.now();
      let outcome = 'ok';
      try {
        await run(ground, job);
      } catch (error) {
        outcome = error.message;
      }
      const name = key(job);
      results[commit][name] = outcome;
      save();
      console.log(`${outcome === 'ok' ? 'PASS' : 'FAIL'} ${name} ${((Date.now() - from) / 1000).toFixed(1)} s ${outcome === 'ok' ? '' : outcome}`);
    }
  } finally {
    await ground.stop();
  }
}

function jobs() {
  const queue = [];
  const points = values.point?.split(',');
  for (let seed = Number(values.from); seed < Number(values.from) + Number(values.seeds); ++seed) {
    for (const { point, service } of listCrashPoints(values.chain)) {
      if (points && !points.includes(point)) continue;
      // Each seed takes one of the point's scenarios, so that several seeds see them all.
      const names = (SCENARIOS_OF[point] ?? []).filter((name) => SCENARIOS_OF_CHAIN[values.chain].includes(name));
      const scenario = values.scenario ?? names[seed % names.length] ?? '';
      if (names.includes(scenario)) queue.push({ point, service, scenario, seed });
    }
  }
  return queue;
}

const wanted = jobs();
const queue = wanted.filter((job) => results[commit][key(job)] !== 'ok');
// Told to stop: the runs under way end, and their stacks with them.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { queue.length = 0; });
await Promise.all(Array.from({ length: Math.min(Number(values.stacks), queue.length) }, () => worker(queue)));
const outcomes = wanted.map((job) => results[commit][key(job)]);
const failed = outcomes.filter((outcome) => outcome !== 'ok').length;
const count = (word) => outcomes.filter((outcome) => outcome?.startsWith(word)).length;
const [duplicates, lost, stuck] = [count('DUPLICATE'), count('LOST') + count('FALSE') + count('PAID'), count('STUCK')];
console.log(`duplicates ${duplicates}, lost or false ${lost}, stuck ${stuck}, other ${failed - duplicates - lost - stuck}`);
console.log(`${outcomes.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 && outcomes.length > 0 ? 0 : 1);
