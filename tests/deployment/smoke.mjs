// The main job through a gateway: register, fund, then send on each chain until final.
// usage: smoke.mjs BASE_URL STATE_FILE CHAIN=RECIPIENT...   With a state file that exists, the user and the payments
// kept in it must still be there; afterwards it holds the new ones.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Client, freshAddress } from './client.mjs';

const [base, stateFile, ...pairs] = process.argv.slice(2);
const recipients = Object.fromEntries(pairs.map((pair) => pair.split('=')));
const chains = Object.keys(recipients);
const client = new Client(base);
const from = Date.now();
const seconds = () => ((Date.now() - from) / 1000).toFixed(1);
assert.ok(chains.length > 0, 'no chain to pay on');
await client.ready();

async function pay(user, chain, to, amount) {
  const sent = await client.send(user, undefined, to, amount, chain);
  assert.equal(sent.status, 200, `${chain}: ${JSON.stringify(sent.body)}`);
  const view = await client.final(user, sent.body.id);
  assert.equal(view.status, 'final', `${chain}: ${JSON.stringify(view)}`);
  return { id: sent.body.id, took: `${chain} ${seconds()} s` };
}

if (existsSync(stateFile)) {
  const { user, ids } = JSON.parse(readFileSync(stateFile, 'utf8'));
  const again = await client.login(user);
  for (const id of ids) {
    const kept = await client.transaction(again, id);
    assert.equal(kept.status, 200, JSON.stringify(kept.body));
    assert.equal(kept.body.status, 'final');
  }
  await pay(again, 'ethereum', freshAddress(), '0.02');
  console.log(`smoke: what was there is still there (${seconds()} s)`);
}

const user = await client.user(chains);
console.log(`smoke: registered, funded on ${chains.length} chains (${seconds()} s)`);
const paid = await Promise.all(chains.map((chain) => pay(user, chain, recipients[chain], '0.1')));
writeFileSync(stateFile, JSON.stringify({ user, ids: paid.map(({ id }) => id) }));
console.log(`smoke: final on ${paid.map(({ took }) => took).join(', ')}`);
