// The JSON-RPC methods of a Solana node that this platform and its tests use, and the controls of
// the devnet (devnet_*).
import bs58 from 'bs58';
import { RpcError } from '../json_rpc.mjs';
import { Bank, SlotClock } from './bank.mjs';
import { BLOCKHASH_LIFE } from './clock.mjs';
import { TOKEN_PROGRAMS, amountOf } from './tokens.mjs';

const VERSION = '3.1.0';
const SIZE_MAX = 1232;
const RANK = { processed: 0, confirmed: 1, finalized: 2 };

function address(text) {
  let bytes;
  try {
    bytes = bs58.decode(String(text));
  } catch {
    throw new RpcError(-32602, 'Invalid param: Invalid');
  }
  if (bytes.length !== 32) throw new RpcError(-32602, 'Invalid param: WrongSize');
  return String(text);
}

function decode(text, encoding = 'base58') {
  try {
    const raw = encoding === 'base64' ? Buffer.from(text, 'base64') : Buffer.from(bs58.decode(text));
    if (raw.length > SIZE_MAX) throw new Error(`decoded too large: ${raw.length} bytes (max: ${SIZE_MAX} bytes)`);
    return Bank.decode(raw);
  } catch (error) {
    throw new RpcError(-32602, `failed to deserialize solana_transaction::versioned::VersionedTransaction: ${error.message}`);
  }
}

function preflightError(simulation) {
  const texts = {
    BlockhashNotFound: 'Blockhash not found',
    AlreadyProcessed: 'This transaction has already been processed',
    SignatureFailure: 'Transaction did not pass signature verification',
    AccountNotFound: 'Attempt to debit an account but found no record of a prior credit.',
  };
  const { err } = simulation;
  const inner = err.InstructionError;
  const custom = inner?.[1]?.Custom;
  const text = inner
    ? `Error processing Instruction ${inner[0]}: ${custom === undefined ? JSON.stringify(inner[1]) : `custom program error: 0x${custom.toString(16)}`}`
    : (texts[err] ?? (typeof err === 'string' ? err : JSON.stringify(err)));
  return new RpcError(-32002, `Transaction simulation failed: ${text}`, { accounts: null, returnData: null, ...simulation });
}

export class Rpc {
  constructor({ clock, bank, journal, genesis }) {
    Object.assign(this, { clock, bank, journal, genesis });
    this.paused = false;
    this.dropping = false;
    this.hiding = false;
  }

  call(method, parameters = []) {
    const name = `$${method}`;
    if (typeof this[name] !== 'function') throw new RpcError(-32601, 'Method not found');
    const options = parameters.findLast((entry) => entry && typeof entry === 'object' && !Array.isArray(entry)) ?? {};
    const slot = this.clock.slotAt(options.commitment ?? 'finalized');
    if (options.minContextSlot > slot) throw new RpcError(-32016, 'Minimum context slot has not been reached', { contextSlot: slot });
    return this[name](parameters, options, slot);
  }

