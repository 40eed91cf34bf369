// Judges a round by the clients' logs and the chain alone.
import { ethers, minedTransactions } from '../integration/support/chain.mjs';

// Answers a list of violations; empty = the round is clean.
export async function check({ provider, clients, startBlock, balancesBefore }) {
  const faults = [];
  const mined = await minedTransactions(provider, startBlock);
  const seen = new Set();
  for (const client of clients) {
    const wallet = client.user.address.toLowerCase();
    const own = mined.filter((tx) => tx.from.toLowerCase() === wallet);
    for (const tx of own) {
      if (seen.has(tx.hash)) faults.push(`${tx.hash} was counted twice`);
      seen.add(tx.hash);
    }
    faults.push(...checkOrders(client, own));
    faults.push(...checkNonces(wallet, own));
    const gifts = mined.filter((tx) => tx.to?.toLowerCase() === wallet && tx.from.toLowerCase() !== wallet);
    faults.push(...await checkBooks({ provider, client, own, gifts, before: balancesBefore.get(wallet) }));
  }
  return faults;
}

function checkOrders(client, own) {
  const faults = [];
  const recipients = new Set(client.orders.map((order) => order.to.toLowerCase()));
  for (const order of client.orders) {
    const paid = own.filter((tx) => tx.to?.toLowerCase() === order.to.toLowerCase());
    const name = `${client.user.email} -> ${order.to}`;
    if (paid.length > 1) faults.push(`DUPLICATE: ${name} paid ${paid.length} times`);
    if (paid.some((tx) => tx.value !== ethers.parseEther(order.amount))) faults.push(`AMOUNT: ${name}`);
    if (!order.ended) faults.push(`STUCK: ${name} never ended; acknowledged ${order.acknowledged}, refused ${JSON.stringify(order.refused)}`);
    if (order.ended?.status === 'final' && paid.length === 0) faults.push(`FALSE FINAL: ${name}`);
    if (order.ended && order.ended.status !== 'final' && paid.length > 0) faults.push(`PAID BUT ${order.ended.status}: ${name}`);
    if (order.ended?.status !== 'final') faults.push(`NOT PAID: ${name} is ${order.ended?.status} ${order.ended?.reason}`);
  }
  for (const tx of own) {
    const self = tx.to?.toLowerCase() === client.user.address.toLowerCase() && tx.value === 0n;
    if (!self && !recipients.has(tx.to?.toLowerCase())) faults.push(`UNORDERED: ${tx.hash} to ${tx.to}`);
  }
  return faults;
}

function checkNonces(wallet, own) {
  const nonces = own.map((tx) => tx.nonce).sort((a, b) => a - b);
  return nonces.some((nonce, index) => nonce !== nonces[0] + index) ? [`NONCES of ${wallet} are not contiguous: ${nonces}`] : [];
}

// What was there, with what came in and without what went out, is what is there.
async function checkBooks({ provider, client, own, gifts, before }) {
  const wallet = client.user.address.toLowerCase();
  let spent = 0n;
  for (const tx of own) {
    const receipt = await provider.getTransactionReceipt(tx.hash);
    spent += receipt.fee + (tx.to?.toLowerCase() === wallet ? 0n : tx.value);
  }
  const came = gifts.reduce((sum, tx) => sum + tx.value, 0n);
  const after = await provider.getBalance(client.user.address);
  return before + came - spent === after ? [] : [`BOOKS of ${client.user.address}: ${before} + ${came} - ${spent} is not ${after}`];
}

// The same of any chain, as far as its own node tells: each order is paid once and in full, and each
// wallet is told what the node counts.
export async function checkPaid({ judge, clients, from }) {
  const faults = [];
  for (const client of clients) {
    for (const order of client.orders) {
      const paid = await judge.paymentsTo(order.to, from);
      const name = `${client.user.email} -> ${order.to}`;
      if (paid.length > 1) faults.push(`DUPLICATE: ${name} paid ${paid.length} times`);
      if (paid.some((units) => units !== judge.units(order.amount))) faults.push(`AMOUNT: ${name} got ${paid}`);
      if (!order.ended) faults.push(`STUCK: ${name} never ended; acknowledged ${order.acknowledged}`);
      else if (order.ended.status !== 'final' || paid.length !== 1) faults.push(`FALSE: ${name} is ${order.ended.status}, paid ${paid.length} times`);
    }
    const address = await judge.addressOf(client.user);
    const counted = await judge.unitsOf(address);
    const { balance_atomic: told } = (await judge.stack.must('GET', '/api/v1/wallet/balances', { token: client.user.token }))[judge.chain];
    if (BigInt(told) !== counted) faults.push(`BOOKS of ${address}: told ${told}, the node counts ${counted}`);
  }
  return faults;
}
