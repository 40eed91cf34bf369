// A second daemon of a chain on the same wallets, and the balancer that callers see instead of both.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import net from 'node:net';
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

// Spreads connections over the ports in turn and cuts them now and then, so that both are called.
export class Balancer {
  connections = new Set();
  next = 0;

  static async start(ports) {
    const balancer = new Balancer();
    balancer.ports = ports;
    balancer.server = net.createServer((socket) => balancer.join(socket));
    await new Promise((resolve) => balancer.server.listen(0, '127.0.0.1', resolve));
    balancer.address = `127.0.0.1:${balancer.server.address().port}`;
    balancer.timer = setInterval(() => balancer.cut(), 3_000);
    return balancer;
  }

  join(socket) {
    const upstream = net.connect(this.ports[this.only ?? this.next++ % this.ports.length], '127.0.0.1');
    const pair = [socket, upstream];
    this.connections.add(pair);
    const end = () => {
      for (const side of pair) side.destroy();
      this.connections.delete(pair);
    };
    for (const side of pair) side.on('error', end).on('close', end);
    socket.pipe(upstream).pipe(socket);
  }

  // All calls go to one of the ports from now on; undefined: to each in turn again.
  turnTo(index) {
    this.only = index;
    this.cut();
  }

  cut() {
    for (const [socket] of this.connections) socket.destroy();
  }

  stop() {
    clearInterval(this.timer);
    this.cut();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

// Callers reach two daemons through a balancer that cuts connections now and then.
export async function startReplica(stack, env, service = 'ethereum-service') {
  const replica = await Replica.start(stack, service, env);
  const first = Number(stack.service(service).grpc.split(':').pop());
  const balancer = await Balancer.start([first, replica.grpc]);
  stack.env[`${service.replace('-', '_').toUpperCase()}_ADDRESS`] = balancer.address;
  for (const service of ['wallet-manager', 'api-gateway']) await stack.script('up', '--no-build', '--no-smoke', '--restart', service);
  return { replica, balancer };
}
