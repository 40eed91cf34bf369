// Signed transactions of every type that we sign, against ethers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, require } from './support.mjs';

const { ethers } = require('ethers');

const address = (random) => ethers.getAddress(`0x${random.hex(20)}`);

function randomTransaction(random) {
  const type = random.pick(['legacy', 'eip2930', 'eip1559']);
  const tx = {
    type,
    chain_id: `${random.pick([1n, 56n, 97n, 137n, 31337n, random.integer(40) + 1n])}`,
    nonce: `${random.integer(53)}`,
    gas_limit: `${random.integer(40)}`,
    to: random.below(10) === 0 ? null : address(random),
    value: `${random.integer(256)}`,
    data: `0x${random.hex(random.pick([0, 0, 1, 4, 36, 68, 200]))}`,
  };
  if (type === 'legacy' && random.below(8) === 0) tx.chain_id = null;
  if (type === 'eip1559') {
    tx.max_fee_per_gas = `${random.integer(90)}`;
    tx.max_priority_fee_per_gas = `${BigInt(tx.max_fee_per_gas) / BigInt(1 + random.below(5))}`;
  } else {
    tx.gas_price = `${random.integer(90)}`;
  }
  if (type !== 'legacy') {
    tx.access_list = random.list(2, () => ({
      address: address(random),
      storage_keys: random.list(3, () => `0x${random.hex(32)}`),
    }));
  }
  return tx;
}

// The same with ethers' names.
function inEthers(tx) {
  const theirs = { type: { legacy: 0, eip2930: 1, eip1559: 2 }[tx.type], nonce: Number(tx.nonce) };
  if (tx.chain_id !== null) theirs.chainId = BigInt(tx.chain_id);
  Object.assign(theirs, { gasLimit: tx.gas_limit, to: tx.to, value: tx.value, data: tx.data });
  if (tx.gas_price) theirs.gasPrice = tx.gas_price;
  if (tx.max_fee_per_gas) Object.assign(theirs, { maxFeePerGas: tx.max_fee_per_gas, maxPriorityFeePerGas: tx.max_priority_fee_per_gas });
  if (tx.access_list) theirs.accessList = tx.access_list.map((entry) => ({ address: entry.address, storageKeys: entry.storage_keys }));
  return ethers.Transaction.from(theirs);
}

test('signed transactions equal those of ethers', async () => {
  await compare(async (random, oracle) => {
    const key = `0x${random.privateKey().toString('hex')}`;
    const tx = randomTransaction(random);
    const theirs = inEthers(tx);
    theirs.signature = new ethers.SigningKey(key).sign(theirs.unsignedHash);
    const ours = await oracle.ask('eth.sign_tx', { private_key: key, tx });
    const shown = JSON.stringify({ key, tx });
    assert.equal(ours.raw, theirs.serialized, shown);
    assert.equal(ours.unsigned, theirs.unsignedSerialized, shown);
    assert.equal(ours.hash, theirs.hash, shown);
    assert.equal(ethers.getAddress(ours.from), ethers.computeAddress(key), shown);
    const read = await oracle.ask('eth.decode_tx', { raw: theirs.serialized });
    assert.equal(read.hash, theirs.hash, shown);
    assert.equal(ethers.getAddress(read.from), theirs.from, shown);
    assert.equal(`${read.value}`, tx.value, shown);
  });
});
