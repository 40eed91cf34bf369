// The hashes of Zcash, of @noble.
import { blake2b } from '@noble/hashes/blake2.js';
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { u32 } from './wire.mjs';

// BLAKE2b-256 with a personalisation of 16 bytes; a branch id fills the last four.
export function hash(personal, parts = [], branch = undefined) {
  const personalization = branch === undefined ? Buffer.from(personal) : Buffer.concat([Buffer.from(personal), u32(branch)]);
  if (personalization.length !== 16) throw new Error(`personalisation ${personal}`);
  return Buffer.from(blake2b(Buffer.concat(parts), { dkLen: 32, personalization }));
}

export const doubleSha256 = (bytes) => Buffer.from(sha256(sha256(bytes)));

export const keyHash = (publicKey) => Buffer.from(ripemd160(sha256(publicKey)));

// Ids are shown with their bytes turned round.
export const display = (bytes) => Buffer.from(bytes).reverse().toString('hex');
