// Slots, blocks and commitment, as plain arithmetic over the current slot: some slots have no
// block, so the slot runs ahead of the block height, as on the live network.
import { createHash } from 'node:crypto';
import bs58 from 'bs58';

export const BLOCKHASH_LIFE = 150; // blocks
const SKIP_EVERY = 16;
const SKIPPED = 7;

export class SlotClock {
  constructor({ genesis, slot, finalDepth }) {
    this.genesis = genesis;
    this.slot = slot; // the one that is being filled
    this.finalDepth = finalDepth;
    this.heights = new Map(); // blockhash -> height of the newest blocks
    this.times = new Map(); // slot -> seconds
    for (let past = Math.max(0, slot - 2 * BLOCKHASH_LIFE); past < slot; past++) this.#seal(past);
  }

  static isSkipped(slot) {
    return slot % SKIP_EVERY === SKIPPED;
  }

  // Blocks from slot 1 up to this slot.
  static heightOf(slot) {
    return slot - Math.floor((slot + SKIP_EVERY - SKIPPED) / SKIP_EVERY);
  }

  hashOf(slot) {
    return bs58.encode(createHash('sha256').update(`${this.genesis}/${slot}`).digest());
  }

  // The newest slot with a block, at or below a slot.
  static lastBlock(slot) {
    return Math.max(0, SlotClock.isSkipped(slot) ? slot - 1 : slot);
  }

  // The slot whose state a reader at this commitment sees.
  slotAt(commitment) {
    if (commitment === 'processed') return this.slot;
    const depth = commitment === 'confirmed' ? 1 : this.finalDepth;
    return SlotClock.lastBlock(Math.max(0, this.slot - depth));
  }

  advance(slots) {
    for (let i = 0; i < slots; i++) {
      this.#seal(this.slot);
      this.slot++;
      if (SlotClock.isSkipped(this.slot)) this.slot++;
    }
  }

  #seal(slot) {
    if (SlotClock.isSkipped(slot)) return;
    this.heights.set(this.hashOf(slot), SlotClock.heightOf(slot));
    this.times.set(slot, Math.floor(Date.now() / 1000));
    if (this.heights.size > 4 * BLOCKHASH_LIFE) this.heights.delete(this.heights.keys().next().value);
    if (this.times.size > 100_000) this.times.delete(this.times.keys().next().value);
  }

  // Whether a transaction with this blockhash may still be included.
  isAlive(blockhash) {
    const height = this.heights.get(blockhash);
    return height !== undefined && height + BLOCKHASH_LIFE >= SlotClock.heightOf(this.slot);
  }

  commitmentOf(slot) {
    if (slot <= this.slotAt('finalized')) return 'finalized';
    return slot <= this.slotAt('confirmed') ? 'confirmed' : 'processed';
  }

  // Empty for a slot without a block.
  block(slot) {
    if (slot >= this.slot || slot < 0 || SlotClock.isSkipped(slot)) return null;
    const parent = SlotClock.lastBlock(slot - 1);
    return {
      blockhash: this.hashOf(slot),
      previousBlockhash: this.hashOf(parent),
      parentSlot: parent,
      blockHeight: SlotClock.heightOf(slot),
      blockTime: this.times.get(slot) ?? null,
    };
  }
}
