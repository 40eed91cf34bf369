// The independent judge of Solana payments: reads the chain with @solana/web3.js, never our
// database; drives the devnet's controls.
import { createRequire } from 'node:module';
import { root, sleep } from './stack.mjs';

const require = createRequire(`${root}/deploy/devnet/`);
export const web3 = require('@solana/web3.js');

const TOKEN = new web3.PublicKey('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');
const TOKEN_2022 = new web3.PublicKey('TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb');
const ASSOCIATED = new web3.PublicKey('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL');
export const programs = { token: TOKEN, token2022: TOKEN_2022 };

export const freshSolanaAddress = () => web3.Keypair.generate().publicKey.toBase58();

export class SolanaJudge {
  constructor(url) {
    this.url = url;
    this.connection = new web3.Connection(url, { commitment: 'processed', disableRetryOnRateLimit: true });
  }

  async rpc(method, ...params) {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const answer = await response.json();
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  lamports(address) {
    return this.connection.getBalance(new web3.PublicKey(address), 'processed');
  }

  // Signatures of successful transactions that name the address, oldest first.
  async signatures(address) {
    const rows = await this.connection.getSignaturesForAddress(new web3.PublicKey(address), {}, 'confirmed');
    return rows.filter((row) => row.err === null).map((row) => row.signature).reverse();
  }

  // 150 blocks and the finality of the last of them.
  warpPastExpiry() {
    return this.rpc('devnet_warp', 200);
  }

  async run(instructions, signers) {
    const { blockhash, lastValidBlockHeight } = await this.connection.getLatestBlockhash('confirmed');
    const tx = new web3.Transaction({ feePayer: signers[0].publicKey, blockhash, lastValidBlockHeight }).add(...instructions);
    tx.sign(...signers);
    const signature = await this.connection.sendRawTransaction(tx.serialize(), { preflightCommitment: 'processed' });
    await this.confirmed(signature);
    return signature;
  }

  async confirmed(signature) {
    for (let i = 0; i < 200; ++i) {
      const { value: [status] } = await this.rpc('getSignatureStatuses', [signature]);
      if (status?.err) throw new Error(`${signature}: ${JSON.stringify(status.err)}`);
      if (status && status.confirmationStatus !== 'processed') return;
      await sleep(50);
    }
    throw new Error(`${signature} was not confirmed`);
  }

  async richKeypair() {
    const keypair = web3.Keypair.generate();
    await this.confirmed(await this.rpc('requestAirdrop', keypair.publicKey.toBase58(), 10_000_000_000));
    return keypair;
  }

  tokenAccount(owner, mint, program) {
    const seeds = [new web3.PublicKey(owner).toBuffer(), program.toBuffer(), new web3.PublicKey(mint).toBuffer()];
    return web3.PublicKey.findProgramAddressSync(seeds, ASSOCIATED)[0];
  }

  // A mint with units given to an owner; answers {mint, payTo(owner, units)}.
  async makeToken(program, decimals, owner, units) {
    const issuer = await this.richKeypair();
    const mint = web3.Keypair.generate();
    const size = 82;
    const rent = await this.rpc('getMinimumBalanceForRentExemption', size);
    await this.run([
      web3.SystemProgram.createAccount({ fromPubkey: issuer.publicKey, newAccountPubkey: mint.publicKey, space: size, lamports: rent, programId: program }),
      new web3.TransactionInstruction({
        programId: program,
        keys: [{ pubkey: mint.publicKey, isSigner: false, isWritable: true }],
        data: Buffer.concat([Buffer.from([20, decimals]), issuer.publicKey.toBuffer(), Buffer.from([0])]),
      }),
    ], [issuer, mint]);
    const payTo = (to, amount) => this.run([
      this.createAccount(issuer.publicKey, to, mint.publicKey, program),
      new web3.TransactionInstruction({
        programId: program,
        keys: [
          { pubkey: mint.publicKey, isSigner: false, isWritable: true },
          { pubkey: this.tokenAccount(to, mint.publicKey, program), isSigner: false, isWritable: true },
          { pubkey: issuer.publicKey, isSigner: true, isWritable: false },
        ],
        data: numbered(7, amount),
      }),
    ], [issuer]);
    await payTo(owner, units);
    return { mint: mint.publicKey.toBase58(), program, payTo };
  }

  createAccount(payer, owner, mint, program) {
    return new web3.TransactionInstruction({
      programId: ASSOCIATED,
      keys: [
        { pubkey: payer, isSigner: true, isWritable: true },
        { pubkey: this.tokenAccount(owner, mint, program), isSigner: false, isWritable: true },
        { pubkey: new web3.PublicKey(owner), isSigner: false, isWritable: false },
        { pubkey: mint, isSigner: false, isWritable: false },
        { pubkey: web3.SystemProgram.programId, isSigner: false, isWritable: false },
        { pubkey: program, isSigner: false, isWritable: false },
      ],
      data: Buffer.from([1]),
    });
  }

  async tokens(owner, { mint, program }) {
    const account = this.tokenAccount(owner, mint, program).toBase58();
    const answer = await this.rpc('getTokenAccountBalance', account, { commitment: 'processed' }).catch(() => null);
    return answer ? BigInt(answer.value.amount) : 0n;
  }
}

function numbered(instruction, units) {
  const data = Buffer.alloc(9);
  data[0] = instruction;
  data.writeBigUInt64LE(BigInt(units), 1);
  return data;
}
