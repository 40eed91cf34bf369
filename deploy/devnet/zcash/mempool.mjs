// What waits for a block. Judged and refused as Zebra does, in its words.
import { RpcError } from '../json_rpc.mjs';
import { named } from './block.mjs';
import { coinOf, coinsOf } from './chain.mjs';
import { EXPIRY_MAX, MATURITY, OUTPUT_MIN, leastFee } from './rules.mjs';
import { maySpend } from './signature.mjs';
import { hasShielded, isCoinbaseInput, parse } from './transaction.mjs';

// What a block takes, less its header and coinbase: so all that waits is in the next one.
const BYTES_MAX = 1_990_000;

const UNREADABLE = -22;
const KNOWN = -1;
const REFUSED = -25;

const refuse = (text, code = REFUSED) => {
  throw new RpcError(code, text);
};
const sameEffects = (until, text) => `any transaction with the same effects will be rejected from the mempool until ${until}: transaction ${text}`;

const sum = (list) => list.reduce((total, { amount }) => total + amount, 0n);

export class Mempool {
  #entries = new Map(); // id -> {id, tx, fee}, in the order of their coming
  #made = new Map(); // name of a coin -> the coin
  #spenders = new Map(); // name of a coin -> id
  #size = 0; // bytes

  constructor(chain, rules) {
    this.chain = chain;
    this.rules = rules;
  }

  get entries() {
    return [...this.#entries.values()];
  }

  find(id) {
    return this.#entries.get(id);
  }

  // Answers its id.
  accept(bytes) {
    const entry = named(this.#read(bytes));
    const { id, tx } = entry;
    if (this.#entries.has(id)) refuse('transaction already exists in mempool', KNOWN);
    if (this.chain.find(id)) refuse(sameEffects('a chain reset', 'was committed to the best chain'), KNOWN);
    const height = this.chain.height + 1;
    const reason = this.#formFault(tx, height) ?? this.#spendingFault(tx, height);
    if (reason) {
      const name = tx.format.version > 4 ? 'WtxId' : 'transaction::Hash';
      refuse(`failed to validate tx: ${name}("private"), error: transaction did not pass consensus validation: ${reason}`);
    }
    if (tx.outputs.some(({ amount }) => amount < OUTPUT_MIN)) refuse('transaction is non-standard');
    if (coinsOf(tx).some((name) => this.#spenders.has(name))) {
      refuse(sameEffects('the next chain tip block', 'rejected because another transaction in the mempool has already spent some of its inputs'));
    }
    if (this.#size + bytes.length > BYTES_MAX) refuse(sameEffects('a chain reset', 'evicted from the mempool due to ZIP-401 denial of service limits'));
    this.#add({ ...entry, fee: this.#fee(tx) });
    return id;
  }

  #read(bytes) {
    try {
      return parse(bytes);
    } catch (error) {
      return refuse(`io error: ${error.message}`, UNREADABLE);
    }
  }

  // Why no block of this height can have it, for what it is; undefined where nothing is wrong.
  #formFault(tx, height) {
    const { format: { version }, branch, expiry, inputs, outputs } = tx;
    if (hasShielded(tx)) return 'the devnet\'s front judges no shielded parts';
    if (version > this.rules.newestVersionAt(height)) return `transaction version ${version} not supported by the network upgrade`;
    if (version > 4 && branch !== this.rules.branchAt(height)) return 'transaction uses an incorrect consensus branch id';
    if (inputs.length === 0) return 'must have at least one input: transparent, shielded spend, or joinsplit';
    if (outputs.length === 0) return 'must have at least one output: transparent, shielded output, or joinsplit';
    if (inputs.some(isCoinbaseInput)) return 'coinbase inputs MUST NOT exist in mempool';
    if (expiry > EXPIRY_MAX) return `expiry Height(${expiry}) must be less than the maximum Height(${EXPIRY_MAX})`;
    if (expiry !== 0 && height > expiry) return `transaction must not be mined at a block Height(${height}) greater than its expiry Height(${expiry})`;
    if (new Set(coinsOf(tx)).size < inputs.length) return 'transparent double-spend: an outpoint is spent twice';
    return undefined;
  }

  // The same, for what it spends.
  #spendingFault(tx, height) {
    const coins = this.#spent(tx);
    if (coins.includes(undefined)) return 'could not find transparent input UTXO in the best chain or mempool';
    const young = coins.find((coin) => coin.coinbase && height < coin.height + MATURITY);
    if (young) {
      return 'could not contextually validate transaction on best chain: immature transparent coinbase spend: ' +
        `attempt to spend ${young.id} at Height(${height}), but spends are invalid before Height(${young.height + MATURITY})`;
    }
    const branch = this.rules.branchAt(height);
    if (tx.inputs.some((_, index) => !maySpend(tx, index, coins, branch))) return 'could not verify a transparent script: script verification failed';
    const fee = this.#fee(tx);
    if (fee < 0n) return 'could not calculate the transaction fee';
    if (fee < leastFee(tx)) {
      return 'failed to verify ZIP-317 transaction rules, transaction was not inserted to mempool: Unpaid actions is higher than the limit';
    }
    return undefined;
  }

  // {amount, script} of every input's coin; undefined where there is none.
  #spent(tx) {
    return coinsOf(tx).map((name) => this.chain.coins.get(name) ?? this.#made.get(name));
  }

  #fee(tx) {
    return sum(this.#spent(tx)) - sum(tx.outputs);
  }

  #add(entry) {
    this.#entries.set(entry.id, entry);
    this.#size += entry.tx.bytes.length;
    for (const name of coinsOf(entry.tx)) this.#spenders.set(name, entry.id);
    entry.tx.outputs.forEach((output, index) => this.#made.set(coinOf(entry.id, index), output));
  }

  // After the chain has changed: what cannot wait any longer is forgotten.
  judgeAgain() {
    const waiting = this.entries;
    this.#size = 0;
    for (const map of [this.#entries, this.#made, this.#spenders]) map.clear();
    for (const { tx } of waiting) {
      try {
        this.accept(tx.bytes);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
      }
    }
  }
}
