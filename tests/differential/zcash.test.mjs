// Signed transparent transactions of version 4 and 5, against the parser and the digests of the devnet's front.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signatureHash, transactionId } from '../../deploy/devnet/zcash/digests.mjs';
import { display } from '../../deploy/devnet/zcash/hashes.mjs';
import { parse } from '../../deploy/devnet/zcash/transaction.mjs';
import { compare, require } from './support.mjs';

const { secp256k1 } = require('@noble/curves/secp256k1.js');
const { sha256 } = require('@noble/hashes/sha2.js');
const { ripemd160 } = require('@noble/hashes/legacy.js');

const BRANCHES = { 4: ['76b809bb', '2bb40e60', 'f5b9230b', 'e9ff75a6'], 5: ['c2d6d0b4', 'c8e71055', '4dec4df0', '5437f330'] };

const payToKeyHash = (hash) => Buffer.concat([Buffer.from('76a914', 'hex'), hash, Buffer.from('88ac', 'hex')]);
const payToScriptHash = (hash) => Buffer.concat([Buffer.from('a914', 'hex'), hash, Buffer.from('87', 'hex')]);

function randomInput(random) {
  const key = random.privateKey();
  const publicKey = secp256k1.getPublicKey(key, true);
  return {
    txid: random.hex(32),
    vout: random.below(300),
    sequence: random.pick([0xffffffff, 0xfffffffe, 0]),
    amount: 1000n + random.integer(50),
    script: payToKeyHash(Buffer.from(ripemd160(sha256(publicKey)))),
    key,
    publicKey,
  };
}

// The two pushes of a P2PKH input: signature with its type byte, public key.
function readScript(script) {
  const length = script[0];
  const signature = script.subarray(1, 1 + length);
  assert.equal(signature.at(-1), 1, 'SIGHASH_ALL');
  return { signature: signature.subarray(0, -1), publicKey: script.subarray(2 + length) };
}

test('ids and signatures hold before an independent reader', async () => {
  await compare(async (random, oracle) => {
    const version = random.pick([4, 5]);
    const branch = random.pick(BRANCHES[version]);
    const inputs = random.list(5, () => randomInput(random), 1);
    const outputs = random.list(4, () => ({
      amount: 1000n + random.integer(48),
      script: random.pick([payToKeyHash, payToScriptHash])(random.bytes(20)),
    }), 1);
    const asked = {
      version,
      branch_id: branch,
      locktime: random.pick([0, random.below(4_000_000)]),
      expiry_height: random.pick([0, random.below(4_000_000)]),
      inputs: inputs.map(({ txid, vout, sequence, amount, script, key }) => ({
        txid, vout, sequence, amount: `${amount}`, script_pubkey: script.toString('hex'), private_key: key.toString('hex') })),
      outputs: outputs.map(({ amount, script }) => ({ amount: `${amount}`, script_pubkey: script.toString('hex') })),
    };
    const shown = JSON.stringify(asked);
    const ours = await oracle.ask('zcash.sign_tx', asked);
    const tx = parse(Buffer.from(ours.raw, 'hex'));
    assert.equal(tx.format.version, version, shown);
    assert.equal(tx.locktime, asked.locktime, shown);
    assert.equal(tx.expiry, asked.expiry_height, shown);
    if (version === 5) assert.equal(tx.branch, Number.parseInt(branch, 16), shown);
    assert.equal(display(transactionId(tx)), ours.txid, shown);
    assert.deepEqual(tx.outputs, outputs, shown);
    for (const [index, input] of inputs.entries()) {
      const { signature, publicKey } = readScript(tx.inputs[index].script);
      assert.deepEqual(Buffer.from(publicKey), Buffer.from(input.publicKey), shown);
      assert.equal(display(tx.inputs[index].outpoint.subarray(0, 32)), input.txid, shown);
      assert.equal(tx.inputs[index].outpoint.readUInt32LE(32), input.vout, shown);
      assert.equal(tx.inputs[index].sequence, input.sequence, shown);
      const digest = signatureHash(tx, index, inputs, Number.parseInt(branch, 16));
      const strict = { prehash: false, format: 'der', lowS: true };
      assert.ok(secp256k1.verify(signature, digest, publicKey, strict), shown);
      const other = Buffer.from(digest);
      other[random.below(32)] ^= 1 << random.below(8);
      assert.ok(!secp256k1.verify(signature, other, publicKey, strict), shown);
    }
  });
});
