// The independent judge: reads the chain with ethers, never our database.
import { createRequire } from 'node:module';
import { root } from './stack.mjs';

const require = createRequire(`${root}/tests/tools/`);
export const { ethers } = require('ethers');

export function connect(url) {
  return new ethers.JsonRpcProvider(url, undefined, { polling: true, pollingInterval: 200, batchMaxCount: 1 });
}

export const freshAddress = () => ethers.Wallet.createRandom().address;

// Every mined transaction from `first` to the newest block.
export async function minedTransactions(provider, first = 0) {
  const newest = await provider.getBlockNumber();
  const found = [];
  for (let height = first; height <= newest; ++height) {
    const block = await provider.getBlock(height, true);
    if (block) found.push(...block.prefetchedTransactions);
  }
  return found;
}

// Mined payments of native coin to one address.
export async function paymentsTo(provider, address, first = 0) {
  const wanted = address.toLowerCase();
  return (await minedTransactions(provider, first)).filter((tx) => tx.to?.toLowerCase() === wanted);
}

// Other blocks, without transactions, in the place of block `height` and all above it. A block mined meanwhile
// makes a reorg one block too short; ethers answers getBlockNumber from what it knew up to 250 ms ago.
export async function reorgFrom(provider, height) {
  const hashOf = async () => (await provider.send('eth_getBlockByNumber', [ethers.toQuantity(height), false])).hash;
  const before = await hashOf();
  for (let attempts = 0; await hashOf() === before; ++attempts) {
    if (attempts === 5) throw new Error(`block ${height} is still ${before}`);
    const newest = Number(await provider.send('eth_blockNumber', []));
    await provider.send('anvil_reorg', [newest - height + 1, []]);
  }
}
