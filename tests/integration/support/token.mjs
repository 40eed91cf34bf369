// A token with 6 decimals, from anvil's first account.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ethers } from './chain.mjs';
import { root } from './stack.mjs';

const ABI = [
  'function transfer(address to, uint256 amount) returns (bool)',
  'function balanceOf(address owner) view returns (uint256)',
];

export async function deployToken(provider) {
  const code = readFileSync(join(root, 'tests/support/contracts/test_token.hex'), 'utf8').trim();
  const signer = await provider.getSigner(0);
  const factory = new ethers.ContractFactory(ABI, code.startsWith('0x') ? code : `0x${code}`, signer);
  const token = await factory.deploy();
  await token.waitForDeployment();
  return token;
}
