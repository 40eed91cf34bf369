// Accounts and transactions on the real SVM (LiteSVM). Keeps what every account was at former slots,
// so that a reader at commitment finalized sees the finalized state.
import { createRequire } from 'node:module';
import bs58 from 'bs58';
import web3 from '@solana/web3.js';
import { SlotClock } from './clock.mjs';
import { tokenBalances } from './tokens.mjs';

const { LiteSvm } = createRequire(import.meta.url)('litesvm/dist/internal.js');
const { ComputeBudgetProgram, Keypair, SystemProgram, Transaction, VersionedTransaction } = web3;

const FAUCET_LAMPORTS = 10n ** 17n;
const TRANSACTION_ERRORS = ['AccountInUse', 'AccountLoadedTwice', 'AccountNotFound', 'ProgramAccountNotFound', 'InsufficientFundsForFee',
  'InvalidAccountForFee', 'AlreadyProcessed', 'BlockhashNotFound', 'CallChainTooDeep', 'MissingSignatureForFee', 'InvalidAccountIndex',
  'SignatureFailure', 'InvalidProgramForExecution', 'SanitizeFailure'];
const INSTRUCTION_ERRORS = ['GenericError', 'InvalidArgument', 'InvalidInstructionData', 'InvalidAccountData', 'AccountDataTooSmall',
  'InsufficientFunds', 'IncorrectProgramId', 'MissingRequiredSignature'];

const isFailure = (result) => result?.constructor?.name === 'FailedTransactionMetadata';

function errorOf(failure) {
  const error = failure.err();
  if (typeof error === 'number') return TRANSACTION_ERRORS[error] ?? `Error${error}`;
  const kind = error.constructor.name;
  if (kind.includes('InstructionError')) {
    const inner = error.err();
    if (typeof inner === 'number') return { InstructionError: [error.index, INSTRUCTION_ERRORS[inner] ?? `Error${inner}`] };
    return { InstructionError: [error.index, inner.code !== undefined ? { Custom: inner.code } : String(inner)] };
  }
  if (kind.includes('InsufficientFundsForRent')) return { InsufficientFundsForRent: { account_index: error.accountIndex } };
  return kind;
}

export class Bank {
  constructor({ clock, faucetSeed }) {
    this.clock = clock;
    this.svm = new LiteSvm();
    this.svm.setLamports(10n ** 18n);
    this.svm.setBuiltins();
    this.svm.setSysvars();
    this.svm.setDefaultPrograms();
    this.svm.setPrecompiles?.();
    this.svm.setSigverify(true);
    this.svm.setBlockhashCheck(false); // this front knows the last 150 itself
    this.svm.setTransactionHistory(1_000_000n);
    this.transactions = new Map(); // by signature
    this.signatures = new Map(); // address -> signatures, oldest first
    this.versions = new Map(); // address -> [{slot, account}], oldest first
    this.fees = [];
    this.faucet = Keypair.fromSeed(faucetSeed);
    this.gifts = 0;
    this.svm.airdrop(this.faucet.publicKey.toBytes(), FAUCET_LAMPORTS);
  }

  setSlot() {
    const clock = this.svm.getClock();
    clock.slot = BigInt(this.clock.slot);
    clock.unixTimestamp = BigInt(Math.floor(Date.now() / 1000));
    this.svm.setClock(clock);
  }

  static decode(raw) {
    const tx = VersionedTransaction.deserialize(raw);
    return { raw, tx, signature: bs58.encode(tx.signatures[0]), keys: tx.message.staticAccountKeys.map((key) => key.toBase58()) };
  }

