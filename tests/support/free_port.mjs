// A port for a server of a test, as free_port.h chooses it: below those of stacks and of outgoing connections.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const FIRST = 10_000;
const END = 20_000;
const TRIES_MAX = 1_000;

const listens = (server, port) => new Promise((resolve) => {
  server.once('error', () => resolve(false));
  server.listen(port, '127.0.0.1', () => resolve(true));
});

export async function freePort() {
  for (let tries = 0; tries < TRIES_MAX; ++tries) {
    const port = randomInt(FIRST, END);
    const server = createServer();
    if (!await listens(server, port)) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error(`no port from ${FIRST} on is free`);
}
