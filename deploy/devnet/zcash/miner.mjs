// Makes blocks of what waits, takes them back, and keeps both over restarts.
import { randomBytes } from 'node:crypto';
import { encodeBlock, named, parseBlock } from './block.mjs';
import { FORMATS, coinbaseInput, encode, parse } from './transaction.mjs';
import { vector } from './wire.mjs';

const NONCE = 32;

// BIP-34: the height as a script's number.
function heightScript(height) {
  if (height <= 16) return Buffer.from([0x50 + height]);
  const bytes = [];
  for (let rest = height; rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest % 256);
  if (bytes.at(-1) >= 0x80) bytes.push(0);
  return vector(Buffer.from(bytes));
}

export class Miner {
  // script: what the coinbases pay.
  constructor({ chain, mempool, rules, journal, script }) {
    Object.assign(this, { chain, mempool, rules, journal, script });
  }

  replay() {
    for (const { block, removed } of this.journal.read()) {
      if (block) this.chain.connect(parseBlock(block));
      else this.#disconnect(removed);
    }
  }

  #coinbase(height, fees) {
    return named(parse(encode({
      format: FORMATS[this.rules.newestVersionAt(height)],
      branch: this.rules.branchAt(height),
      locktime: 0,
      expiry: height,
      inputs: [coinbaseInput(Buffer.concat([heightScript(height), vector(Buffer.from('devnet'))]))],
      outputs: [{ amount: this.rules.subsidyAt(height) + fees, script: this.script }],
    })));
  }

  // Answers the hashes of so many new blocks.
  mine(count) {
    return Array.from({ length: count }, () => {
      const { chain, mempool, journal } = this;
      const fees = mempool.entries.reduce((total, { fee }) => total + fee, 0n);
      const bytes = encodeBlock({
        parent: chain.tip.hash,
        time: Math.max(Math.floor(Date.now() / 1000), chain.medianTime + 1),
        nonce: randomBytes(NONCE),
        transactions: [this.#coinbase(chain.height + 1, fees), ...mempool.entries],
      });
      journal.block(bytes);
      chain.connect(parseBlock(bytes));
      mempool.judgeAgain();
      return chain.tip.hash;
    });
  }

  // This block and all after it. What they held is forgotten, as by Zebra.
  takeBack(hash) {
    this.journal.removed(hash);
    this.#disconnect(hash);
    this.mempool.judgeAgain();
  }

  #disconnect(hash) {
    const { height } = this.chain.block(hash);
    while (this.chain.height >= height) this.chain.disconnect();
  }
}
