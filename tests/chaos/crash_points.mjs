// The named crash points, read from the sources: the macro's calls are the list.
import { execFileSync } from 'node:child_process';
import { root } from '../integration/support/stack.mjs';

// Points that a plain send does not pass, and what does.
const SCENARIOS = [[/further|attempt_order/, 'speed_up'], [/void|end$/, 'deny'], [/fill/, 'fill']];

function serviceOf(path) {
  const service = /^services\/([^/]+)\//.exec(path)?.[1];
  return service ?? 'ethereum-service';
}

export function listCrashPoints() {
  const found = execFileSync('git', ['grep', '-hnoE', '--full-name', '-H', '[A-Z]+_CRASH_POINT\\("[a-z_]+"\\)', '--', 'libs', 'services'], {
    cwd: root,
    encoding: 'utf8',
  });
  return found.trim().split('\n').map((line) => {
    const [path] = line.split(':');
    const point = /"([a-z_]+)"/.exec(line)[1];
    const scenario = SCENARIOS.find(([pattern]) => pattern.test(point))?.[1] ?? 'send';
    return { point, service: serviceOf(path), scenario };
  });
}
