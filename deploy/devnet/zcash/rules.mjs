// The rules of the local network: as deploy/devnet/zebrad.toml has them.
import { encodeInput, encodeOutput } from './transaction.mjs';

export const MATURITY = 100; // blocks until a coinbase may be spent
export const EXPIRY_MAX = 499_999_999;

// The upgrades that differ here; all before NU6.2 begin with it.
const NU62 = 0x5437f330;
const NU63 = 0x37a5165b;

// ZIP-317.
const GRACE_ACTIONS = 2;
const INPUT_SIZE = 150;
const OUTPUT_SIZE = 34;

// Zatoshi. What Zebra 7.0.0 asks for: a fifth of ZIP-317's fee, and no output that costs more than it is worth.
const FEE_MIN_AN_ACTION = 1_000n;
export const OUTPUT_MIN = 54n;

const SUBSIDY = 625_000_000n;
const HALVING_INTERVAL = 288; // the first one is a block earlier

const sizeOf = (list, encode) => list.reduce((size, one) => size + encode(one).length, 0);

// ZIP-317: the actions that are paid for, of so many bytes of transparent inputs and outputs.
export const paidActions = (inputsSize, outputsSize) =>
  Math.max(GRACE_ACTIONS, Math.ceil(inputsSize / INPUT_SIZE), Math.ceil(outputsSize / OUTPUT_SIZE));

export const leastFee = ({ inputs, outputs }) =>
  BigInt(paidActions(sizeOf(inputs, encodeInput), sizeOf(outputs, encodeOutput))) * FEE_MIN_AN_ACTION;

export class Rules {
  // nu63Height: the first block of NU6.3.
  constructor(nu63Height) {
    this.nu63Height = nu63Height;
  }

  // Genesis is older than the first upgrade.
  branchAt(height) {
    if (height === 0) return 0;
    return height < this.nu63Height ? NU62 : NU63;
  }

  // The newest version that a block of this height takes; its coinbase has it.
  newestVersionAt(height) {
    return height < this.nu63Height ? 5 : 6;
  }

  subsidyAt(height) {
    return SUBSIDY >> BigInt(Math.floor((height + 1) / HALVING_INTERVAL));
  }
}
