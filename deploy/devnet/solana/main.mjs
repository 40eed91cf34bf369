// A local Solana node: the real SVM behind Solana's JSON-RPC over HTTP.
//   node main.mjs --port 18899 [--host 127.0.0.1] [--journal FILE] [--slot-ms 400] [--final-depth 32]
import http from 'node:http';
import { parseArgs } from 'node:util';
import { Bank, SlotClock } from './bank.mjs';
import { Journal } from './journal.mjs';
import { Rpc, RpcError } from './rpc.mjs';

const BODY_MAX = 1 << 20;
const SLOTS_A_LINE = 12;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    journal: { type: 'string' },
    'slot-ms': { type: 'string', default: '400' },
    'final-depth': { type: 'string', default: '32' },
  },
});

const journal = new Journal(values.journal);
const clock = new SlotClock({ genesis: journal.genesis, slot: 1, finalDepth: Number(values['final-depth']) });
const bank = new Bank({ clock, faucetSeed: journal.faucetSeed });
for (const entry of journal.entries) {
  clock.slot = entry.slot;
  bank.setSlot();
  bank.execute(Bank.decode(Buffer.from(entry.tx, 'base64')));
}
bank.gifts = journal.entries.length;
const live = new SlotClock({ genesis: journal.genesis, slot: SlotClock.lastBlock(journal.slot) + 1, finalDepth: clock.finalDepth });
bank.clock = live;
bank.setSlot();
const rpc = new Rpc({ clock: live, bank, journal, genesis: journal.genesis });

let ticks = 0;
setInterval(() => {
  if (rpc.paused) return;
  live.advance(1);
  bank.setSlot();
  if (++ticks % SLOTS_A_LINE === 0) journal.tick(live.slot);
}, Number(values['slot-ms']));

function answer(request) {
  const id = request?.id ?? null;
  try {
    return { jsonrpc: '2.0', result: rpc.call(request.method, request.params), id };
  } catch (error) {
    if (!(error instanceof RpcError)) console.error(request?.method, error);
    return { jsonrpc: '2.0', error: { code: error.code ?? -32603, message: error.message, ...(error.data ? { data: error.data } : {}) }, id };
  }
}

const server = http.createServer((request, response) => {
  const chunks = [];
  let size = 0;
  request.on('data', (chunk) => {
    size += chunk.length;
    if (size > BODY_MAX) request.destroy();
    chunks.push(chunk);
  });
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    let body;
    try {
      body = JSON.parse(Buffer.concat(chunks));
    } catch {
      response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32700, message: 'Parse error' }, id: null }));
      return;
    }
    response.end(JSON.stringify(Array.isArray(body) ? body.map(answer) : answer(body)));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(values.port), values.host, () => console.log(`solana devnet on port ${values.port}, genesis ${journal.genesis}`));

process.on('SIGTERM', () => {
  journal.tick(live.slot);
  process.exit(0);
});
