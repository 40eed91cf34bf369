// Where secrets are: in the signer, and nowhere else.
import assert from 'node:assert/strict';
import { hkdfSync, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freshAddress } from './support/chain.mjs';
import { descendants, holds, image, openDescriptors, statusFields } from './support/memory.mjs';
import { Stack } from './support/stack.mjs';

let stack;
let signer;
let others;

before(async () => {
  stack = await Stack.start();
  const manager = stack.service('wallet-manager').pid;
  const children = descendants([manager]).filter((pid) => pid !== manager);
  assert.equal(children.length, 1, `wallet-manager has one child: ${children}`);
  [signer] = children;
  const recorded = readdirSync(join(stack.folder, 'run'))
    .filter((name) => name.endsWith('.pid'))
    .map((name) => Number(readFileSync(join(stack.folder, 'run', name), 'utf8').split(' ')[0]));
  others = descendants(recorded).filter((pid) => pid !== signer);
});

after(() => stack?.stop());

test('the signer runs under seccomp with one socket and nothing else open', () => {
  const fields = statusFields(signer);
  assert.equal(fields.Seccomp, '2');
  assert.equal(fields.NoNewPrivs, '1');
  const open = Object.values(openDescriptors(signer));
  assert.equal(open.length, 1, JSON.stringify(open));
  assert.match(open[0], /^socket:/);
});

test('no other process ever holds a key', { timeout: 240_000 }, async () => {
  const user = await stack.user();
  const sends = Array.from({ length: 100 }, () =>
    stack.must('POST', '/api/v1/ethereum/send', { token: user.token, key: randomUUID(), body: { to: freshAddress(), amount: '0.001' } }));
  // From here on all are at work: reading the images leaves no time to send what is not sent.
  await Promise.race(sends);
  const shared = new Set();
  const images = descendants(others).filter((pid) => pid !== signer).map((pid) => image(pid, shared));
  for (const { id } of await Promise.all(sends)) await stack.reach(user, id, 'final');
  const ofSigner = image(signer);
  assert.ok(images.length >= 5, `only ${images.length} processes were read`);

  const secrets = [];
  for (const format of ['private_key', 'mnemonic']) {
    const answer = await stack.must('POST', '/api/v1/ethereum/wallet/export', {
      token: user.token,
      body: { password: user.password, format },
    });
    secrets.push(answer[format]);
  }
  const key = Buffer.from(secrets[0].replace(/^0x/, ''), 'hex');
  const kek = Buffer.from(/^ENCRYPTION_KEY=(\w+)/m.exec(readFileSync(join(stack.folder, 'env'), 'utf8'))[1], 'hex');
  // What the signer keeps of it: the sub-key that wraps data keys.
  const wrapKey = Buffer.from(hkdfSync('sha256', kek, '', 'platform.keyvault.wrap.v1', 32));
  const needles = [Buffer.from(secrets[1])];
  for (const secret of [key, kek, wrapKey]) {
    const hex = secret.toString('hex');
    needles.push(secret, Buffer.from(hex), Buffer.from(hex.toUpperCase()), Buffer.from(secret.toString('base64').replace(/=+$/, '')));
  }
  for (const taken of images) {
    for (const [index, needle] of needles.entries()) {
      assert.ok(!holds(taken, needle), `secret ${index} is in the memory of ${taken.name} (${taken.pid})`);
    }
  }
  // The control: the same search finds what the signer must hold.
  assert.ok(holds(ofSigner, wrapKey), 'the wrapping key is in the signer');
  assert.ok(!holds(ofSigner, key), 'an opened key was wiped');
});
