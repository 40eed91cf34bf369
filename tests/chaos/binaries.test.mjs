// CRASH_POINTS=ON|OFF node --test binaries.test.mjs: the daemons in BINARIES have crash points, or
// not a trace of them.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listCrashPoints } from './crash_points.mjs';

const { BINARIES, CRASH_POINTS } = process.env;
const expected = CRASH_POINTS === 'ON';

for (const service of ['api-gateway', 'wallet-manager', 'ethereum-service']) {
  test(`${service} has ${expected ? 'its' : 'no'} crash points`, () => {
    assert.ok(readdirSync(BINARIES).includes(service), `${service} is not built`);
    const program = readFileSync(join(BINARIES, service));
    assert.equal(program.includes('PLATFORM_CRASH_AT'), expected);
    const own = listCrashPoints().filter((entry) => entry.service === service);
    assert.ok(own.length > 5);
    for (const { point } of own) assert.equal(program.includes(`${point}\0`), expected, point);
  });
}
