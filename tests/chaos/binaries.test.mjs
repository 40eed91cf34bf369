// CRASH_POINTS=ON|OFF node --test binaries.test.mjs: the daemons in BINARIES have crash points, or
// not a trace of them.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SCENARIOS_OF_CHAIN, listCrashPoints } from './crash_points.mjs';

const { BINARIES, CRASH_POINTS } = process.env;
const expected = CRASH_POINTS === 'ON';

const daemons = [['api-gateway'], ['wallet-manager'], ...Object.keys(SCENARIOS_OF_CHAIN).map((chain) => [`${chain}-service`, chain])];

for (const [service, chain] of daemons) {
  test(`${service} has ${expected ? 'its' : 'no'} crash points`, () => {
    assert.ok(readdirSync(BINARIES).includes(service), `${service} is not built`);
    const program = readFileSync(join(BINARIES, service));
    assert.equal(program.includes('PLATFORM_CRASH_AT'), expected);
    const own = listCrashPoints(chain).filter((entry) => entry.service === service);
    assert.ok(own.length > 5);
    for (const { point } of own) assert.equal(program.includes(`${point}\0`), expected, point);
  });
}
