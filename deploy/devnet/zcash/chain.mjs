// The main chain and the coins that its blocks leave unspent.
import { GENESIS } from './block.mjs';
import { isCoinbase } from './transaction.mjs';
import { u32 } from './wire.mjs';

const MEDIAN_BLOCKS = 11;

// What names a coin: its outpoint, in hex.
export const coinOf = (id, index) => Buffer.concat([Buffer.from(id, 'hex').reverse(), u32(index)]).toString('hex');
export const coinsOf = (tx) => tx.inputs.map(({ outpoint }) => outpoint.toString('hex'));

export class Chain {
  #byHash = new Map();
  #blockOf = new Map(); // transaction id -> block

  constructor() {
    this.blocks = [];
    this.coins = new Map(); // name -> {amount, script, height, coinbase, id, index}
    this.#add({ ...GENESIS });
  }

  get tip() {
    return this.blocks.at(-1);
  }

  get height() {
    return this.blocks.length - 1;
  }

  block(hash) {
    return this.#byHash.get(hash);
  }

  // {tx, block} of a transaction in a block.
  find(id) {
    const block = this.#blockOf.get(id);
    return block && { tx: block.transactions.find((one) => one.id === id).tx, block };
  }

  // The next block's time is later than this.
  get medianTime() {
    const times = this.blocks.slice(-MEDIAN_BLOCKS).map(({ time }) => time).sort((a, b) => a - b);
    return times[Math.floor(times.length / 2)];
  }

  #add(block) {
    block.height = this.blocks.length;
    this.blocks.push(block);
    this.#byHash.set(block.hash, block);
  }

  // A block as parseBlock answers it, over the newest one.
  connect(block) {
    if (block.parent !== this.tip.hash) throw new Error(`block ${block.hash} is not of this chain`);
    this.#add(block);
    block.spent = []; // in order
    for (const { id, tx } of block.transactions) {
      const coinbase = isCoinbase(tx);
      for (const name of coinbase ? [] : coinsOf(tx)) {
        block.spent.push([name, this.coins.get(name)]);
        this.coins.delete(name);
      }
      tx.outputs.forEach((output, index) => this.coins.set(coinOf(id, index), { ...output, height: block.height, coinbase, id, index }));
      this.#blockOf.set(id, block);
    }
  }

  // Takes the newest block back.
  disconnect() {
    const block = this.blocks.pop();
    this.#byHash.delete(block.hash);
    block.spent.forEach(([name, coin]) => this.coins.set(name, coin));
    for (const { id, tx } of block.transactions) {
      tx.outputs.forEach((_, index) => this.coins.delete(coinOf(id, index)));
      this.#blockOf.delete(id);
    }
  }
}
