// Zcash's front of the devnet, deploy/devnet/zcash: its formats, digests and fees by the vectors of others,
// and that a restart keeps its chain. What it refuses: tests/integration/zcash.test.mjs, as for Zebra.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { addressOf, scriptOf } from '../../deploy/devnet/zcash/address.mjs';
import { partsOf, signatureHash, transactionId } from '../../deploy/devnet/zcash/digests.mjs';
import { display } from '../../deploy/devnet/zcash/hashes.mjs';
import { paidActions } from '../../deploy/devnet/zcash/rules.mjs';
import { maySpend } from '../../deploy/devnet/zcash/signature.mjs';
import { encode, parse } from '../../deploy/devnet/zcash/transaction.mjs';

const root = new URL('../..', import.meta.url).pathname;
const bytes = (hex) => Buffer.from(hex, 'hex');
const REGTEST = '029f11d80ef9765602235e1bc9727e3eb6ba20839319f761fee920d63401e327';
const MARGINAL_FEE = 5000;
const HASH_TYPES = {
  sighash_all: 1, sighash_none: 2, sighash_single: 3, sighash_all_anyone: 129, sighash_none_anyone: 130, sighash_single_anyone: 131,
};

function vectors(topic, op) {
  const { cases } = JSON.parse(readFileSync(join(root, `tests/vectors/${topic}.json`), 'utf8'));
  const found = cases.filter((one) => one.op === op && one.out);
  assert.ok(found.length > 0, `${op} has no vectors`);
  return found;
}

test('ids, parts and signature hashes of version 5 are those of ZIP-244', () => {
  for (const { id, in: given, out } of vectors('zcash_sighash', 'zcash.v5')) {
    const tx = parse(bytes(given.tx));
    const parts = partsOf(tx);
    assert.equal(display(transactionId(tx)), out.txid_display, id);
    for (const part of ['header', 'transparent', 'sapling', 'orchard']) assert.equal(parts[part].toString('hex'), out[`${part}_digest`], `${id} ${part}`);
    const coins = given.amounts.map((amount, index) => ({ amount: BigInt(amount), script: bytes(given.script_pubkeys[index]) }));
    assert.equal(signatureHash(tx, null, coins, tx.branch).toString('hex'), out.sighash_shielded, id);
    for (const [name, hashType] of Object.entries(HASH_TYPES)) {
      if (out[name]) assert.equal(signatureHash(tx, given.input_index, coins, tx.branch, hashType).toString('hex'), out[name], `${id} ${name}`);
    }
  }
});

test('signature hashes of version 4 are those of ZIP-243', () => {
  for (const { id, in: given, out } of vectors('zcash_sighash', 'zcash.sighash_v4')) {
    const coins = [{ amount: BigInt(given.amount), script: bytes(given.script_code) }];
    const made = signatureHash(parse(bytes(given.tx)), given.input_index, coins, Number.parseInt(given.branch_id, 16), given.hash_type);
    assert.equal(made.toString('hex'), out.sighash, id);
  }
});

test('signed transactions are read, written and believed, and with one bit turned they are not', () => {
  for (const { id, in: given, out } of vectors('zcash_tx', 'zcash.sign_tx')) {
    const tx = parse(bytes(out.raw));
    assert.equal(encode(tx).toString('hex'), out.raw, id);
    assert.equal(display(transactionId(tx)), out.txid, id);
    const coins = given.inputs.map(({ amount, script_pubkey: script }) => ({ amount: BigInt(amount), script: bytes(script) }));
    const branch = Number.parseInt(given.branch_id, 16);
    for (const [index, input] of tx.inputs.entries()) {
      assert.ok(maySpend(tx, index, coins, branch), id);
      assert.ok(!maySpend(tx, index, coins, branch ^ 1) || tx.format.version > 4, `${id}: another branch`);
      for (const at of [5, 20, 40, 60, input.script[0], input.script.length - 1]) {
        const { script } = input;
        input.script = Buffer.from(script);
        input.script[at] ^= 1;
        assert.ok(!maySpend(tx, index, coins, branch), `${id}: byte ${at} of input ${index}`);
        input.script = script;
      }
      const dearer = coins.with(index, { ...coins[index], amount: coins[index].amount + 1n });
      assert.ok(!maySpend(tx, index, dearer, branch), `${id}: another amount`);
    }
  }
  for (const { id, in: given, out } of vectors('zcash_tx', 'zcash.txid_v4')) assert.equal(display(transactionId(parse(bytes(given.tx)))), out.txid, id);
});