  #in(slot, value) {
    return { context: { apiVersion: VERSION, slot }, value };
  }

  #shown(account) {
    return account && {
      data: [account.data.toString('base64'), 'base64'],
      executable: account.executable,
      lamports: Number(account.lamports),
      owner: account.owner,
      rentEpoch: 0,
      space: account.data.length,
    };
  }

  #visible(signature, commitment = 'processed') {
    const found = this.bank.transactions.get(signature);
    return found && !found.hidden && RANK[this.clock.commitmentOf(found.slot)] >= RANK[commitment] ? found : null;
  }

  $getHealth() { return 'ok'; }
  $getVersion() { return { 'solana-core': VERSION, 'feature-set': 0 }; }
  $getGenesisHash() { return this.genesis; }
  $getSlot(_, __, slot) { return slot; }
  $getBlockHeight(_, __, slot) { return SlotClock.heightOf(slot); }
  $getEpochInfo(_, __, slot) {
    return { absoluteSlot: slot, blockHeight: SlotClock.heightOf(slot), epoch: 0, slotIndex: slot, slotsInEpoch: 432000, transactionCount: this.bank.transactions.size };
  }
  $getLatestBlockhash(_, options) {
    // The slot that is being filled has no hash yet.
    const slot = this.clock.slotAt(options.commitment === 'processed' ? 'confirmed' : (options.commitment ?? 'finalized'));
    return this.#in(slot, { blockhash: this.clock.hashOf(slot), lastValidBlockHeight: SlotClock.heightOf(slot) + BLOCKHASH_LIFE });
  }
  $isBlockhashValid([hash], _, slot) { return this.#in(slot, this.clock.isAlive(hash)); }
  $getBlock([slot]) {
    const block = this.clock.block(slot);
    if (block) return block;
    if (slot >= this.clock.slot) throw new RpcError(-32004, `Block not available for slot ${slot}`);
    throw new RpcError(-32007, `Slot ${slot} was skipped, or missing due to ledger jump to recent snapshot`);
  }
  $getBlocks([first, last], _, slot) {
    const slots = [];
    for (let at = first; at <= Math.min(last, slot); at++) if (!SlotClock.isSkipped(at)) slots.push(at);
    return slots;
  }
  $getBalance([key], options, slot) {
    return this.#in(slot, Number(this.bank.account(address(key), options.commitment)?.lamports ?? 0n));
  }
  $getAccountInfo([key], options, slot) { return this.#in(slot, this.#shown(this.bank.account(address(key), options.commitment))); }
  $getMultipleAccounts([keys], options, slot) {
    return this.#in(slot, keys.map((key) => this.#shown(this.bank.account(address(key), options.commitment))));
  }
  $getMinimumBalanceForRentExemption([size]) { return this.bank.rent(size); }
  $getRecentPrioritizationFees() { return this.bank.fees.length ? this.bank.fees : [{ slot: this.clock.slot, prioritizationFee: 0 }]; }
  $getTokenAccountBalance([key], options, slot) {
    const account = this.bank.account(address(key), options.commitment);
    if (!account || account.data.length < 165) throw new RpcError(-32602, 'Invalid param: could not find account');
    const mint = this.bank.account(bs58.encode(account.data.subarray(0, 32)), options.commitment);
    return this.#in(slot, amountOf(account.data.readBigUInt64LE(64), mint.data[44]));
  }
  $getTokenAccountsByOwner([owner, filter], options, slot) {
    const found = this.bank.tokenAccounts(address(owner), filter.programId ? [filter.programId] : TOKEN_PROGRAMS)
      .filter((entry) => !filter.mint || entry.mint === filter.mint);
    return this.#in(slot, found.map((entry) => ({ pubkey: entry.address, account: this.#shown(this.bank.account(entry.address, options.commitment)) }))
      .filter((entry) => entry.account));
  }

  $simulateTransaction([text], options, slot) {
    const decoded = decode(text, options.encoding);
    const simulation = this.bank.simulate(decoded, { verify: options.sigVerify === true });
    return this.#in(slot, { ...simulation, accounts: null, returnData: null });
  }

  #submit(decoded) {
    if (this.dropping || !this.bank.execute(decoded)) return;
    this.bank.transactions.get(decoded.signature).hidden = this.hiding;
    this.journal.transaction(this.clock.slot, decoded.raw);
  }

  $sendTransaction([text], options) {
    const decoded = decode(text, options.encoding);
    const known = this.bank.transactions.has(decoded.signature);
    const alive = this.clock.isAlive(decoded.tx.message.recentBlockhash);
    if (!options.skipPreflight) {
      if (known) throw preflightError({ err: 'AlreadyProcessed', logs: [] });
      if (!alive) throw preflightError({ err: 'BlockhashNotFound', logs: [] });
      const simulation = this.bank.simulate(decoded, { verify: true });
      if (simulation.err) throw preflightError(simulation);
    }
    if (!known && alive) this.#submit(decoded);
    return decoded.signature;
  }

  $requestAirdrop([key, lamports]) {
    const decoded = this.bank.gift(address(key), lamports);
    this.#submit(decoded);
    return decoded.signature;
  }

  $getSignatureStatuses([list]) {
    return this.#in(this.clock.slot, list.map((signature) => {
      const found = this.#visible(signature);
      if (!found) return null;
      const commitment = this.clock.commitmentOf(found.slot);
      return { slot: found.slot, confirmations: commitment === 'finalized' ? null : this.clock.slot - found.slot, err: found.err,
        status: found.err ? { Err: found.err } : { Ok: null }, confirmationStatus: commitment };
    }));
  }

  $getSignaturesForAddress([key], options) {
    let list = [...(this.bank.signatures.get(address(key)) ?? [])].reverse();
    if (options.before) list = list.slice(list.indexOf(options.before) + 1);
    if (options.until && list.includes(options.until)) list = list.slice(0, list.indexOf(options.until));
    return list.filter((signature) => this.#visible(signature, options.commitment ?? 'finalized')).slice(0, options.limit ?? 1000).map((signature) => {
      const found = this.bank.transactions.get(signature);
      return { signature, slot: found.slot, err: found.err, memo: null, blockTime: found.time, confirmationStatus: this.clock.commitmentOf(found.slot) };
    });
  }

  $getTransaction([signature, given]) {
    const options = typeof given === 'string' ? { encoding: given } : (given ?? {});
    const found = this.#visible(signature, options.commitment ?? 'finalized');
    if (!found) return null;
    const { tx, keys, raw } = found.decoded;
    if (tx.version !== 'legacy' && options.maxSupportedTransactionVersion === undefined) {
      throw new RpcError(-32015, 'Transaction version (0) is not supported by the requesting client. Please try the request again with the following configuration parameter: "maxSupportedTransactionVersion": 0');
    }
    const message = tx.message;
    const meta = {
      err: found.err, status: found.err ? { Err: found.err } : { Ok: null }, fee: found.fee, preBalances: found.before, postBalances: found.after,
      preTokenBalances: found.tokensBefore, postTokenBalances: found.tokensAfter, logMessages: found.logs, computeUnitsConsumed: found.units,
      innerInstructions: [], rewards: [], loadedAddresses: { readonly: [], writable: [] },
    };
    const transaction = options.encoding === 'base64' ? [Buffer.from(raw).toString('base64'), 'base64'] : {
      signatures: tx.signatures.map((bytes) => bs58.encode(bytes)),
      message: {
        header: message.header, accountKeys: keys, recentBlockhash: message.recentBlockhash,
        instructions: message.compiledInstructions.map((entry) => ({
          programIdIndex: entry.programIdIndex, accounts: [...entry.accountKeyIndexes], data: bs58.encode(entry.data), stackHeight: null })),
        ...(tx.version === 'legacy' ? {} : { addressTableLookups: message.addressTableLookups }),
      },
    };
    return { slot: found.slot, blockTime: found.time, version: tx.version, meta, transaction };
  }

  // Lets that many blocks pass at once.
  $devnet_warp([blocks]) {
    this.clock.advance(blocks);
    this.bank.setSlot();
    this.journal.tick(this.clock.slot);
    return this.clock.slot;
  }
  // No further slot until it is called with false.
  $devnet_pause([paused]) { return (this.paused = Boolean(paused)); }
  // Transactions are taken and never included, as by a leader that drops them.
  $devnet_drop([dropping]) { return (this.dropping = Boolean(dropping)); }
  // What lands from now on is in balances and nowhere else, until it is called with false.
  $devnet_hide([hiding]) {
    this.hiding = Boolean(hiding);
    if (!hiding) for (const transaction of this.bank.transactions.values()) transaction.hidden = false;
    return this.hiding;
  }
}
