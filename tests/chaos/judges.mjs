// The chains as this harness sees them: recipients nobody had before, payments as the chain's own node
// counts them, times without blocks. The programs of others count; never our database.
import { transactionId } from '../../deploy/devnet/zcash/digests.mjs';
import { display } from '../../deploy/devnet/zcash/hashes.mjs';
import { parse } from '../../deploy/devnet/zcash/transaction.mjs';
import { connect, freshAddress, paymentsTo } from '../integration/support/chain.mjs';
import { CoinNode, absent, freshCoinAddress, fundedUser } from '../integration/support/coins.mjs';
import { SolanaJudge, freshSolanaAddress } from '../integration/support/solana.mjs';
import { sleep } from '../integration/support/stack.mjs';
import { FaultProxy } from '../support/fault_proxy.mjs';

const SETTLE_MS = 90_000;
// Zcash's transactions expire 40 blocks after they were made, and are proven dead 10 later.
const ZCASH_LIFE = 55;

const DECIMALS = { ethereum: 18, binance: 18, bitcoin: 8, zcash: 8, solana: 9 };

class Judge {
  constructor(stack, chain) {
    // The node itself, whatever the daemon is given later.
    Object.assign(this, { stack, chain, url: stack.nodeOf(chain) });
  }

  // A fresh user whose first coins nothing takes back.
  user() {
    return fundedUser(this.stack, this.chain);
  }

  units(amount) {
    const [whole, fraction = ''] = amount.split('.');
    return BigInt(whole + fraction.padEnd(DECIMALS[this.chain], '0'));
  }

  async addressOf(user) {
    const balances = await this.stack.must('GET', '/api/v1/wallet/balances', { token: user.token });
    return balances[this.chain].address;
  }

  // A payment of a confirmed status need not wait for the devnet's own pace.
  hurry() {}

  stop() {}
}

class EvmJudge extends Judge {
  async start() {
    this.provider = connect(this.url);
    return this;
  }

  fresh() {
    return freshAddress();
  }

  // [units] of every payment to an address.
  async paymentsTo(address, from = 0) {
    return (await paymentsTo(this.provider, address, from)).map(({ value }) => value);
  }

  height() {
    return this.provider.getBlockNumber();
  }

  unitsOf(address) {
    return this.provider.getBalance(address);
  }

  async user() {
    const user = await super.user();
    const address = await this.addressOf(user);
    for (const deadline = Date.now() + SETTLE_MS; Date.now() < deadline; await sleep(100)) {
      if (await this.provider.getBalance(address, 'finalized') > 0n) return user;
    }
    throw new Error(`the coins of ${address} are never final`);
  }

  async withoutBlocks(work) {
    await this.provider.send('evm_setIntervalMining', [0]);
    try {
      return await work();
    } finally {
      await this.provider.send('evm_setIntervalMining', [1]);
    }
  }

  // Two epochs, of one slot each on the devnet: what was mined is final then.
  hurry() {
    return this.provider.send('anvil_mine', ['0x2']);
  }

  stop() {
    this.provider.destroy();
  }
}

class CoinJudge extends Judge {
  async start() {
    this.node = new CoinNode(this.stack, this.chain);
    return this;
  }

  fresh() {
    return freshCoinAddress(this.chain);
  }

  async paymentsTo(address, from = 1) {
    return (await this.node.paymentsTo(address, Math.max(from, 1))).map(({ units }) => BigInt(units));
  }

  height() {
    return this.node.tip();
  }

  async unitsOf(address) {
    return BigInt(await this.node.unitsOf(address));
  }

  withoutBlocks(work) {
    return this.node.holdingBlocks(work);
  }

  hurry() {
    return this.node.mine(1);
  }
}

class ZcashJudge extends CoinJudge {
  async start() {
    await super.start();
    this.proxy = await FaultProxy.start(this.url);
    this.stack.env.ZCASH_RPC_URL = this.proxy.url;
    await this.stack.script('up', '--no-build', '--no-smoke', '--restart', 'zcash-service');
    return this;
  }

  // What is sent from now on is taken and forgotten, until it has died of age.
  lose() {
    const answer = (_, [hex]) => display(transactionId(parse(Buffer.from(hex, 'hex'))));
    this.proxy.faults = [{ kind: 'swallow', methods: ['sendrawtransaction'], answer }];
  }

  async lapse() {
    this.proxy.faults = [];
    await this.node.mine(ZCASH_LIFE);
  }

  stop() {
    return this.proxy.stop();
  }
}

class SvmJudge extends Judge {
  async start() {
    this.judge = new SolanaJudge(this.url);
    return this;
  }

  fresh() {
    return freshSolanaAddress();
  }

  // A recipient nobody had before holds what it was paid.
  async paymentsTo(address) {
    const signatures = await this.judge.signatures(address);
    const each = signatures.length > 0 ? BigInt(await this.judge.lamports(address)) / BigInt(signatures.length) : 0n;
    return signatures.map(() => each);
  }

  height() {
    return 0;
  }

  async unitsOf(address) {
    return BigInt(await this.judge.lamports(address));
  }

  lose() {
    return this.judge.rpc('devnet_drop', true);
  }

  async lapse() {
    await this.judge.rpc('devnet_drop', false);
    await this.judge.warpPastExpiry();
  }
}

const KINDS = { ethereum: EvmJudge, binance: EvmJudge, bitcoin: CoinJudge, zcash: ZcashJudge, solana: SvmJudge };

// The program of a chain's node that no package registry serves; false where it is there.
export function missing(chain) {
  const program = { bitcoin: 'bitcoind', zcash: 'zebrad' }[chain];
  return program ? absent(program) : false;
}

// Which variable names the chain's nodes, and which of its calls sends.
export const NODE_VARIABLE = {
  ethereum: 'ETH_RPC_URL', binance: 'BNB_RPC_URL', bitcoin: 'BTC_RPC_URL', zcash: 'ZCASH_RPC_URL', solana: 'SOL_RPC_URL',
};
export const SENDING_CALLS = ['eth_sendRawTransaction', 'sendrawtransaction', 'sendTransaction'];

// What a stack of this chain is started with.
export const SETTINGS = {
  ethereum: { PLATFORM_CHAINS: 'ethereum' },
  binance: { PLATFORM_CHAINS: 'ethereum binance' },
  bitcoin: { PLATFORM_CHAINS: 'ethereum bitcoin' },
  zcash: { PLATFORM_CHAINS: 'ethereum zcash' },
  solana: { PLATFORM_CHAINS: 'ethereum solana', DEVNET_SOLANA_SLOT_MS: '100', SOLANA_RENEW_AFTER: '2s' },
};

export function judgeOf(stack, chain) {
  return new KINDS[chain](stack, chain).start();
}
