// deploy/edges.txt against the network policies: each edge is open at both of its ends, at the callee's port, and
// nothing else inside is.
import { readFileSync } from 'node:fs';

const text = readFileSync(new URL('../../deploy/edges.txt', import.meta.url), 'utf8');
const nameOf = (selector) => selector.matchLabels['app.kubernetes.io/name'];

// Pairs "caller callee" of the parts that these objects have; "chains" and "nodes" spelt out.
function fromFile(names) {
  const chains = names.filter((name) => names.includes(`devnet-${name.replace(/-service$/, '')}`) && name.endsWith('-service'));
  const pairs = new Set();
  for (const line of text.split('\n').filter((one) => one.trim() && !one.startsWith('#'))) {
    const [caller, callee] = line.split(/\s+/);
    for (const from of caller === 'chains' ? chains : [caller]) {
      const to = { chains, nodes: [`devnet-${from.replace(/-service$/, '')}`] }[callee] ?? [callee];
      for (const one of to) if (names.includes(from) && names.includes(one)) pairs.add(`${from} ${one}`);
    }
  }
  return pairs;
}

function fromPolicies(policies) {
  const into = new Set();
  const out = new Set();
  for (const { podSelector, ingress = [], egress = [] } of policies.map(({ body }) => body.spec).filter((spec) => spec.podSelector.matchLabels)) {
    const own = nameOf(podSelector);
    for (const peer of ingress.flatMap((rule) => rule.from ?? [])) if (peer.podSelector) into.add(`${nameOf(peer.podSelector)} ${own}`);
    for (const peer of egress.flatMap((rule) => rule.to ?? [])) if (peer.podSelector) out.add(`${own} ${nameOf(peer.podSelector)}`);
  }
  return { into, out };
}

// Differences in words.
export function edgeFaults(objects) {
  const names = objects.filter(({ body }) => ['Deployment', 'StatefulSet', 'Job'].includes(body.kind)).map(({ body }) => body.metadata.labels['app.kubernetes.io/name']);
  const wanted = fromFile(names);
  const faults = [];
  for (const [end, pairs] of Object.entries(fromPolicies(objects.filter(({ body }) => body.kind === 'NetworkPolicy')))) {
    for (const pair of wanted) if (!pairs.has(pair)) faults.push(`deploy/edges.txt has ${pair}, no policy opens it (${end})`);
    for (const pair of pairs) if (!wanted.has(pair)) faults.push(`a policy opens ${pair} (${end}), deploy/edges.txt has it not`);
  }
  return faults;
}
