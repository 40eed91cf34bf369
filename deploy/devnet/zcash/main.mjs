// A local Zcash node for machines without Zebra: transparent transactions alone, each signature judged.
//   ZCASH_RPC_USER=... ZCASH_RPC_PASS=... node main.mjs --port 18232 --miner ADDRESS [--host 127.0.0.1]
//       [--journal FILE] [--nu63-height 1]
import { parseArgs } from 'node:util';
import { serve } from '../json_rpc.mjs';
import { scriptOf } from './address.mjs';
import { Chain } from './chain.mjs';
import { Journal } from './journal.mjs';
import { Mempool } from './mempool.mjs';
import { Miner } from './miner.mjs';
import { Rpc } from './rpc.mjs';
import { Rules } from './rules.mjs';

// A transaction has 2 MB at most, as twice as many hex digits.
const BODY_MAX = 5_000_000;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    miner: { type: 'string' },
    journal: { type: 'string' },
    'nu63-height': { type: 'string', default: '1' },
  },
});
const { ZCASH_RPC_USER: user, ZCASH_RPC_PASS: password } = process.env;
const script = scriptOf(values.miner ?? '');
if (!script) throw new Error('--miner takes a transparent address of the test networks');
if (!user || !password) throw new Error('ZCASH_RPC_USER and ZCASH_RPC_PASS are needed');

const rules = new Rules(Number(values['nu63-height']));
const chain = new Chain();
const mempool = new Mempool(chain, rules);
const miner = new Miner({ chain, mempool, rules, journal: new Journal(values.journal), script });
miner.replay();
const rpc = new Rpc({ chain, mempool, miner, rules });

serve({
  port: Number(values.port), host: values.host, login: `${user}:${password}`, bodyMax: BODY_MAX,
  call: (method, parameters) => rpc.call(method, parameters),
}, (port) => console.log(`zcash devnet on port ${port}, height ${chain.height}`));
