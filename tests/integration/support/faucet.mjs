// One transaction that pays several addresses at once, from the devnet's faucet: signed by bitcoind
// itself, or for Zcash over the signature hash of tests/differential.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { encode, parse, signatureHash, transactionId } from '../../differential/zip244.mjs';
import { root } from './stack.mjs';

const require = createRequire(`${root}/tests/tools/`);
const base58check = require('bs58check').default;
const { secp256k1 } = require('@noble/curves/secp256k1.js');

// Whose hash is the key; libs/utxo_host has it too.
const KEY = createHash('sha256').update('platform devnet faucet').digest();
const MATURE = 100;
const FEE = 50_000;

const payToKeyHash = (hash) => Buffer.concat([Buffer.from('76a914', 'hex'), hash, Buffer.from('88ac', 'hex')]);
// Zcash's transparent addresses have a prefix of two bytes.
const scriptOf = (address) => payToKeyHash(Buffer.from(base58check.decode(address).subarray(2)));
const vector = (bytes) => Buffer.concat([Buffer.from([bytes.length]), bytes]);

async function bitcoinCoin(node, units) {
  const tip = await node.tip();
  const { unspents } = await node.rpc('scantxoutset', 'start', [`addr(${node.faucet})`]);
  for (const { txid, vout, amount, height } of unspents) {
    const big = Math.round(amount * 1e8) >= units;
    // Null where something that waits spends it.
    if (big && height <= tip - MATURE && await node.rpc('gettxout', txid, vout, true)) return { txid, vout, units: Math.round(amount * 1e8) };
  }
  throw new Error('the faucet has no such coin');
}

async function bitcoin(node, outputs) {
  const total = outputs.reduce((sum, { units }) => sum + units, FEE);
  const coin = await bitcoinCoin(node, total);
  const raw = await node.rpc('createrawtransaction', [{ txid: coin.txid, vout: coin.vout }],
    [...outputs, { address: node.faucet, units: coin.units - total }]
      .map(({ address, units }) => ({ [address]: (units / 1e8).toFixed(8) })));
  const key = base58check.encode(Buffer.concat([Buffer.from([0xef]), KEY, Buffer.from([1])]));
  const { hex, complete } = await node.rpc('signrawtransactionwithkey', raw, [key]);
  if (!complete) throw new Error('the faucet\'s coin could not be signed for');
  return { hex, txid: (await node.rpc('decoderawtransaction', hex)).txid };
}

async function zcash(node, outputs) {
  const tip = await node.tip();
  const total = outputs.reduce((sum, { units }) => sum + units, FEE);
  const coins = await node.rpc('getaddressutxos', { addresses: [node.faucet] });
  const coin = coins.find((one) => one.satoshis >= total && one.height <= tip - MATURE);
  if (!coin) throw new Error('the faucet has no such coin');
  const { consensus } = await node.rpc('getblockchaininfo');
  const outpoint = Buffer.concat([Buffer.from(coin.txid, 'hex').reverse(), Buffer.alloc(4)]);
  outpoint.writeUInt32LE(coin.outputIndex, 32);
  const tx = parse(encode({
    branch: Number.parseInt(consensus.nextblock, 16),
    locktime: 0,
    expiry: 0,
    inputs: [{ outpoint, script: Buffer.alloc(0), sequence: 0xffffffff }],
    outputs: [...outputs, { address: node.faucet, units: coin.satoshis - total }]
      .map(({ address, units }) => ({ amount: BigInt(units), script: scriptOf(address) })),
  }));
  const spent = [{ amount: BigInt(coin.satoshis), script: Buffer.from(coin.script, 'hex') }];
  const digest = signatureHash(tx, 0, spent, tx.branch);
  const signature = Buffer.concat([secp256k1.sign(digest, KEY, { prehash: false, format: 'der', lowS: true }), Buffer.from([1])]);
  tx.inputs[0].script = Buffer.concat([vector(signature), vector(Buffer.from(secp256k1.getPublicKey(KEY, true)))]);
  return { hex: encode(tx).toString('hex'), txid: Buffer.from(transactionId(tx)).reverse().toString('hex') };
}

// outputs: [{address, units}], each address once. Answers {hex, txid}; the node has it.
export async function payTogether(node, outputs) {
  const made = await (node.chain === 'bitcoin' ? bitcoin : zcash)(node, outputs);
  await node.rpc('sendrawtransaction', made.hex);
  return made;
}
