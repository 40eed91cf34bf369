// A private stack for one test file: the user's own scripts with another state folder and free ports.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const root = new URL('../../..', import.meta.url).pathname.replace(/\/$/, '');
const run = promisify(execFile);

const LIMITS = ['OPEN', 'AUTH', 'READ', 'WRITE', 'SEND', 'ADMIN'];

// "$1" is the folder of the scripts.
const REVIVE = `set -euo pipefail
. "$1/lib/common.sh"
for part in environment data devnet services; do . "$1/lib/$part.sh"; done
open_stack
for service in "\${SERVICES[@]}"; do start_service "$service"; done
wait_ready 60 "\${SERVICES[@]}"`;

// A program that is told to end takes its stacks with it, unless it has an end of its own.
const running = new Set();
async function end(signal) {
  if (process.listenerCount(signal) > 1) return;
  await Promise.all([...running].map((stack) => stack.stop()));
  process.exit(1);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, end);

export class Stack {
  // extra: environment of this stack, such as DEVNET_SLOTS_IN_AN_EPOCH.
  static async start(extra = {}) {
    const stack = new Stack();
    stack.folder = mkdtempSync(join(tmpdir(), 'platform-'));
    chmodSync(stack.folder, 0o755);
    stack.env = {
      ...process.env,
      PLATFORM_VAR: stack.folder,
      PLATFORM_ENV_FILE: join(stack.folder, 'env'),
      PLATFORM_PORTS: 'free',
      RATE_LIMIT_SECRET_PER_HOUR: '1000',
      ...Object.fromEntries(LIMITS.map((name) => [`RATE_LIMIT_${name}_PER_MINUTE`, '100000'])),
      ...extra,
    };
    running.add(stack);
    try {
      await stack.up();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  async script(name, ...args) {
    try {
      const { stdout } = await run(join(root, 'scripts', name), args, { env: this.env, maxBuffer: 1 << 24 });
      return stdout;
    } catch (error) {
      throw new Error(`scripts/${name} ${args.join(' ')}: ${error.stdout}\n${error.stderr}`);
    }
  }

  async up() {
    const printed = await this.script('up', '--no-build', '--no-smoke');
    this.admin = /first admin: +(.*)/.exec(printed)?.[1] ?? this.admin;
    this.status = JSON.parse(await this.script('status', '--json'));
    this.api = this.service('api-gateway').http;
    this.node = this.nodeOf('ethereum');
    return printed;
  }

  // Starts the daemons that have ended and nothing else, for a tenth of what `up` costs.
  async revive() {
    await run('bash', ['-c', REVIVE, 'bash', join(root, 'scripts')], { env: this.env });
  }

  service(name) {
    return this.status.services.find((service) => service.name === name);
  }

  nodeOf(chain) {
    return this.status.nodes.find((node) => node.chain === chain).url;
  }

  async stop() {
    running.delete(this);
    if (process.env.PLATFORM_KEEP_STACK) return;
    await this.script('down', '--purge').catch((error) => console.error(error.message));
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true });
  }

  // One HTTP call; answers {status, headers, body}. `body` is parsed JSON where it is JSON.
  async call(method, path, { token, key, body, raw, headers = {} } = {}) {
    const response = await fetch(this.api + path, {
      method,
      headers: {
        ...(body !== undefined || raw !== undefined ? { 'content-type': 'application/json' } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
        ...headers,
      },
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    });
    const text = await response.text();
    let parsed = text;
    if (/json/.test(response.headers.get('content-type') ?? '')) parsed = JSON.parse(text);
    return { status: response.status, headers: response.headers, body: parsed };
  }

  async must(method, path, options, status) {
    const answer = await this.call(method, path, options);
    const good = status ? answer.status === status : answer.status < 300;
    if (!good) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  // A fresh user with a funded wallet; of `chain` too. Balances do not wait long for a gift, and on a
  // loaded machine ask for another: so a chain with slow blocks is asked first.
  async user(chain) {
    const user = { email: `user-${randomBytes(6).toString('hex')}@example.com`, password: 'Correct-Horse-7-Battery' };
    const answer = await this.must('POST', '/auth/register', { body: user });
    for (const deadline = Date.now() + 60_000; chain; await sleep(200)) {
      const { status, body } = await this.call('GET', `/api/v1/${chain}/address`, { token: answer.token });
      if (status === 200) break;
      if (Date.now() > deadline) throw new Error(`no coins came: ${JSON.stringify(body)}`);
    }
    let balances;
    for (const deadline = Date.now() + 60_000; ; await sleep(200)) {
      balances = await this.must('GET', '/api/v1/wallet/balances', { token: answer.token }, 200);
      if (Number(balances.ethereum?.balance ?? 0) > 0) break;
      if (Date.now() > deadline) throw new Error(`the wallet was not funded: ${JSON.stringify(balances)}`);
    }
    return { ...user, token: answer.token, id: answer.user_id, address: balances.ethereum.address };
  }

  // Waits until a payment has one of the statuses; answers its view.
  async reach(user, id, ...statuses) {
    const deadline = Date.now() + 90_000;
    for (;;) {
      const view = await this.must('GET', `/api/v1/wallet/transactions/${id}`, { token: user.token });
      if (statuses.includes(view.status)) return view;
      if (Date.now() > deadline) throw new Error(`${id} is ${view.status}, not ${statuses}: ${JSON.stringify(view)}`);
      await sleep(200);
    }
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Until a process is gone; not longer than a minute.
export async function ended(pid) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
  }
  throw new Error(`process ${pid} does not end`);
}
