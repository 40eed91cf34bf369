// Every durable step has a crash point that something passes, and every state dies somewhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { POINTS_OF_STATE, SCENARIOS_OF, SCENARIOS_OF_CHAIN, listCrashPoints, listStates } from './crash_points.mjs';
import { scenarios } from './crash_scenarios.mjs';

const points = listCrashPoints().map((entry) => entry.point);

test('each crash point stands at one place and has scenarios that exist', () => {
  assert.deepEqual([...points].sort(), Object.keys(SCENARIOS_OF).sort());
  for (const [point, names] of Object.entries(SCENARIOS_OF)) {
    assert.ok(names.length > 0, point);
    for (const name of names) assert.ok(scenarios[name], `${point}: ${name}`);
  }
  const used = new Set(Object.values(SCENARIOS_OF).flat());
  assert.deepEqual([...used].sort(), Object.keys(scenarios).sort());
  assert.deepEqual([...new Set(Object.values(SCENARIOS_OF_CHAIN).flat())].sort(), Object.keys(scenarios).sort());
});

test('each state of an intent has a crash point', () => {
  const states = listStates();
  assert.equal(states.length, 13);
  assert.deepEqual(Object.keys(POINTS_OF_STATE).sort(), [...states].sort());
  for (const [state, names] of Object.entries(POINTS_OF_STATE)) {
    assert.ok(names.length > 0, state);
    for (const name of names) assert.ok(points.includes(name), `${state}: ${name}`);
  }
});

test('a plain send passes at least 14 points', () => {
  assert.ok(Object.values(SCENARIOS_OF).filter((names) => names.includes('send')).length >= 14);
});