test('a coinbase of version 6 has the id that Zebra 7.0.0 gives it', () => {
  const tx = parse(bytes('0600008098b684d85b16a537000000002c010000010000000000000000000000000000000000000000000000000000000000000000ffffffff2a022c0126f09fa6933a20009afe7895d17fe6749bb84f544052c194de8248e8c2355e637691ea7acace61ffffffff01205fa012000000001976a914734363c9a1ee287f800699575f173aa36c8a8a5988ac00000000'));
  assert.equal(tx.format.version, 6);
  assert.equal(tx.expiry, 300);
  assert.equal(display(transactionId(tx)), '1f1966a940c8e23be583b24589db4fb670e65f4380e311aa628fcc74c0f22e80');
});

test('bytes that are no transaction are none', () => {
  const [{ out: { raw } }] = vectors('zcash_tx', 'zcash.sign_tx');
  for (const hex of ['', raw.slice(2), raw.slice(0, -2), `${raw}00`, raw.replace('85202f89', '85202f88')]) assert.throws(() => parse(bytes(hex)), hex);
  for (let end = 0; end < raw.length; end += 2) assert.throws(() => parse(bytes(raw.slice(0, end))));
});

test('actions are counted as by ZIP-317', () => {
  for (const { id, in: given, out } of vectors('zcash_fee', 'zcash.fee_zip317')) {
    const { tx_in_total_size: inputs, tx_out_total_size: outputs, ...shielded } = given;
    if (Object.keys(shielded).length === 0) assert.equal(paidActions(inputs, outputs) * MARGINAL_FEE, Number(out.fee), id);
  }
});

test('addresses are read and written', () => {
  for (const { id, in: given, out } of vectors('zcash_address', 'zcash.address')) {
    const ours = given.network !== 'main' && out.type !== 'tex';
    assert.equal(scriptOf(given.address)?.toString('hex'), ours ? out.script_pubkey : undefined, id);
    if (ours) assert.equal(addressOf(bytes(out.script_pubkey)), given.address, id);
  }
});

const folder = mkdtempSync(join(tmpdir(), 'zcash-'));
after(() => rmSync(folder, { recursive: true, force: true }));

// Runs the front while `work` does; work(ask) with ask(method, ...params), which answers {status, result, error}.
async function withFront(work) {
  const front = spawn(process.execPath, [
    join(root, 'deploy/devnet/zcash/main.mjs'), '--port', '0', '--miner', 'tmLDomZGbp9tTckt5EyTk33w6hsqfiDiYt5', '--journal', join(folder, 'journal'),
  ], { env: { ZCASH_RPC_USER: 'devnet', ZCASH_RPC_PASS: 'secret' }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(front, 'exit');
  let url;
  const call = async (login, method, ...params) => {
    const response = await fetch(url, {
      method: 'POST', headers: { authorization: `Basic ${btoa(login)}` }, body: JSON.stringify({ id: 1, method, params }) });
    return { status: response.status, ...(response.status === 200 ? await response.json() : {}) };
  };
  try {
    const [said] = await Promise.race([once(front.stdout, 'data'), ended.then(() => assert.fail('the front ended'))]);
    url = `http://127.0.0.1:${/port (\d+)/.exec(said)[1]}`;
    return await work((...asked) => call('devnet:secret', ...asked), call);
  } finally {
    front.kill('SIGTERM');
    await ended;
  }
}

test('a restart keeps the chain, and what was taken back stays away', async () => {
  const [tip, branch] = await withFront(async (ask) => {
    assert.equal((await ask('getblockhash', 0)).result, REGTEST);
    const { result: hashes } = await ask('generate', 5);
    await ask('invalidateblock', hashes[3]);
    const { result: [newest] } = await ask('generate', 1);
    return [newest, hashes.slice(0, 3)];
  });
  await withFront(async (ask) => {
    assert.equal((await ask('getbestblockhash')).result, tip);
    assert.equal((await ask('getblockcount')).result, 4);
    for (const [index, hash] of branch.entries()) assert.equal((await ask('getblockhash', index + 1)).result, hash);
    const balance = await ask('getaddressbalance', { addresses: ['tmLDomZGbp9tTckt5EyTk33w6hsqfiDiYt5'] });
    assert.ok(balance.result.balance > 0);
  });
});

test('nobody comes in without the password', async () => {
  await withFront(async (ask, call) => {
    assert.equal((await ask('getblockcount')).status, 200);
    for (const login of ['', 'devnet:', 'devnet:secrets', 'other:secret', ':secret']) assert.equal((await call(login, 'generate', 1)).status, 401, login);
  });
});
