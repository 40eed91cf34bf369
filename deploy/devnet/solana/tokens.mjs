// Token accounts as getTransaction shows them.
import bs58 from 'bs58';

export const TOKEN_PROGRAMS = ['TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA', 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb'];

export function amountOf(units, decimals) {
  const digits = units.toString().padStart(decimals + 1, '0');
  const text = decimals ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, '') : digits;
  return { amount: units.toString(), decimals, uiAmount: Number(text), uiAmountString: text };
}

function isTokenAccount(account) {
  if (!account || !TOKEN_PROGRAMS.includes(account.owner)) return false;
  return account.data.length === 165 || (account.data.length > 165 && account.data[165] === 2);
}

// `mintOf`: the account of a mint.
export function tokenBalances(keys, accounts, mintOf) {
  return keys.flatMap((key, accountIndex) => {
    const account = accounts[accountIndex];
    if (!isTokenAccount(account)) return [];
    const mint = bs58.encode(account.data.subarray(0, 32));
    return [{
      accountIndex,
      mint,
      owner: bs58.encode(account.data.subarray(32, 64)),
      programId: account.owner,
      uiTokenAmount: amountOf(account.data.readBigUInt64LE(64), mintOf(mint)?.data[44] ?? 0),
    }];
  });
}
