// Zcash transactions of version 4 (ZIP-243), 5 (ZIP-225) and, where they are transparent, 6 (ZIP-229):
// parser and encoder.
import { Reader, compactSize, i64, u32, vector } from './wire.mjs';
import { readOrchard, readSapling, readV4 } from './shielded.mjs';

// By version. The header has the bit that says overwintered.
export const FORMATS = {
  4: { version: 4, header: 0x80000004, group: 0x892f2085 },
  5: { version: 5, header: 0x80000005, group: 0x26a7270a },
  6: { version: 6, header: 0x80000006, group: 0xd884b698 },
};
const MONEY_MAX = 2_100_000_000_000_000n;
const NO_COIN = Buffer.concat([Buffer.alloc(32), Buffer.alloc(4, 0xff)]);

const readInput = (reader) => ({ outpoint: reader.take(36), script: reader.vector(), sequence: reader.u32() });
function readOutput(reader) {
  const amount = reader.i64();
  if (amount < 0n || amount > MONEY_MAX) throw new Error('value out of range');
  return { amount, script: reader.vector() };
}

// {format, bytes, branch (not in version 4), locktime, expiry, inputs: {outpoint, script, sequence},
// outputs: {amount, script}, shielded}. Throws where the bytes are no such transaction.
export function read(reader) {
  const from = reader.at;
  const header = reader.u32();
  const format = Object.values(FORMATS).find((one) => one.header === header);
  if (!format || reader.u32() !== format.group) throw new Error('the version is not 4 to 6, or its group is another');
  const tx = { format };
  const rules = () => Object.assign(tx, { locktime: reader.u32(), expiry: reader.u32() });
  if (format.version > 4) {
    tx.branch = reader.u32();
    rules();
  }
  tx.inputs = reader.list(readInput);
  tx.outputs = reader.list(readOutput);
  if (format.version === 4) {
    rules();
    tx.shielded = readV4(reader);
  } else {
    tx.shielded = { sapling: readSapling(reader), orchard: readOrchard(reader) };
    // Its bundles are hashed in another way, and there is one more: Ironwood.
    if (format.version > 5 && (reader.count() > 0 || hasShielded(tx))) throw new Error('shielded parts of version 6 are not read');
  }
  tx.bytes = reader.bytes.subarray(from, reader.at);
  return tx;
}

export function parse(bytes) {
  const reader = new Reader(bytes);
  const tx = read(reader);
  if (reader.rest > 0) throw new Error('bytes after the end');
  return tx;
}

export const encodeInput = ({ outpoint, script, sequence }) => Buffer.concat([outpoint, vector(script), u32(sequence)]);
export const encodeOutput = ({ amount, script }) => Buffer.concat([i64(amount), vector(script)]);

// A transparent transaction of {format (version 5 if none), branch, locktime, expiry, inputs, outputs}.
export function encode({ format = FORMATS[5], branch, locktime, expiry, inputs, outputs }) {
  const rules = [u32(locktime), u32(expiry)];
  const coins = [compactSize(inputs.length), ...inputs.map(encodeInput), compactSize(outputs.length), ...outputs.map(encodeOutput)];
  const start = [u32(format.header), u32(format.group)];
  // No shielded parts: version 4 has a balance and three counts, 5 three counts, 6 four.
  if (format.version === 4) return Buffer.concat([...start, ...coins, ...rules, Buffer.alloc(11)]);
  return Buffer.concat([...start, u32(branch), ...rules, ...coins, Buffer.alloc(format.version - 2)]);
}

export const isCoinbaseInput = ({ outpoint }) => outpoint.equals(NO_COIN);
export const isCoinbase = (tx) => tx.inputs.length === 1 && isCoinbaseInput(tx.inputs[0]);

// The input of a coinbase, whose script is free.
export const coinbaseInput = (script) => ({ outpoint: NO_COIN, script, sequence: 0xffffffff });

export function hasShielded({ format, shielded }) {
  const lists = format.version === 4
    ? [shielded.spends, shielded.outputs, shielded.joinsplits]
    : [shielded.sapling.spends, shielded.sapling.outputs, shielded.orchard.actions];
  return lists.some((list) => list.length > 0);
}
