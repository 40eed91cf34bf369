// node tests/bench/stack.mjs [CONNECTIONS [tls]]: memory of each daemon at rest, time from process start
// to ready, and the gateway's memory with that many idle connections (10,000), plain or TLS, from 40
// loopback addresses, each after one authenticated request. Needs a release build; starts a stack of
// its own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { Stack } from '../integration/support/stack.mjs';

const CONNECTIONS = Number(process.argv[2] ?? 10_000);
const TLS = process.argv[3] === 'tls';
const ADDRESSES = 40;
const AT_ONCE = 100;

const residentMiB = (pid) => {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1];
  return (Number(kib) / 1024).toFixed(1);
};

// Milliseconds since 1970 at which a process began.
const begun = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const boot = Number(/btime (\d+)/.exec(readFileSync('/proc/stat', 'utf8'))[1]);
  return boot * 1_000 + Number(fields[19]) * 10;
};

const startTime = (stack, service) => {
  const lines = readFileSync(join(stack.folder, 'log', `${service.name}.log`), 'utf8').split('\n');
  // Libraries write lines of their own among ours.
  const ours = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const ready = ours.find((line) => line.msg === 'ready');
  return ((Date.parse(ready.ts) - begun(service.pid)) / 1_000).toFixed(2);
};

// A connection that has had one answer and stays open.
const connect = (api, token, index) =>
  new Promise((resolve, reject) => {
    const socket = (TLS ? tls : net).connect({
      host: api.hostname,
      port: Number(api.port),
      localAddress: `127.0.${1 + (index % ADDRESSES)}.1`,
      rejectUnauthorized: false,
    });
    socket.on('error', reject);
    socket.on('data', (data) => {
      if (/^HTTP\/1\.1 200/.test(data.toString())) resolve(socket);
      else reject(new Error(data.toString()));
    });
    socket.write(`GET /auth/me HTTP/1.1\r\nHost: ${api.host}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  });

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const environment = {};
if (TLS) {
  environment.TLS_CERT = join(folder, 'cert.pem');
  environment.TLS_KEY = join(folder, 'key.pem');
  const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
  execFileSync('openssl', [...make, '-out', environment.TLS_CERT, '-keyout', environment.TLS_KEY], { stdio: 'ignore' });
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // it vouches for itself
}
const stack = await Stack.start(environment);
try {
  for (const service of stack.status.services) {
    console.log(`${service.name}: ${residentMiB(service.pid)} MiB at rest, ready after ${startTime(stack, service)} s`);
  }
  const user = await stack.user();
  const api = new URL(stack.api);
  const gateway = stack.service('api-gateway').pid;
  const before = residentMiB(gateway);
  const open = [];
  while (open.length < CONNECTIONS) {
    const more = Math.min(AT_ONCE, CONNECTIONS - open.length);
    open.push(...(await Promise.all(Array.from({ length: more }, (_, i) => connect(api, user.token, open.length + i)))));
  }
  const kind = TLS ? 'TLS' : 'plain';
  console.log(`api-gateway: ${before} MiB before, ${residentMiB(gateway)} MiB with ${open.length} idle ${kind} connections`);
  const gone = open.filter((socket) => socket.destroyed || socket.readyState !== 'open').length;
  if (gone > 0) throw new Error(`${gone} of the connections were closed`);
  for (const socket of open) socket.destroy();
} finally {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
}
