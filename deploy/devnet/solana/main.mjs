// A local Solana node: the real SVM behind Solana's JSON-RPC over HTTP.
//   node main.mjs --port 18899 [--host 127.0.0.1] [--journal FILE] [--slot-ms 400] [--final-depth 32]
import { parseArgs } from 'node:util';
import { serve } from '../json_rpc.mjs';
import { Bank, SlotClock } from './bank.mjs';
import { Journal } from './journal.mjs';
import { Rpc } from './rpc.mjs';

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

serve({ port: Number(values.port), host: values.host, bodyMax: BODY_MAX, call: (method, parameters) => rpc.call(method, parameters) },
  (port) => console.log(`solana devnet on port ${port}, genesis ${journal.genesis}`));

process.on('SIGTERM', () => {
  journal.tick(live.slot);
  process.exit(0);
});
