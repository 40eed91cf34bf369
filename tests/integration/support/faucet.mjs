// One transaction that pays several addresses at once, from the devnet's faucet: signed by bitcoind
// itself, or for Zcash here.
import { createRequire } from 'node:module';
import { root } from './stack.mjs';
import { FAUCET_KEY, MATURE, faucetCoins, nextBranch, output, signed, toFaucet } from './zcash_payment.mjs';

const base58check = createRequire(`${root}/tests/tools/`)('bs58check').default;

const FEE = 50_000;

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
  const key = base58check.encode(Buffer.concat([Buffer.from([0xef]), FAUCET_KEY, Buffer.from([1])]));
  const { hex, complete } = await node.rpc('signrawtransactionwithkey', raw, [key]);
  if (!complete) throw new Error('the faucet\'s coin could not be signed for');
  return { hex, txid: (await node.rpc('decoderawtransaction', hex)).txid };
}

async function zcash(node, outputs) {
  const tip = await node.tip();
  const total = outputs.reduce((sum, { units }) => sum + units, FEE);
  const coin = (await faucetCoins(node)).find((one) => one.satoshis >= total && one.height <= tip - MATURE);
  if (!coin) throw new Error('the faucet has no such coin');
  return signed({
    coins: [coin],
    branch: await nextBranch(node),
    outputs: [...outputs.map(({ address, units }) => output(address, units)), toFaucet(coin.satoshis - total)],
  });
}

// outputs: [{address, units}], each address once. Answers {hex, txid}; the node has it.
export async function payTogether(node, outputs) {
  const made = await (node.chain === 'bitcoin' ? bitcoin : zcash)(node, outputs);
  await node.rpc('sendrawtransaction', made.hex);
  return made;
}
