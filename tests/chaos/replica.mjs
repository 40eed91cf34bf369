// A second daemon of a chain on the same wallets.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { root, sleep } from '../integration/support/stack.mjs';
import { freePort } from '../support/free_port.mjs';

const START = `. "$1/lib/common.sh"
for part in environment data devnet services; do . "$1/lib/$part.sh"; done
export "$(upper_name "$4")_GRPC_LISTEN=127.0.0.1:$3"
open_stack
export "$(upper_name "$4")_HTTP_PORT=$2"
exec_with_own_environment "$4"`;

export class Replica {
  // env: what it is given beside the stack's own environment.
  static async start(stack, service, env = {}) {
    const replica = new Replica();
    Object.assign(replica, { stack, service, env });
    replica.http = await freePort();
    replica.grpc = await freePort();
    replica.log = join(stack.folder, 'log', `${service}-2.log`);
    process.on('exit', () => replica.stop());
    await replica.run();
    return replica;
  }

  get pid() {
    return this.child?.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined;
  }

  // Until it is ready; does nothing while it lives.
  async run() {
    if (this.pid) return;
    const output = openSync(this.log, 'a');
    this.child = spawn('bash', ['-c', START, 'bash', join(root, 'scripts'), this.http, this.grpc, this.service], {
      env: { ...this.stack.env, ...this.env }, stdio: ['ignore', output, output],
    });
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
      const ready = await fetch(`http://127.0.0.1:${this.http}/health/ready`).catch(() => undefined);
      if (ready?.ok) return;
    }
    throw new Error(`the second ${this.service} is not ready: ${this.log}`);
  }

  stop() {
    if (this.pid) process.kill(this.pid, 'SIGKILL');
  }
}

// Callers reach both daemons in turn.
export async function startReplica(stack, env, service = 'ethereum-service') {
  const replica = await Replica.start(stack, service, env);
  stack.env[`${service.replace('-', '_').toUpperCase()}_ADDRESS`] =
    `ipv4:${stack.service(service).grpc},127.0.0.1:${replica.grpc}`;
  for (const caller of ['wallet-manager', 'api-gateway']) await stack.script('up', '--no-build', '--no-smoke', '--restart', caller);
  return replica;
}
