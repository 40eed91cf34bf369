// Bitcoin's and Zcash's devnet nodes as the tests see them: their own JSON-RPC, their own count.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root, sleep } from './stack.mjs';

const require = createRequire(`${root}/tests/tools/`);

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

// A Bitcoin key that lives outside the platform.
export class ForeignWallet {
  #bitcoin = require('bitcoinjs-lib');
  #ecc = require('@bitcoinerlab/secp256k1');
  #key = randomBytes(32);

  constructor(node) {
    this.node = node;
    this.secret = this.#key.toString('hex');
    const pubkey = Buffer.from(this.#ecc.pointFromScalar(this.#key, true));
    const { address, output } = this.#bitcoin.payments.p2wpkh({ pubkey, network: this.#bitcoin.networks.regtest });
    Object.assign(this, { address, pubkey, output });
  }

  // Pays `units` of the coin that this transaction made; the rest is the fee.
  async spend(txid, to, units) {
    const made = await this.node.rpc('getrawtransaction', txid, 2);
    const coin = made.vout.find((output) => output.scriptPubKey.address === this.address);
    const psbt = new this.#bitcoin.Psbt({ network: this.#bitcoin.networks.regtest });
    psbt.addInput({
      hash: txid, index: coin.n, witnessUtxo: { script: this.output, value: BigInt(Math.round(coin.value * 1e8)) },
    });
    psbt.addOutput({ address: to, value: BigInt(units) });
    psbt.signInput(0, { publicKey: this.pubkey, sign: (hash) => Buffer.from(this.#ecc.sign(hash, this.#key)) });
    psbt.finalizeAllInputs();
    return this.node.rpc('sendrawtransaction', psbt.extractTransaction().toHex());
  }
}
