// A million of a fresh token, from anvil's first account.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ethers } from './chain.mjs';
import { root } from './stack.mjs';

const ABI = [
  'constructor(string name, string symbol, uint8 decimals, uint256 supply)',
  'function transfer(address to, uint256 amount) returns (bool)',
  'function balanceOf(address owner) view returns (uint256)',
];

export async function deployToken(provider, decimals = 6) {
  const code = readFileSync(join(root, 'tests/support/contracts/TestToken.hex'), 'utf8').trim();
  const signer = await provider.getSigner(0);
  const factory = new ethers.ContractFactory(ABI, code.startsWith('0x') ? code : `0x${code}`, signer);
  const token = await factory.deploy('Test Token', 'TEST', decimals, ethers.parseUnits('1000000', decimals));
  await token.waitForDeployment();
  return token;
}