  #now(address) {
    const account = this.svm.getAccount(bs58.decode(address));
    if (!account || account.lamports() === 0n) return null;
    return { lamports: account.lamports(), owner: bs58.encode(account.owner()), data: Buffer.from(account.data()), executable: account.executable() };
  }

  account(address, commitment = 'finalized') {
    const history = this.versions.get(address);
    if (!history) return this.#now(address); // no transaction has touched it
    const slot = this.clock.slotAt(commitment);
    return history.findLast((version) => version.slot <= slot)?.account ?? null;
  }

  #run(decoded, simulate) {
    const kind = decoded.tx.version === 'legacy' ? 'Legacy' : 'Versioned';
    return this.svm[`${simulate ? 'simulate' : 'send'}${kind}Transaction`](decoded.raw);
  }

  simulate(decoded, { verify }) {
    this.svm.setSigverify(verify);
    try {
      const result = this.#run(decoded, true);
      const meta = result.meta();
      return { err: isFailure(result) ? errorOf(result) : null, logs: meta.logs(), unitsConsumed: Number(meta.computeUnitsConsumed()) };
    } finally {
      this.svm.setSigverify(true);
    }
  }

  // Executes in the slot that is being filled. Answers false where a validator would drop it.
  execute(decoded) {
    const { keys } = decoded;
    const before = keys.map((key) => this.#now(key));
    const result = this.#run(decoded, false);
    const failed = isFailure(result);
    const err = failed ? errorOf(result) : null;
    if (failed && typeof err === 'string') return false; // never reached a program: no fee, no trace
    const after = keys.map((key) => this.#now(key));
    const slot = this.clock.slot;
    keys.forEach((key, index) => {
      if (!this.versions.has(key)) this.versions.set(key, [{ slot: -1, account: before[index] }]);
      this.versions.get(key).push({ slot, account: after[index] });
      if (!this.signatures.has(key)) this.signatures.set(key, []);
      this.signatures.get(key).push(decoded.signature);
    });
    const meta = failed ? result.meta() : result;
    const price = this.#price(decoded);
    this.fees.push({ slot, prioritizationFee: Number(price.price) });
    if (this.fees.length > 150) this.fees.shift();
    const lamports = (account) => Number(account?.lamports ?? 0n);
    this.transactions.set(decoded.signature, {
      slot,
      time: Math.floor(Date.now() / 1000),
      err,
      decoded,
      fee: 5000 * decoded.tx.message.header.numRequiredSignatures + Number(price.fee),
      before: before.map(lamports),
      after: after.map(lamports),
      tokensBefore: tokenBalances(keys, before, (mint) => this.#now(mint)),
      tokensAfter: tokenBalances(keys, after, (mint) => this.#now(mint)),
      logs: meta.logs(),
      units: Number(meta.computeUnitsConsumed()),
      hidden: false,
    });
    return true;
  }

  #price({ tx, keys }) {
    let limit = BigInt(tx.message.compiledInstructions.length) * 200_000n;
    let price = 0n;
    for (const { programIdIndex, data } of tx.message.compiledInstructions) {
      if (keys[programIdIndex] !== ComputeBudgetProgram.programId.toBase58()) continue;
      const bytes = Buffer.from(data);
      if (bytes[0] === 2) limit = BigInt(bytes.readUInt32LE(1));
      if (bytes[0] === 3) price = bytes.readBigUInt64LE(1);
    }
    return { price, fee: (limit * price + 999_999n) / 1_000_000n };
  }

  // A transfer from the faucet's account; each has figures of its own, so that two equal ones differ.
  gift(address, lamports) {
    const tx = new Transaction({ feePayer: this.faucet.publicKey, blockhash: this.clock.hashOf(this.clock.slotAt('confirmed')), lastValidBlockHeight: 0 });
    tx.add(ComputeBudgetProgram.setComputeUnitPrice({ microLamports: ++this.gifts }),
      SystemProgram.transfer({ fromPubkey: this.faucet.publicKey, toPubkey: new web3.PublicKey(address), lamports: BigInt(lamports) }));
    tx.sign(this.faucet);
    return Bank.decode(tx.serialize());
  }

  tokenAccounts(owner, programs) {
    const found = [];
    for (const program of programs) {
      for (const row of this.svm.getProgramAccounts(bs58.decode(program))) {
        const data = Buffer.from(row.account().data());
        const isAccount = data.length === 165 || (data.length > 165 && data[165] === 2);
        if (isAccount && bs58.encode(data.subarray(32, 64)) === owner) found.push({ address: bs58.encode(row.address), program, mint: bs58.encode(data.subarray(0, 32)) });
      }
    }
    return found;
  }

  rent(size) {
    return Number(this.svm.minimumBalanceForRentExemption(BigInt(size)));
  }
}

export { SlotClock };
