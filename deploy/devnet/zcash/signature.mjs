// Whether an input may spend the coin of a key's hash (P2PKH), the one kind that the front lets spend.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keyHashOf } from './address.mjs';
import { ANYONE_CAN_PAY, SIGHASH_ALL, SIGHASH_SINGLE, signatureHash } from './digests.mjs';
import { keyHash } from './hashes.mjs';
import { Reader } from './wire.mjs';

const PUSH_MAX = 75;

// The two pushes of its script; null where it has another form.
function pushes(script) {
  const reader = new Reader(script);
  try {
    const both = [0, 1].map(() => {
      const length = reader.u8();
      if (length > PUSH_MAX) throw new Error('no plain push');
      return reader.take(length);
    });
    return reader.rest === 0 ? both : null;
  } catch {
    return null;
  }
}

// ZIP-244, S.1a: version 5 knows six hash types, and SINGLE alone with an output beside the input.
function hasMeaning(tx, index, hashType) {
  const base = hashType & ~ANYONE_CAN_PAY;
  if (tx.format.version === 4) return true;
  return base >= SIGHASH_ALL && base <= SIGHASH_SINGLE && (base < SIGHASH_SINGLE || index < tx.outputs.length);
}

// coins: {amount, script} of every input. branch: of the block that it is for.
export function maySpend(tx, index, coins, branch) {
  const hash = keyHashOf(coins[index].script);
  const found = hash && pushes(tx.inputs[index].script);
  if (!found || found[0].length === 0) return false;
  const [signed, publicKey] = found;
  const hashType = signed.at(-1);
  if (!keyHash(publicKey).equals(hash) || !hasMeaning(tx, index, hashType)) return false;
  try {
    const digest = signatureHash(tx, index, coins, branch, hashType);
    return secp256k1.verify(signed.subarray(0, -1), digest, publicKey, { prehash: false, format: 'der', lowS: true });
  } catch {
    return false; // no signature or no key
  }
}
