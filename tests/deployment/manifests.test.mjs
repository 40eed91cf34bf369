// The judge of the manifests judges: each fault that it must see is planted into a copy of k8s/.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const root = new URL('../..', import.meta.url).pathname;
const faults = [
  ['an unknown field', '50-ethereum-service.yaml', 'enableServiceLinks: false', 'enableServiceLinkz: false', /enableServiceLinkz/, 'typed'],
  ['a wrong type', '50-ethereum-service.yaml', 'terminationGracePeriodSeconds: 30', 'terminationGracePeriodSeconds: thirty', /number/, 'typed'],
  ['a selector that fits nothing', '30-postgres.yaml', '  selector: {app.kubernetes.io/name: postgres}', '  selector: {app.kubernetes.io/name: postgrez}', /fits 0 workloads/],
  ['a port that nobody listens on', '50-wallet-manager.yaml', 'port: 9001', 'port: 9101', /9101/],
  ['a probe that no daemon answers', '50-api-gateway.yaml', 'path: /health/ready', 'path: /healthz', /healthz/],
  ['a container that may write its root', '31-redis.yaml', 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false', /not confined/],
  ['an edge to a closed port', '20-network.yaml', 'port: 9002', 'port: 9777', /9777/],
  ['an edge that is closed at one end', '20-network.yaml', 'app.kubernetes.io/name: wallet-manager\n    ports:\n    - protocol: TCP\n      port: 9001', 'app.kubernetes.io/name: redis\n    ports:\n    - protocol: TCP\n      port: 9001', /edges.txt has [a-z-]+ wallet-manager/],
  ['a namespace', '60-ingress.yaml', '  name: api-gateway\n', '  name: api-gateway\n  namespace: elsewhere\n', /namespace/],
];

// The compiler takes seconds: it judges only what it must see.
for (const [what, file, from, to, expected, typed] of faults) {
  test(`refuses ${what}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'manifests-'));
    try {
      const files = readdirSync(join(root, 'k8s')).filter((name) => name.endsWith('.yaml'));
      for (const name of files) {
        const text = readFileSync(join(root, 'k8s', name), 'utf8');
        if (name === file) assert.ok(text.includes(from), `${name} has no ${from}`);
        writeFileSync(join(folder, name), name === file ? text.replace(from, to) : text);
      }
      const run = spawnSync(process.execPath, [join(root, 'tests/deployment/manifests.mjs'), ...(typed ? [] : ['--untyped']), ...files.map((name) => join(folder, name))], { encoding: 'utf8' });
      assert.equal(run.status, 1, run.stderr);
      assert.match(run.stdout, expected);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
