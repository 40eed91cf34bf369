// Blocks on the wire: protocol specification, section 7.6. There is no proof of work on the local network,
// and the front has no trees of notes to commit to.
import { display, doubleSha256 } from './hashes.mjs';
import { read } from './transaction.mjs';
import { transactionId } from './digests.mjs';
import { Reader, compactSize, u32, vector } from './wire.mjs';

const VERSION = 4;
const BITS = 0x200f0f0f;
const HASH = 32;
const HEADER_BEFORE_TIME = 4 + 3 * HASH;
const NO_SOLUTION = Buffer.alloc(36);

const fromDisplay = (hash) => Buffer.from(hash, 'hex').reverse();

// A transaction with its id as it is shown.
export const named = (tx) => ({ id: display(transactionId(tx)), tx });

function merkleRoot(ids) {
  let row = ids.map(fromDisplay);
  while (row.length > 1) {
    const above = [];
    for (let at = 0; at < row.length; at += 2) above.push(doubleSha256(Buffer.concat([row[at], row[at + 1] ?? row[at]])));
    row = above;
  }
  return row[0];
}

// transactions: named ones, coinbase first. nonce: 32 bytes, so that no two blocks are the same.
export function encodeBlock({ parent, time, nonce, transactions }) {
  return Buffer.concat([
    u32(VERSION), fromDisplay(parent), merkleRoot(transactions.map(({ id }) => id)), Buffer.alloc(HASH),
    u32(time), u32(BITS), nonce, vector(NO_SOLUTION),
    compactSize(transactions.length), ...transactions.map(({ tx }) => tx.bytes)]);
}

// {hash, parent, merkleRoot, time}
function readHeader(reader) {
  const from = reader.at;
  const start = reader.take(HEADER_BEFORE_TIME);
  const time = reader.u32();
  reader.take(4 + HASH); // bits, nonce
  reader.vector();
  const hashAt = (at) => display(start.subarray(at, at + HASH));
  return { hash: display(doubleSha256(reader.bytes.subarray(from, reader.at))), parent: hashAt(4), merkleRoot: hashAt(4 + HASH), time };
}

// A header with its bytes and named transactions.
export function parseBlock(bytes) {
  const reader = new Reader(bytes);
  return { ...readHeader(reader), bytes, transactions: reader.list((from) => named(read(from))) };
}

// Block 0 of every regtest. Its coinbase, of version 1, is not read: nobody can spend it.
const FIRST = Buffer.from(
  '04000000000000000000000000000000000000000000000000000000000000000000'
  + '0000db4d7a85b768123f1dff1d4c4cece70083b2d27e117b4ac2e31d087988a5eac40000000000000000000000000000000000000000000000000000000000000000'
  + 'dae5494d0f0f0f2009000000000000000000000000000000000000000000000000000000000000002401936b7db1eb4ac39f151b8704642d0a8bda13ec547d54cd5e'
  + '43ba142fc6d8877cab07b30101000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff071f0104455a636173'
  + '6830623963346565663862376363343137656535303031653335303039383462366665613335363833613763616331343161303433633432303634383335643334ff'
  + 'ffffff010000000000000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384d'
  + 'f7ba0b8d578a4c702b6bf11d5fac00000000', 'hex');
export const GENESIS = { ...readHeader(new Reader(FIRST)), bytes: FIRST, transactions: [] };
