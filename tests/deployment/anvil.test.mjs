// A devnet node that is stopped and started again is on the same chain: deploy/devnet/run-anvil.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free_port.mjs';

const devnet = new URL('../../deploy/devnet/', import.meta.url).pathname;
const anvil = process.env.ANVIL || join(devnet, 'node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil');
const folder = mkdtempSync(join(tmpdir(), 'anvil-'));
const state = join(folder, 'state.json');
const STARTS = 4;
after(() => rmSync(folder, { recursive: true, force: true }));

async function block(port, number) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_getBlockByNumber', params: [number, false] });
  for (const until = Date.now() + 10_000; ; await sleep(20)) {
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(() => undefined);
    const { result } = answer ? await answer.json() : {};
    if (result) return result;
    assert.ok(Date.now() < until, 'anvil does not answer');
  }
}

// Starts the node and stops it after its next block: block 0, block 1 and the newest.
async function start() {
  const port = await freePort();
  const node = spawn(join(devnet, 'run-anvil'), [anvil, state, '--port', port, '--block-time', '1', '--slots-in-an-epoch', '1', '--preserve-historical-states', '--quiet']);
  const ended = once(node, 'exit');
  const { number } = await block(port, 'latest');
  const newest = await block(port, `0x${(Number(number) + 1).toString(16)}`);
  const seen = [await block(port, '0x0'), await block(port, '0x1'), newest];
  node.kill('SIGTERM');
  await ended;
  return seen;
}

const firstBlocks = ({ blocks }) => blocks.filter(({ header }) => header.number === '0x0').map(({ header }) => header.timestamp);
const read = () => JSON.parse(readFileSync(state, 'utf8'));

test('block 0 is the same after every start, and blocks go on', async () => {
  const [first, second, newest] = await start();
  let height = Number(newest.number);
  for (let round = 1; round < STARTS; round += 1) {
    const [again, one, latest] = await start();
    assert.equal(again.hash, first.hash, `block 0 after start ${round + 1}`);
    assert.equal(one.hash, second.hash, `block 1 after start ${round + 1}`);
    assert.ok(Number(latest.number) > height, 'no new block');
    height = Number(latest.number);
  }
  const before = read();
  assert.ok(firstBlocks(before).length > 1, 'anvil keeps one block 0 by itself now: run-anvil is needed no more');
  execFileSync(join(devnet, 'run-anvil'), ['true', state]);
  const kept = read();
  assert.deepEqual(firstBlocks(kept), [first.timestamp]);
  const others = (blocks) => blocks.filter(({ header }) => header.number !== '0x0');
  assert.deepEqual({ ...kept, blocks: others(kept.blocks) }, { ...before, blocks: others(before.blocks) });
});

test('a state that cannot be read is left to anvil', () => {
  writeFileSync(state, '{"blocks": [');
  execFileSync(join(devnet, 'run-anvil'), ['true', state], { stdio: 'pipe' });
  assert.equal(readFileSync(state, 'utf8'), '{"blocks": [');
});
