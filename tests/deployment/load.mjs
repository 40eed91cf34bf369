// Pays all the time while a command changes the deployment; afterwards every accepted payment is final.
// usage: load.mjs BASE_URL USERS [CHAIN=RECIPIENT...] -- COMMAND [ARGUMENT...]
// Each user pays on Ethereum, to fresh addresses; on each other chain one more user pays its recipient.
// Accepted is what was answered with a success. Where no answer or a 5xx came, the client repeats with the
// same key, as it should, and where coins wait for a block; a key that ends up with two payments is a failure too.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Client, freshAddress, sleep } from './client.mjs';

const REPEAT_MS = 90_000;
const PAUSE_MS = 150;
// Bitcoin's and Zcash's next coin is the change of the last one, ten times at most before a block comes.
const OTHER_PAUSE_MS = 1_000;
const SETTLE_MS = 1_000;
const ASKED_AT_ONCE = 16;

const [base, users, ...rest] = process.argv.slice(2);
const others = rest.slice(0, rest.indexOf('--')).map((pair) => pair.split('=')).filter(([chain]) => chain !== 'ethereum');
const command = rest.slice(rest.indexOf('--') + 1);
const client = new Client(base);
const accepted = [];
const problems = [];
let repeats = 0;
let running = true;

async function pay(user, chain, to) {
  const key = randomUUID();
  for (const deadline = Date.now() + REPEAT_MS; ; ) {
    const answer = await client.send(user, key, to, '0.0001', chain);
    if (answer.status === 200 || answer.status === 202) {
      accepted.push({ user, chain, id: answer.body.id });
      return;
    }
    const may = answer.status === 0 || answer.status >= 500 || [409, 429].includes(answer.status) || answer.body.code === 'coin_unconfirmed';
    if (!may || Date.now() > deadline) {
      problems.push(`${chain}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return;
    }
    repeats += 1;
    await sleep(200);
  }
}

async function keepPaying(user, chain, recipient) {
  while (running) {
    await pay(user, chain, recipient ?? freshAddress());
    await sleep(recipient ? OTHER_PAUSE_MS : PAUSE_MS);
  }
}

function run([program, ...words]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))));
  });
}

const jobs = [...Array.from({ length: Number(users) }, () => ['ethereum']), ...others];
const payers = await Promise.all(jobs.map(([chain]) => client.user([chain])));
const paying = payers.map((user, index) => keepPaying(user, ...jobs[index]));
await sleep(SETTLE_MS);
try {
  await run(command);
} catch (error) {
  problems.push(error.message);
}
await sleep(SETTLE_MS);
running = false;
await Promise.all(paying);

// A few questions at a time: this asks what became of the payments, not how much the gateway bears.
const ends = [];
const asked = accepted.values();
await Promise.all(Array.from({ length: ASKED_AT_ONCE }, async () => {
  for (const { user, chain, id } of asked) ends.push({ chain, ...(await client.final(user, id).catch((error) => ({ status: error.message }))) });
}));
const failed = ends.filter((view) => view.status !== 'final');
const distinct = new Set(accepted.map(({ id }) => id)).size;
const counts = [...new Set(jobs.map(([chain]) => chain))].map((chain) => [chain, accepted.filter((one) => one.chain === chain).length]);
for (const [chain, count] of counts) if (count === 0) problems.push(`${chain}: no payment was accepted`);
if (distinct !== accepted.length) problems.push(`${accepted.length} answers name ${distinct} payments`);
console.log(`load: ${accepted.length} accepted, ${accepted.length - failed.length} final, ${failed.length} failed, ${repeats} repeated calls (${counts.map((one) => one.join(' ')).join(', ')})`);
for (const view of failed.slice(0, 5)) console.log(`  not final: ${JSON.stringify(view)}`);
for (const problem of problems.slice(0, 5)) console.log(`  ${problem}`);
process.exit(failed.length || problems.length ? 1 : 0);
