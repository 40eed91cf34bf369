// Transparent Zcash transactions read and judged on their own: parser, transaction id and signature
// hash of version 5 (ZIP-225, ZIP-244) and version 4 (ZIP-243), on the hashes of @noble alone.
import { require } from './support.mjs';

const { blake2b } = require('@noble/hashes/blake2.js');
const { sha256 } = require('@noble/hashes/sha2.js');

const SIGHASH_ALL = 1;
const V4 = { version: 4, header: 0x80000004, group: 0x892f2085 };
const V5 = { version: 5, header: 0x80000005, group: 0x26a7270a };
const NOTHING = Buffer.alloc(32);

const number = (size, value) => {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntLE(Number(value), 0, Math.min(size, 6));
  return bytes;
};
const u32 = (value) => number(4, value);
const amount = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
};
const compact = (count) => (count < 253 ? number(1, count) : Buffer.concat([number(1, 253), number(2, count)]));
const vector = (bytes) => Buffer.concat([compact(bytes.length), bytes]);

// BLAKE2b-256 with a personalisation of 16 bytes; a branch id fills the last four.
function hash(personal, parts = [], branch = undefined) {
  const personalization = branch === undefined ? Buffer.from(personal) : Buffer.concat([Buffer.from(personal), u32(branch)]);
  if (personalization.length !== 16) throw new Error(`personalisation ${personal}`);
  return Buffer.from(blake2b(Buffer.concat(parts), { dkLen: 32, personalization }));
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(length) {
    if (this.at + length > this.bytes.length) throw new Error('the transaction is cut off');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  u32() {
    return this.take(4).readUInt32LE();
  }

  count() {
    const first = this.take(1)[0];
    if (first > 253) throw new Error('more than a transaction holds');
    return first === 253 ? this.take(2).readUInt16LE() : first;
  }

  vector() {
    return Buffer.from(this.take(this.count()));
  }

  list(read) {
    return Array.from({ length: this.count() }, () => read(this));
  }
}

export function parse(bytes) {
  const reader = new Reader(bytes);
  const header = reader.u32();
  const format = header === V5.header ? V5 : V4;
  if (header !== format.header || reader.u32() !== format.group) throw new Error('not a version 4 or 5 transaction');
  const tx = { format, bytes };
  if (format === V5) Object.assign(tx, { branch: reader.u32(), locktime: reader.u32(), expiry: reader.u32() });
  tx.inputs = reader.list((from) => ({ outpoint: from.take(36), script: from.vector(), sequence: from.u32() }));
  tx.outputs = reader.list((from) => ({ amount: from.take(8).readBigInt64LE(), script: from.vector() }));
  if (format === V4) {
    Object.assign(tx, { locktime: reader.u32(), expiry: reader.u32() });
    reader.take(8);
  }
  // No shielded parts: spends and outputs of Sapling, then joinsplits or actions of Orchard.
  for (let part = 0; part < 3; ++part) {
    if (reader.count() !== 0) throw new Error('has shielded parts');
  }
  if (reader.at !== bytes.length) throw new Error('bytes after the end');
  return tx;
}

// A version 5 transaction of {branch, locktime, expiry, inputs, outputs}.
export function encode(tx) {
  return Buffer.concat([
    ...[V5.header, V5.group, tx.branch, tx.locktime, tx.expiry].map(u32),
    compact(tx.inputs.length), ...tx.inputs.flatMap((input) => [input.outpoint, vector(input.script), u32(input.sequence)]),
    compact(tx.outputs.length), ...outputs(tx), Buffer.alloc(3)]);
}

const outpoints = (tx) => tx.inputs.map((input) => input.outpoint);
const sequences = (tx) => tx.inputs.map((input) => u32(input.sequence));
const outputs = (tx) => tx.outputs.flatMap((output) => [amount(output.amount), vector(output.script)]);

function digestV5(tx, transparent) {
  const header = hash('ZTxIdHeadersHash', [V5.header, V5.group, tx.branch, tx.locktime, tx.expiry].map(u32));
  return hash('ZcashTxHash_', [header, transparent, hash('ZTxIdSaplingHash'), hash('ZTxIdOrchardHash')], tx.branch);
}

// In hash order.
export function transactionId(tx) {
  if (tx.format === V4) return Buffer.from(sha256(sha256(tx.bytes)));
  return digestV5(tx, hash('ZTxIdTranspaHash', [
    hash('ZTxIdPrevoutHash', outpoints(tx)), hash('ZTxIdSequencHash', sequences(tx)), hash('ZTxIdOutputsHash', outputs(tx))]));
}

// What a SIGHASH_ALL signature of one input signs. coins: {amount, script} of every input.
export function signatureHash(tx, index, coins, branch) {
  const input = tx.inputs[index];
  const coin = coins[index];
  if (tx.format === V5) {
    return digestV5(tx, hash('ZTxIdTranspaHash', [
      number(1, SIGHASH_ALL),
      hash('ZTxIdPrevoutHash', outpoints(tx)),
      hash('ZTxTrAmountsHash', coins.map((each) => amount(each.amount))),
      hash('ZTxTrScriptsHash', coins.map((each) => vector(each.script))),
      hash('ZTxIdSequencHash', sequences(tx)),
      hash('ZTxIdOutputsHash', outputs(tx)),
      hash('Zcash___TxInHash', [input.outpoint, amount(coin.amount), vector(coin.script), u32(input.sequence)])]));
  }
  return hash('ZcashSigHash', [
    u32(V4.header), u32(V4.group),
    hash('ZcashPrevoutHash', outpoints(tx)), hash('ZcashSequencHash', sequences(tx)), hash('ZcashOutputsHash', outputs(tx)),
    NOTHING, NOTHING, NOTHING,
    u32(tx.locktime), u32(tx.expiry), amount(0n), u32(SIGHASH_ALL),
    input.outpoint, vector(coin.script), amount(coin.amount), u32(input.sequence)], branch);
}
