// Signed transactions that spend and pay every output type of ours, against bitcoinjs-lib.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, require } from './support.mjs';

const bitcoin = require('bitcoinjs-lib');
const ecc = require('@bitcoinerlab/secp256k1');

bitcoin.initEccLib(ecc);
const { crypto, payments, script, Transaction } = bitcoin;
const ALL = Transaction.SIGHASH_ALL;
const DEFAULT = Transaction.SIGHASH_DEFAULT;
const hex = (bytes) => Buffer.from(bytes).toString('hex');

function payTo(type, pubkey) {
  if (type === 'p2tr') return payments.p2tr({ internalPubkey: pubkey.subarray(1) });
  return payments[type]({ pubkey });
}

function randomInput(random) {
  const key = random.privateKey();
  const pubkey = ecc.pointFromScalar(key, true);
  const type = random.pick(['p2pkh', 'p2wpkh', 'p2tr']);
  return {
    type, key, pubkey,
    txid: random.hex(32),
    vout: random.below(8),
    sequence: random.pick([0xffffffff, 0xfffffffd, 0xfffffffe, 0]),
    amount: 1000n + random.integer(50),
    output: payTo(type, pubkey).output,
  };
}

function randomOutput(random) {
  const pubkey = ecc.pointFromScalar(random.privateKey(), true);
  const scripts = {
    p2pkh: () => payTo('p2pkh', pubkey).output,
    p2sh: () => payments.p2sh({ redeem: payTo('p2wpkh', pubkey) }).output,
    p2wpkh: () => payTo('p2wpkh', pubkey).output,
    p2wsh: () => payments.p2wsh({ redeem: payTo('p2pkh', pubkey) }).output,
    p2tr: () => payTo('p2tr', pubkey).output,
  };
  return { amount: 330n + random.integer(48), output: scripts[random.pick(Object.keys(scripts))]() };
}

// BIP-341: the internal key, made even, plus the tweak.
function taprootKey(key, pubkey) {
  const even = pubkey[0] === 2 ? key : ecc.privateNegate(key);
  return ecc.privateAdd(even, crypto.taggedHash('TapTweak', pubkey.subarray(1)));
}

function signInput(tx, index, inputs) {
  const { type, key, pubkey, output, amount } = inputs[index];
  if (type === 'p2tr') {
    const hash = tx.hashForWitnessV1(index, inputs.map((input) => input.output), inputs.map((input) => input.amount), DEFAULT);
    tx.setWitness(index, [ecc.signSchnorr(hash, taprootKey(key, pubkey), Buffer.alloc(32))]);
    return;
  }
  const hash = type === 'p2wpkh'
    ? tx.hashForWitnessV0(index, payments.p2pkh({ pubkey }).output, amount, ALL)
    : tx.hashForSignature(index, output, ALL);
  const signature = script.signature.encode(ecc.sign(hash, key), ALL);
  if (type === 'p2wpkh') tx.setWitness(index, [signature, pubkey]);
  else tx.setInputScript(index, script.compile([signature, pubkey]));
}

test('signed transactions equal those of bitcoinjs-lib', async () => {
  await compare(async (random, oracle) => {
    const inputs = random.list(5, () => randomInput(random), 1);
    const outputs = random.list(4, () => randomOutput(random), 1);
    const tx = new Transaction();
    tx.version = random.pick([1, 2]);
    tx.locktime = random.pick([0, 0, random.below(900_000)]);
    for (const input of inputs) tx.addInput(Buffer.from(input.txid, 'hex').reverse(), input.vout, input.sequence);
    for (const output of outputs) tx.addOutput(output.output, output.amount);
    for (const index of inputs.keys()) signInput(tx, index, inputs);

    const asked = {
      version: tx.version,
      locktime: tx.locktime,
      inputs: inputs.map(({ txid, vout, sequence, amount, output, key }) => ({
        txid, vout, sequence, amount: `${amount}`, script_pubkey: hex(output), private_key: hex(key) })),
      outputs: outputs.map(({ amount, output }) => ({ amount: `${amount}`, script_pubkey: hex(output) })),
    };
    const ours = await oracle.ask('btc.sign_tx', asked);
    const shown = JSON.stringify(asked);
    assert.equal(ours.raw, tx.toHex(), shown);
    assert.equal(ours.txid, tx.getId(), shown);
    assert.equal(ours.wtxid, hex(tx.getHash(true).reverse()), shown);
    assert.equal(ours.weight, tx.weight(), shown);
    assert.equal(ours.vsize, tx.virtualSize(), shown);
  });
});
