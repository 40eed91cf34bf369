// Bitcoin's and Zcash's devnet nodes as the tests see them: their own JSON-RPC, their own count.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root, sleep } from './stack.mjs';

const require = createRequire(`${root}/tests/tools/`);
const base58check = require('bs58check').default;
const bitcoinjs = require('bitcoinjs-lib');

const COOKIES = { bitcoin: 'devnet/bitcoin/regtest/.cookie', zcash: 'devnet/zcash/.cookie' };

const FAUCETS = { bitcoin: 'mr2QjST3GC2cez7MMPKFsVNkiEAULbAjUq', zcash: 'tmLDomZGbp9tTckt5EyTk33w6hsqfiDiYt5' };

// Zcash's; Bitcoin's is 6.
const FINAL_DEPTH = 10;

// Nobody's addresses on regtest.
export const STRANGERS = {
  bitcoin: 'bcrt1qvwpt8nygzsftw7lu4mksycqpcqxeuvp98atd2u',
  zcash: 'tmJnWoX9W5WDV9p4NWgssEwpa1T45L2aBx9',
};

// Nobody's, and not used before.
export function freshCoinAddress(chain) {
  if (chain === 'bitcoin') return bitcoinjs.address.toBech32(randomBytes(20), 0, 'bcrt');
  return base58check.encode(Buffer.concat([Buffer.from([0x1d, 0x25]), randomBytes(20)]));
}

// For whose node the devnet has a front.
const FRONTED = ['zebrad'];

// Why a test of this node cannot run here; false where it can. In CI the program has to be there.
export function absent(program) {
  try {
    execFileSync('which', [program]);
    return false;
  } catch {
    if (process.env.CI) throw new Error(`${program} is not on PATH`);
    return FRONTED.includes(program) ? false : `${program} is not on PATH`;
  }
}

// A fresh user whose first coins of this chain are in a block.
export async function fundedUser(stack, chain) {
  const user = await stack.user(chain);
  for (const deadline = Date.now() + 60_000; ; await sleep(300)) {
    const balances = await stack.must('GET', '/api/v1/wallet/balances', { token: user.token });
    if (Number(balances[chain]?.balance ?? 0) > 0) return user;
    if (Date.now() > deadline) throw new Error(`no coins came: ${JSON.stringify(balances)}`);
  }
}

export class CoinNode {
  constructor(stack, chain) {
    this.chain = chain;
    this.stack = stack;
    this.faucet = FAUCETS[chain];
    this.url = stack.nodeOf(chain);
    this.kind = stack.status.nodes.find((node) => node.chain === chain).kind;
    this.miner = join(stack.folder, 'run', `miner-${chain}.pid`);
  }

  // "user:password": of the cookie that a node writes, or the front's.
  get login() {
    const kept = (file) => readFileSync(join(this.stack.folder, file), 'utf8').trim();
    return this.kind === 'front' ? `devnet:${kept('devnet/zcash.password')}` : kept(COOKIES[this.chain]);
  }

  async rpc(method, ...params) {
    const login = Buffer.from(this.login).toString('base64');
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Basic ${login}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = await response.json();
    if (error) throw new Error(`${method}: ${error.code} ${error.message}`);
    return result;
  }

  // The whole group: a request that the script's child is about to send would mine a block as well.
  #signalMiner(signal) {
    process.kill(-Number(readFileSync(this.miner, 'utf8').split(' ')[0]), signal);
  }

  // Without blocks while `work` runs.
  async holdingBlocks(work) {
    this.#signalMiner('SIGSTOP');
    try {
      await this.tip();  // answered after what the miner had asked for
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

  // Until this transaction alone waits.
  async replaced(txid) {
    for (const deadline = Date.now() + 20_000; ; await sleep(100)) {
      const pool = await this.rpc('getrawmempool');
      if (pool.length === 1 && pool[0] === txid) return;
      if (Date.now() > deadline) throw new Error(`the mempool has ${pool}, not ${txid}`);
    }
  }

  tip() {
    return this.rpc('getblockcount');
  }

  // Blocks now, with what waits.
  mine(count) {
    return this.chain === 'bitcoin'
      ? this.rpc('generatetoaddress', count, this.faucet)
      : this.rpc('generate', count);
  }

  // Another branch, longer by one, takes the place of the newest blocks. Bitcoin's leaves out what
  // waits; Zcash's forgets what its blocks had.
  async otherBranch(depth) {
    const tip = await this.tip();
    await this.rpc('invalidateblock', await this.rpc('getblockhash', tip - depth + 1));
    for (const deadline = Date.now() + 20_000; (await this.tip()) <= tip;) {
      // A block of the same second and content is the very one that was taken back.
      const made = this.chain === 'bitcoin' ? this.rpc('generateblock', freshCoinAddress('bitcoin'), []) : this.rpc('generate', 1);
      await made.catch((error) => {
        if (Date.now() > deadline) throw error;
        return sleep(200);
      });
    }
  }

  // What the node itself counts of an address, in its blocks.
  async unitsOf(address) {
    if (this.chain === 'zcash') return (await this.rpc('getaddressbalance', { addresses: [address] })).balance;
    const { total_amount: coins } = await this.rpc('scantxoutset', 'start', [`addr(${address})`]);
    return Math.round(coins * 1e8);
  }

  // Until the daemon's books have come to the node's newest block.
  async followed(user) {
    for (const deadline = Date.now() + 30_000; ; await sleep(100)) {
      const { followed_height: height } = await this.stack.must('GET', `/api/v1/${this.chain}/status`, { token: user.token });
      if (height === await this.tip()) return;
      if (Date.now() > deadline) throw new Error(`the books are at ${height}`);
    }
  }

  // Whether a transaction waits or is in one of the newest blocks.
  async has(txid) {
    if ((await this.rpc('getrawmempool')).includes(txid)) return true;
    const tip = await this.tip();
    for (let at = tip; at > tip - FINAL_DEPTH; --at) {
      const { tx } = await this.rpc('getblock', await this.rpc('getblockhash', at), 1);
      if (tx.includes(txid)) return true;
    }
    return false;
  }

  // Until the node has a payment's transaction, then blocks until that is final; its view.
  async settle(user, id) {
    for (const deadline = Date.now() + 30_000; ; await sleep(100)) {
      const view = await this.stack.must('GET', `/api/v1/wallet/transactions/${id}`, { token: user.token });
      if (view.tx_hash && await this.has(view.tx_hash)) break;
      if (Date.now() > deadline) throw new Error(`${id} does not reach the node: ${JSON.stringify(view)}`);
    }
    await this.mine(FINAL_DEPTH);
    return this.stack.reach(user, id, 'final');
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
