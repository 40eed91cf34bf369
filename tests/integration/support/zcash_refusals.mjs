// What Zcash's node takes and what it refuses, asked directly, for zcash.test.mjs: Zebra and the devnet's
// front say the same, in words that libs/utxo/broadcast_text.cpp knows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANYONE_CAN_PAY, SIGHASH_ALL, SIGHASH_NONE, SIGHASH_SINGLE } from '../../../deploy/devnet/zcash/digests.mjs';
import { FORMATS } from '../../../deploy/devnet/zcash/transaction.mjs';
import { freshCoinAddress } from './coins.mjs';
import { MATURE, faucetCoins, nextBranch, output, signed, toFaucet } from './zcash_payment.mjs';

const FEE = 10_000;
// The least that it takes: of a payment of one or two inputs and outputs, and of an output.
const FEE_MIN = 2_000;
const OUTPUT_MIN = 54;
const OTHER_BRANCH = 0xc8e71055;

// One bit of a signature turned.
function spoilt({ tx, hex }) {
  const [{ script }] = tx.inputs;
  const bytes = Buffer.from(hex, 'hex');
  bytes[bytes.indexOf(script) + 20] ^= 1;
  return bytes.toString('hex');
}

// ground() answers {node} of the file that runs them.
export function testRefusals(ground) {
  // Work with a payment of one coin that may be spent, while no block comes.
  const withPayment = (work) => ground().node.holdingBlocks(async () => {
    const { node } = ground();
    const coins = await faucetCoins(node);
    const tip = await node.tip();
    const branch = await nextBranch(node);
    const coin = coins.find(({ height, satoshis }) => height + MATURE <= tip && satoshis > 10 * FEE);
    const pay = (changes = {}, fee = FEE) =>
      signed({ coins: [coin], branch, expiry: tip + 20, outputs: [toFaucet(coin.satoshis - fee)], ...changes });
    return work({ node, coins, tip, branch, coin, pay });
  });
  const send = ({ node }, hex) => node.rpc('sendrawtransaction', hex);
  const refuses = (scene, hex, expected) => assert.rejects(send(scene, hex), ({ message }) => {
    assert.match(message, expected);
    return true;
  });
  // Zebra waits a minute for a coin that is not there.
  const refusesMissing = ({ node }, hex) => node.kind !== 'front' || refuses({ node }, hex, /-25 .*could not find transparent input UTXO/);

  test('a payment against the rules is refused, and the one that keeps them is not', () => withPayment(async (scene) => {
    const { node, coins, tip, coin, pay } = scene;
    const young = coins.find(({ height }) => height > tip - MATURE + 2);
    const withOutput = (units) => pay({ outputs: [toFaucet(units), toFaucet(coin.satoshis - FEE - units)] }).hex;
    const cases = [
      [spoilt(pay()), /-25 .*script verification failed/],
      [spoilt(pay({ format: FORMATS[4] })), /-25 .*script verification failed/],
      [pay({ coins: [{ ...coin, satoshis: coin.satoshis + 1 }] }).hex, /-25 .*script verification failed/],
      [pay({ branch: OTHER_BRANCH }).hex, /-25 .*incorrect consensus branch id/],
      [pay({ branch: OTHER_BRANCH, format: FORMATS[4] }).hex, /-25 .*script verification failed/],
      [pay({ expiry: tip }).hex, /-25 .*must not be mined at a block Height\(\d+\) greater than its expiry/],
      [pay({}, FEE_MIN - 1).hex, /-25 .*Unpaid actions is higher than the limit/],
      [pay({}, -1).hex, /-25 .*could not calculate the transaction fee/],
      [pay({ coins: [young], outputs: [toFaucet(young.satoshis - FEE)] }).hex, /-25 .*immature transparent coinbase spend/],
      [pay({ coins: [coin, coin], outputs: [toFaucet(coin.satoshis)] }).hex, /-25 .*spent twice/],
      [withOutput(OUTPUT_MIN - 1), /-25 .*non-standard/],
      ['0400', /-22 /],
    ];
    for (const [hex, expected] of cases) await refuses(scene, hex, expected);
    await refusesMissing(scene, pay({ coins: [{ ...coin, txid: 'ab'.repeat(32) }] }).hex);
    assert.deepEqual(await node.rpc('getrawmempool'), []);
    const good = pay({}, FEE_MIN);
    assert.equal(await send(scene, good.hex), good.txid);
    assert.deepEqual(await node.rpc('getrawmempool'), [good.txid]);
    await node.mine(1);
  }));

  test('a coin is spent once, and known bytes are told to be known', () => withPayment(async (scene) => {
    const { node, pay } = scene;
    const first = pay();
    await send(scene, first.hex);
    await refuses(scene, first.hex, /-1 .*transaction already exists in mempool/);
    await refuses(scene, pay({}, 2 * FEE).hex, /-25 .*another transaction in the mempool has already spent some of its inputs/);
    await node.mine(1);
    await refuses(scene, first.hex, /-1 .*was committed to the best chain/);
    await refusesMissing(scene, pay({}, 2 * FEE).hex);
    await assert.rejects(node.rpc('getrawtransaction', 'ab'.repeat(32), 1), /-5 /);
  }));

  test('every version and hash type that has a meaning is believed', { timeout: 60_000 }, async () => {
    for (const version of [4, 5, 6]) {
      for (const hashType of [SIGHASH_ALL, SIGHASH_NONE, SIGHASH_SINGLE].flatMap((type) => [type, type | ANYONE_CAN_PAY])) {
        await withPayment(async (scene) => {
          const { hex, txid } = scene.pay({ format: FORMATS[version], hashType });
          assert.equal(await send(scene, hex), txid, `version ${version}, hash type ${hashType}`);
          await scene.node.mine(1);
          const { hex: mined, version: shown, blockhash } = await scene.node.rpc('getrawtransaction', txid, 1);
          assert.deepEqual([mined, shown, blockhash], [hex, version, await scene.node.rpc('getbestblockhash')]);
        });
      }
    }
  });

  test('the smallest output is counted', () => withPayment(async (scene) => {
    const { node, tip, coin, pay } = scene;
    const address = freshCoinAddress('zcash');
    const { hex, txid } = pay({ outputs: [output(address, OUTPUT_MIN), toFaucet(coin.satoshis - FEE - OUTPUT_MIN)] });
    await send(scene, hex);
    await node.mine(1);
    assert.deepEqual(await node.paymentsTo(address, tip), [{ txid, units: OUTPUT_MIN }]);
  }));
}
