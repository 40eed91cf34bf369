// What identifies a transaction and what its signatures sign: ZIP-243 for version 4, ZIP-244 for
// version 5, and much the same for a transparent version 6 (ZIP-229; the personalisations are Zebra's).
import { digestsV4, orchardDigest, saplingDigest } from './shielded.mjs';
import { doubleSha256, hash } from './hashes.mjs';
import { encodeOutput, isCoinbase } from './transaction.mjs';
import { i64, u8, u32, vector } from './wire.mjs';

export const SIGHASH_ALL = 1;
export const SIGHASH_NONE = 2;
export const SIGHASH_SINGLE = 3;
export const ANYONE_CAN_PAY = 0x80;

const NOTHING = Buffer.alloc(32);
const NO_BUNDLES_V6 = { orchard: hash('ZTxIdOrchardH_v6'), ironwood: hash('ZTxIdIronwd_H_v6') };

const outpoints = (tx) => tx.inputs.map((input) => input.outpoint);
const sequences = (tx) => tx.inputs.map((input) => u32(input.sequence));

// Those that a signature of this type over this input has.
function signedOutputs(tx, index, hashType) {
  const base = hashType & 0x1f;
  if (base === SIGHASH_NONE) return [];
  return (base === SIGHASH_SINGLE ? tx.outputs.slice(index, index + 1) : tx.outputs).map(encodeOutput);
}

const headerDigest = ({ format, branch, locktime, expiry }) =>
  hash('ZTxIdHeadersHash', [format.header, format.group, branch, locktime, expiry].map(u32));

function transparentDigest(tx) {
  if (tx.inputs.length + tx.outputs.length === 0) return hash('ZTxIdTranspaHash');
  return hash('ZTxIdTranspaHash', [
    hash('ZTxIdPrevoutHash', outpoints(tx)), hash('ZTxIdSequencHash', sequences(tx)), hash('ZTxIdOutputsHash', tx.outputs.map(encodeOutput))]);
}

// ZIP-244, T.1 to T.4 by name, with the transparent part of an id or of a signature.
export function partsOf(tx, transparent = transparentDigest(tx)) {
  return {
    header: headerDigest(tx),
    transparent,
    sapling: saplingDigest(tx.shielded.sapling),
    ...(tx.format.version > 5 ? NO_BUNDLES_V6 : { orchard: orchardDigest(tx.shielded.orchard) }),
  };
}

const combined = (tx, parts) => hash('ZcashTxHash_', Object.values(parts), tx.branch);

// In hash order.
export function transactionId(tx) {
  return tx.format.version === 4 ? doubleSha256(tx.bytes) : combined(tx, partsOf(tx));
}

// ZIP-244, S.2; S.2g without an input.
function signedTransparent(tx, index, coins, hashType) {
  const alone = (hashType & ANYONE_CAN_PAY) !== 0;
  const every = (personal, list) => hash(personal, alone ? [] : list);
  const coin = coins[index];
  return hash('ZTxIdTranspaHash', [
    u8(hashType),
    every('ZTxIdPrevoutHash', outpoints(tx)),
    every('ZTxTrAmountsHash', coins.map(({ amount }) => i64(amount))),
    every('ZTxTrScriptsHash', coins.map(({ script }) => vector(script))),
    every('ZTxIdSequencHash', sequences(tx)),
    hash('ZTxIdOutputsHash', signedOutputs(tx, index, hashType)),
    hash('Zcash___TxInHash', index === null ? [] : [
      tx.inputs[index].outpoint, i64(coin.amount), vector(coin.script), u32(tx.inputs[index].sequence)])]);
}

function signatureHashV4(tx, index, coins, branch, hashType) {
  const alone = (hashType & ANYONE_CAN_PAY) !== 0;
  const base = hashType & 0x1f;
  const all = base !== SIGHASH_NONE && base !== SIGHASH_SINGLE;
  const outputs = signedOutputs(tx, index, hashType);
  const input = tx.inputs[index];
  return hash('ZcashSigHash', [
    u32(tx.format.header), u32(tx.format.group),
    alone ? NOTHING : hash('ZcashPrevoutHash', outpoints(tx)),
    alone || !all ? NOTHING : hash('ZcashSequencHash', sequences(tx)),
    all || outputs.length > 0 ? hash('ZcashOutputsHash', outputs) : NOTHING,
    ...digestsV4(tx.shielded),
    u32(tx.locktime), u32(tx.expiry), i64(tx.shielded.balance), u32(hashType),
    ...(index === null ? [] : [input.outpoint, vector(coins[index].script), i64(coins[index].amount), u32(input.sequence)])], branch);
}

// What a signature of one input signs, or with null for the input one of the shielded parts.
// coins: {amount, script} of every input. branch: of the block that it is for; version 4 does not say it.
export function signatureHash(tx, index, coins, branch, hashType = SIGHASH_ALL) {
  if (tx.format.version === 4) return signatureHashV4(tx, index, coins, branch, hashType);
  if (tx.inputs.length === 0 || isCoinbase(tx)) return transactionId(tx);
  return combined(tx, partsOf(tx, signedTransparent(tx, index, coins, hashType)));
}
