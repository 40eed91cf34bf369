// The shielded parts of a transaction. They are read past and hashed, never judged: the front takes
// no transaction that has some.
import { hash } from './hashes.mjs';
import { i64 } from './wire.mjs';

// Sizes of the protocol specification, sections 7.1 to 7.5.
const PROOF = 192;
const SIGNATURE = 64;
const SPEND_V4 = 384;
const OUTPUT_V4 = 948;
const JOINSPLIT = 1698;
const SPEND = 96;
const OUTPUT = 756;
const ACTION = 820;
const FLAGS_BALANCE_ANCHOR = 1 + 8 + 32;

const items = (reader, size) => reader.list((from) => from.take(size));

// Version 4, after its expiry height.
export function readV4(reader) {
  const parts = { balance: reader.i64(), spends: items(reader, SPEND_V4), outputs: items(reader, OUTPUT_V4), joinsplits: items(reader, JOINSPLIT) };
  if (parts.joinsplits.length > 0) {
    parts.joinsplitKey = reader.take(32);
    reader.take(SIGNATURE);
  }
  if (parts.spends.length + parts.outputs.length > 0) reader.take(SIGNATURE);
  return parts;
}

// Of version 5.
export function readSapling(reader) {
  const bundle = { spends: items(reader, SPEND), outputs: items(reader, OUTPUT) };
  const { length } = bundle.spends;
  if (length + bundle.outputs.length > 0) {
    bundle.balance = reader.i64();
    if (length > 0) bundle.anchor = reader.take(32);
    reader.take(length * (PROOF + SIGNATURE) + bundle.outputs.length * PROOF + SIGNATURE);
  }
  return bundle;
}

export function readOrchard(reader) {
  const bundle = { actions: items(reader, ACTION) };
  const { length } = bundle.actions;
  if (length > 0) {
    bundle.tail = reader.take(FLAGS_BALANCE_ANCHOR);
    reader.vector(); // proofs
    reader.take((length + 1) * SIGNATURE);
  }
  return bundle;
}

// One part of every item, hashed together.
const parts = (personal, list, ...ranges) => hash(personal, list.flatMap((item) => ranges.map(([from, to]) => item.subarray(from, to))));

// ZIP-244, T.3.
export function saplingDigest({ spends, outputs, balance, anchor }) {
  if (spends.length + outputs.length === 0) return hash('ZTxIdSaplingHash');
  return hash('ZTxIdSaplingHash', [
    hash('ZTxIdSSpendsHash', spends.length === 0 ? [] : [
      parts('ZTxIdSSpendCHash', spends, [32, 64]),
      hash('ZTxIdSSpendNHash', spends.flatMap((spend) => [spend.subarray(0, 32), anchor, spend.subarray(64)]))]),
    hash('ZTxIdSOutputHash', outputs.length === 0 ? [] : [
      parts('ZTxIdSOutC__Hash', outputs, [32, 148]),
      parts('ZTxIdSOutM__Hash', outputs, [148, 660]),
      parts('ZTxIdSOutN__Hash', outputs, [0, 32], [660, OUTPUT])]),
    i64(balance)]);
}

// ZIP-244, T.4.
export function orchardDigest({ actions, tail }) {
  if (actions.length === 0) return hash('ZTxIdOrchardHash');
  return hash('ZTxIdOrchardHash', [
    parts('ZTxIdOrcActCHash', actions, [32, 64], [96, 212]),
    parts('ZTxIdOrcActMHash', actions, [212, 724]),
    parts('ZTxIdOrcActNHash', actions, [0, 32], [64, 96], [724, ACTION]),
    tail]);
}

const NOTHING = Buffer.alloc(32);

// ZIP-243, items 6 to 8: joinsplits, spends, outputs.
export function digestsV4({ joinsplits, joinsplitKey, spends, outputs }) {
  return [
    joinsplits.length > 0 ? hash('ZcashJSplitsHash', [...joinsplits, joinsplitKey]) : NOTHING,
    // Without its signature.
    spends.length > 0 ? hash('ZcashSSpendsHash', spends.map((spend) => spend.subarray(0, SPEND_V4 - SIGNATURE))) : NOTHING,
    outputs.length > 0 ? hash('ZcashSOutputHash', outputs) : NOTHING];
}
