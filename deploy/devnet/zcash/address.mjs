// Transparent addresses of the test networks and their scripts: tm (a key's hash), t2 (a script's hash).
import bs58 from 'bs58';
import { doubleSha256 } from './hashes.mjs';

const bytes = (hex) => Buffer.from(hex, 'hex');

const KINDS = [
  { prefix: bytes('1d25'), before: bytes('76a914'), after: bytes('88ac') },
  { prefix: bytes('1cba'), before: bytes('a914'), after: bytes('87') },
];
const HASH = 20;
const CHECKSUM = 4;

export const payToKeyHash = (hash) => Buffer.concat([KINDS[0].before, hash, KINDS[0].after]);

// The hash that a script of this kind pays; null for another script.
function hashIn(script, { before, after }) {
  const hash = script.subarray(before.length, before.length + HASH);
  return Buffer.concat([before, hash, after]).equals(script) ? hash : null;
}

export const keyHashOf = (script) => hashIn(script, KINDS[0]);

// Null where the text is no such address.
export function scriptOf(address) {
  let decoded;
  try {
    decoded = Buffer.from(bs58.decode(address));
  } catch {
    return null;
  }
  const body = decoded.subarray(0, -CHECKSUM);
  const kind = KINDS.find(({ prefix }) => prefix.equals(body.subarray(0, prefix.length)));
  if (!kind || body.length !== kind.prefix.length + HASH) return null;
  if (!doubleSha256(body).subarray(0, CHECKSUM).equals(decoded.subarray(-CHECKSUM))) return null;
  return Buffer.concat([kind.before, body.subarray(kind.prefix.length), kind.after]);
}

// Null for a script that has none.
export function addressOf(script) {
  for (const kind of KINDS) {
    const hash = hashIn(script, kind);
    if (hash) {
      const body = Buffer.concat([kind.prefix, hash]);
      return bs58.encode(Buffer.concat([body, doubleSha256(body).subarray(0, CHECKSUM)]));
    }
  }
  return null;
}
