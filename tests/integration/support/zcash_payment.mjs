// Payments from the faucet's coins on Zcash, signed here: by the formats and digests of the devnet's front.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { payToKeyHash, scriptOf } from '../../../deploy/devnet/zcash/address.mjs';
import { SIGHASH_ALL, signatureHash, transactionId } from '../../../deploy/devnet/zcash/digests.mjs';
import { display, keyHash } from '../../../deploy/devnet/zcash/hashes.mjs';
import { encode, parse } from '../../../deploy/devnet/zcash/transaction.mjs';
import { u32, vector } from '../../../deploy/devnet/zcash/wire.mjs';
import { root } from './stack.mjs';

const { secp256k1 } = createRequire(`${root}/tests/tools/`)('@noble/curves/secp256k1.js');

// Whose hash is the key; libs/utxo_host has it too.
export const FAUCET_KEY = createHash('sha256').update('platform devnet faucet').digest();
const PUBLIC_KEY = Buffer.from(secp256k1.getPublicKey(FAUCET_KEY, true));
const SCRIPT = payToKeyHash(keyHash(PUBLIC_KEY));
export const MATURE = 100;

export const output = (address, units) => ({ amount: BigInt(units), script: scriptOf(address) });
export const toFaucet = (units) => ({ amount: BigInt(units), script: SCRIPT });

// The faucet's coins, oldest first: {txid, outputIndex, satoshis, height}.
export async function faucetCoins(node) {
  const coins = await node.rpc('getaddressutxos', { addresses: [node.faucet] });
  return coins.sort((a, b) => a.height - b.height);
}

export const nextBranch = async (node) => Number.parseInt((await node.rpc('getblockchaininfo')).consensus.nextblock, 16);

// A transaction of {coins, outputs, branch, expiry, format (of transaction.mjs), hashType}, each input signed: {hex, txid, tx}.
export function signed({ coins, outputs, branch, expiry = 0, format, hashType = SIGHASH_ALL }) {
  const inputs = coins.map(({ txid, outputIndex }) => ({
    outpoint: Buffer.concat([Buffer.from(txid, 'hex').reverse(), u32(outputIndex)]), script: Buffer.alloc(0), sequence: 0xffffffff }));
  const tx = parse(encode({ format, branch, locktime: 0, expiry, inputs, outputs }));
  const spent = coins.map(({ satoshis }) => toFaucet(satoshis));
  tx.inputs.forEach((input, index) => {
    const digest = signatureHash(tx, index, spent, branch, hashType);
    const signature = secp256k1.sign(digest, FAUCET_KEY, { prehash: false, format: 'der', lowS: true });
    input.script = Buffer.concat([vector(Buffer.concat([signature, Buffer.from([hashType])])), vector(PUBLIC_KEY)]);
  });
  const made = parse(encode({ ...tx, branch }));
  return { hex: made.bytes.toString('hex'), txid: display(transactionId(made)), tx: made };
}
