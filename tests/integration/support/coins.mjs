// Bitcoin's and Zcash's devnet nodes as the tests see them: their own JSON-RPC, their own count.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from './stack.mjs';

const COOKIES = { bitcoin: 'devnet/bitcoin/regtest/.cookie', zcash: 'devnet/zcash/.cookie' };

// Nobody's addresses on regtest.
export const STRANGERS = {
  bitcoin: 'bcrt1qvwpt8nygzsftw7lu4mksycqpcqxeuvp98atd2u',
  zcash: 'tmJnWoX9W5WDV9p4NWgssEwpa1T45L2aBx9',
};

// Why a test of this node cannot run here; false where it can. In CI the program has to be there.
export function absent(program) {
  try {
    execFileSync('which', [program]);
    return false;
  } catch {
    if (process.env.CI) throw new Error(`${program} is not on PATH`);
    return `${program} is not on PATH`;
  }
}

// A fresh user whose first coins of this chain are in a block.
export async function fundedUser(stack, chain) {
  const user = await stack.user();
  for (const deadline = Date.now() + 60_000; ; await sleep(300)) {
    const balances = await stack.must('GET', '/api/v1/wallet/balances', { token: user.token });
    if (Number(balances[chain]?.balance ?? 0) > 0) return user;
    if (Date.now() > deadline) throw new Error(`no coins came: ${JSON.stringify(balances)}`);
  }
}

export class CoinNode {
  constructor(stack, chain) {
    this.url = stack.nodeOf(chain);
    this.cookie = join(stack.folder, COOKIES[chain]);
    this.miner = join(stack.folder, 'run', `miner-${chain}.pid`);
  }

  async rpc(method, ...params) {
    const login = Buffer.from(readFileSync(this.cookie, 'utf8').trim()).toString('base64');
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Basic ${login}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = await response.json();
    if (error) throw new Error(`${method}: ${error.code} ${error.message}`);
    return result;
  }

  #signalMiner(signal) {
    process.kill(Number(readFileSync(this.miner, 'utf8').split(' ')[0]), signal);
  }

  // Without blocks while `work` runs.
  async holdingBlocks(work) {
    this.#signalMiner('SIGSTOP');
    try {
      return await work();
    } finally {
      this.#signalMiner('SIGCONT');
    }
  }

  // Until so many transactions wait: an answer comes as soon as a payment is signed.
  async waiting(count) {
    for (const deadline = Date.now() + 20_000; ; await sleep(100)) {
      const pool = await this.rpc('getrawmempool');
      if (pool.length === count) return;
      if (Date.now() > deadline) throw new Error(`the mempool has ${pool.length}, not ${count}`);
    }
  }

  // Every output of the main chain that pays the address: {txid, units}.
  async paymentsTo(address, from = 1) {
    const found = [];
    const height = await this.rpc('getblockcount');
    for (let at = from; at <= height; at += 1) {
      const block = await this.rpc('getblock', await this.rpc('getblockhash', at), 2);
      for (const tx of block.tx) {
        for (const output of tx.vout) {
          const script = output.scriptPubKey;
          if (script.address === address || script.addresses?.includes(address)) {
            found.push({ txid: tx.txid, units: Math.round(output.value * 1e8) });
          }
        }
      }
    }
    return found;
  }
}
