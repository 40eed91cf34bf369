// Stacks that start at the same moment share no port, and one that is gone gives its ports back.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

const scripts = new URL('../../scripts/lib', import.meta.url).pathname;
const run = promisify(execFile);

async function choose(folder, temporary = tmpdir()) {
  const script = `. ${scripts}/common.sh; . ${scripts}/environment.sh; mkdir -p "$RUN"; choose_ports`;
  await run('bash', ['-euo', 'pipefail', '-c', script], { env: { ...process.env, PLATFORM_VAR: folder, PLATFORM_PORTS: 'free', TMPDIR: temporary } });
  return [...readFileSync(join(folder, 'run/ports.env'), 'utf8').matchAll(/=(\d+)$/gm)].map((match) => Number(match[1]));
}

test('stacks that start at once share no port', async (t) => {
  const folders = Array.from({ length: 16 }, () => mkdtempSync(join(tmpdir(), 'ports-')));
  t.after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  const chosen = (await Promise.all(folders.map((folder) => choose(folder)))).flat();
  assert.ok(chosen.length > 16 * 10, `${chosen.length} ports`);
  assert.equal(new Set(chosen).size, chosen.length);
});

const BLOCKS = 200;

test('ports of stacks that are gone are chosen again, those of living ones never', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ports-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const claims = join(folder, `platform-ports-${process.getuid()}`);
  mkdirSync(claims);
  for (let block = 0; block < BLOCKS; ++block) symlinkSync(folder, join(claims, String(block)));
  await assert.rejects(choose(join(folder, 'one'), folder), /no ports are left/);

  rmSync(join(claims, '7'));
  symlinkSync(join(folder, 'gone'), join(claims, '7'));
  const chosen = await choose(join(folder, 'two'), folder);
  assert.ok(chosen.every((port) => port >= 20_420 && port < 20_480), String(chosen));
});
