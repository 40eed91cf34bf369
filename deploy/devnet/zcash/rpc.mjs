// The JSON-RPC methods of Zebra that this platform and its tests use.
import { RpcError } from '../json_rpc.mjs';
import { addressOf, scriptOf } from './address.mjs';
import { named } from './block.mjs';
import { display } from './hashes.mjs';
import { isCoinbase } from './transaction.mjs';

const MISC = -1;
const UNKNOWN = -5;
const UNREADABLE = -22;
const HEX = /^([0-9a-f]{2})*$/i;
const ZATOSHI = 1e8;
const BLOCKS_AT_ONCE_MAX = 1000;

const branchText = (branch) => branch.toString(16).padStart(8, '0');

function shownInput(tx, { outpoint, script, sequence }) {
  if (isCoinbase(tx)) return { coinbase: script.toString('hex'), sequence };
  return {
    txid: display(outpoint.subarray(0, 32)), vout: outpoint.readUInt32LE(32), scriptSig: { asm: '', hex: script.toString('hex') }, sequence };
}

function shownOutput({ amount, script }, n) {
  const address = addressOf(script);
  return {
    value: Number(amount) / ZATOSHI,
    valueZat: Number(amount),
    n,
    scriptPubKey: { asm: '', hex: script.toString('hex'), ...(address ? { addresses: [address] } : {}) },
  };
}

export class Rpc {
  constructor({ chain, mempool, miner, rules }) {
    Object.assign(this, { chain, mempool, miner, rules });
  }

  call(method, parameters = []) {
    const name = `$${method}`;
    if (typeof this[name] !== 'function') throw new RpcError(-32601, 'Method not found');
    return this[name](parameters);
  }

  #block(which) {
    const block = /^\d{1,9}$/.test(String(which)) ? this.chain.blocks[Number(which)] : this.chain.block(String(which));
    if (!block) throw new RpcError(UNKNOWN, 'block height not in best chain');
    return block;
  }

  #confirmations(block) {
    return this.chain.height - block.height + 1;
  }

  #header(block) {
    const { hash, height, time, merkleRoot } = block;
    const before = this.chain.blocks[height - 1];
    const after = this.chain.blocks[height + 1];
    return {
      hash, height, time, confirmations: this.#confirmations(block), version: 4, merkleroot: merkleRoot,
      ...(before ? { previousblockhash: before.hash } : {}),
      ...(after ? { nextblockhash: after.hash } : {}),
    };
  }

  #transaction({ id, tx }, block) {
    const { format, locktime, expiry, inputs, outputs, bytes } = tx;
    return {
      txid: id, hex: bytes.toString('hex'), version: format.version, overwintered: true, versiongroupid: branchText(format.group),
      locktime, expiryheight: expiry, size: bytes.length,
      vin: inputs.map((input) => shownInput(tx, input)),
      vout: outputs.map(shownOutput),
      ...(block ? { blockhash: block.hash, height: block.height, confirmations: this.#confirmations(block), time: block.time, blocktime: block.time } : {}),
    };
  }

  // The scripts of {addresses: [...]}, in hex.
  #scripts(asked) {
    const scripts = (asked?.addresses ?? [asked]).map((address) => scriptOf(String(address)));
    if (scripts.includes(null)) throw new RpcError(UNKNOWN, 'invalid address');
    return new Set(scripts.map((script) => script.toString('hex')));
  }

  #coinsOf(asked) {
    const scripts = this.#scripts(asked);
    return [...this.chain.coins.values()].filter(({ script }) => scripts.has(script.toString('hex')));
  }

  $getnetworkinfo() { return { version: 1, subversion: '/PlatformDevnet/', protocolversion: 170150, connections: 0 }; }
  $getblockcount() { return this.chain.height; }
  $getbestblockhash() { return this.chain.tip.hash; }
  $getblockhash([height]) {
    const block = Number.isInteger(height) ? this.chain.blocks.at(height) : undefined;
    if (!block) throw new RpcError(MISC, 'Provided index is greater than the current tip');
    return block.hash;
  }
  $getblockheader([which, verbose = true]) {
    const block = this.#block(which);
    return verbose ? this.#header(block) : block.bytes.toString('hex');
  }
  $getblock([which, verbosity = 1]) {
    const block = this.#block(which);
    if (verbosity === 0) return block.bytes.toString('hex');
    const shown = ({ id, tx }) => (verbosity === 1 ? id : this.#transaction({ id, tx }, block));
    return { ...this.#header(block), size: block.bytes.length, tx: block.transactions.map(shown) };
  }
  $getblockchaininfo() {
    const { height } = this.chain;
    const [chaintip, nextblock] = [height, height + 1].map((at) => branchText(this.rules.branchAt(at)));
    return {
      chain: 'test', blocks: height, headers: height, estimatedheight: height, bestblockhash: this.chain.tip.hash,
      consensus: { chaintip, nextblock },
    };
  }

  $getrawmempool() { return this.mempool.entries.map(({ id }) => id); }
  $getrawtransaction([id, verbose = 0]) {
    const waiting = this.mempool.find(id);
    const { tx, block } = waiting ?? this.chain.find(id) ?? {};
    if (!tx) throw new RpcError(UNKNOWN, 'Transaction not found in mempool or best chain');
    return verbose ? this.#transaction({ id, tx }, block) : tx.bytes.toString('hex');
  }
  $sendrawtransaction([hex]) {
    if (!HEX.test(String(hex))) throw new RpcError(UNREADABLE, 'transaction is not hex');
    return this.mempool.accept(Buffer.from(hex, 'hex'));
  }

  $getaddressbalance([asked]) {
    return { balance: this.#coinsOf(asked).reduce((total, { amount }) => total + Number(amount), 0) };
  }
  $getaddressutxos([asked]) {
    return this.#coinsOf(asked).map(({ amount, script, height, id, index }) => ({
      address: addressOf(script), txid: id, outputIndex: index, script: script.toString('hex'), satoshis: Number(amount), height }));
  }

  $generate([count]) {
    if (!Number.isInteger(count) || count < 1 || count > BLOCKS_AT_ONCE_MAX) throw new RpcError(-32602, 'Invalid params');
    return this.miner.mine(count);
  }
  $invalidateblock([hash]) {
    const block = this.chain.block(String(hash));
    if (!block?.height) throw new RpcError(MISC, `block hash ${hash} not found in any non-finalized chain`);
    this.miner.takeBack(block.hash);
    return null;
  }
}
