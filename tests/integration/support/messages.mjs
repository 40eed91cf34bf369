// The independent judge of signed messages: noble, ethers and bitcoinjs, none of our code.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { root } from './stack.mjs';

const require = createRequire(`${root}/tests/tools/`);
const { secp256k1 } = require('@noble/curves/secp256k1.js');
const { ed25519 } = require('@noble/curves/ed25519.js');
const { ripemd160 } = require('@noble/hashes/legacy.js');
export const bitcoin = require('bitcoinjs-lib');
const bs58check = require('bs58check').default ?? require('bs58check');
const bs58 = require('bs58').default ?? require('bs58');

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const doubleSha256 = (...parts) => sha256(sha256(...parts));
const compactSize = (n) => (n < 253 ? Buffer.from([n]) : Buffer.from([253, n & 255, n >> 8]));
const block = (bytes) => Buffer.concat([compactSize(bytes.length), bytes]);

// The key hash (in hex) that a signature with a header byte names.
export function signerOfHeader(prefix, message, signature) {
  const bytes = Buffer.from(signature, 'base64');
  const digest = doubleSha256(block(Buffer.from(prefix)), block(Buffer.from(message)));
  const recovery = (bytes[0] - 27) % 4;
  const key = secp256k1.Signature.fromBytes(bytes.subarray(1), 'compact').addRecoveryBit(recovery).recoverPublicKey(digest);
  return Buffer.from(ripemd160(sha256(key.toBytes(true)))).toString('hex');
}

// The key hash of a transparent address of Zcash: two bytes of version before it.
export const zcashKeyHash = (address) => Buffer.from(bs58check.decode(address)).subarray(2).toString('hex');

// BIP-322, simple, for P2WPKH.
export function verifiesBip322(address, message, signature) {
  const network = bitcoin.networks.regtest;
  const script = bitcoin.address.toOutputScript(address, network);
  const tag = sha256(Buffer.from('BIP0322-signed-message'));
  const toSpend = new bitcoin.Transaction();
  toSpend.version = 0;
  toSpend.addInput(new Uint8Array(32), 0xffffffff, 0, Buffer.concat([Buffer.from([0, 32]), sha256(tag, tag, Buffer.from(message))]));
  toSpend.addOutput(script, 0n);
  const toSign = new bitcoin.Transaction();
  toSign.version = 0;
  toSign.addInput(toSpend.getHash(), 0, 0);
  toSign.addOutput(new Uint8Array([0x6a]), 0n);
  const witness = Buffer.from(signature, 'base64');
  const [der, key] = [witness.subarray(2, 1 + witness[1]), witness.subarray(2 + witness[1] + 1)];
  const hash = Buffer.from(ripemd160(sha256(key)));
  if (!hash.equals(Buffer.from(script.subarray(2)))) return false;
  const code = bitcoin.payments.p2pkh({ hash, network }).output;
  const digest = toSign.hashForWitnessV0(0, code, 0n, bitcoin.Transaction.SIGHASH_ALL);
  return secp256k1.verify(secp256k1.Signature.fromBytes(der, 'der').toBytes('compact'), digest, key, { prehash: false });
}

// docs.anza.xyz/proposals/off-chain-message-signing, version 0, no application, one signer.
export function verifiesOffchain(address, message, signature) {
  const text = Buffer.from(message);
  const key = Buffer.from(bs58.decode(address));
  const ascii = /^[\x20-\x7e]*$/.test(message);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length);
  const signed = Buffer.concat([
    Buffer.from([0xff]), Buffer.from('solana offchain'), Buffer.from([0]), Buffer.alloc(32),
    Buffer.from([ascii ? 0 : 1, 1]), key, length, text,
  ]);
  return ed25519.verify(bs58.decode(signature), signed, key);
}
