// Checks manifests without a cluster. usage: manifests.mjs [--untyped] FILE...     --untyped leaves out 1
//  1. strictly typed: every document is a literal of its Kubernetes type, so that an unknown field, a wrong
//     type or a missing required field is a compiler error;
//  2. our own policy: names and ports that refer to each other exist, pods are confined, probes are routes;
//  3. the network policies are what deploy/edges.txt says.
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { edgeFaults } from './edges.mjs';

const tools = new URL('../tools/', import.meta.url).pathname;
const require = createRequire(join(tools, 'package.json'));
const yaml = require('js-yaml');
const ts = require('typescript');

const ROUTES = ['/health/live', '/health/ready'];
const problems = [];
const untyped = process.argv[2] === '--untyped';
const objects = process.argv.slice(untyped ? 3 : 2).flatMap((file) =>
  yaml.loadAll(readFileSync(file, 'utf8')).filter(Boolean).map((body) => ({ file, body, name: `${file}: ${body.kind}/${body.metadata?.name}` })));
const report = (object, text) => problems.push(`${object.name}: ${text}`);

function checkTypes() {
  const lines = [];
  const starts = [];
  for (const [index, object] of objects.entries()) {
    const { apiVersion, kind } = object.body;
    starts.push({ line: lines.length, object });
    lines.push(`import { I${kind} as T${index} } from "kubernetes-models/${apiVersion}/${kind}";`);
    lines.push(...`export const v${index}: T${index} = ${JSON.stringify(object.body, null, 1)};`.split('\n'));
  }
  const source = join(tools, '.manifests.ts');
  writeFileSync(source, lines.join('\n'));
  const program = ts.createProgram([source], {
    noEmit: true, strict: true, skipLibCheck: true, types: [],
    moduleResolution: ts.ModuleResolutionKind.Node10, module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2020,
  });
  for (const fault of ts.getPreEmitDiagnostics(program).filter((one) => one.file?.fileName === source)) {
    const { line } = fault.file.getLineAndCharacterOfPosition(fault.start);
    report(starts.findLast((start) => start.line <= line).object, ts.flattenDiagnosticMessageText(fault.messageText, ' ').slice(0, 300));
  }
  unlinkSync(source);
}

const has = (kind, name) => objects.some(({ body }) => body.kind === kind && body.metadata.name === name);
const template = ({ body }) => (['Deployment', 'StatefulSet', 'Job'].includes(body.kind) ? body.spec.template : undefined);
const matches = (labels, selector) => Object.entries(selector).every(([key, value]) => labels[key] === value);
const podsOf = (selector) => objects.filter((object) => template(object) && matches(template(object).metadata.labels, selector));

function checkContainer(object, spec, container) {
  const confined = container.securityContext ?? {};
  if (confined.allowPrivilegeEscalation !== false || confined.readOnlyRootFilesystem !== true || !confined.capabilities?.drop?.includes('ALL')) {
    report(object, `${container.name} is not confined`);
  }
  for (const kind of ['requests', 'limits']) {
    for (const what of ['cpu', 'memory']) if (!container.resources?.[kind]?.[what]) report(object, `${container.name} has no ${kind} of ${what}`);
  }
  if (!/:[^:]+$/.test(container.image) || container.image.endsWith(':latest')) report(object, `${container.image} has no fixed tag`);
  const ports = container.ports?.map((port) => port.name) ?? [];
  for (const kind of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    const probe = container[kind];
    const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
    if (port && !ports.includes(port)) report(object, `${kind} asks the port ${port}, which ${container.name} has not`);
    if (probe?.httpGet && !ROUTES.includes(probe.httpGet.path)) report(object, `${kind} asks ${probe.httpGet.path}, which no daemon answers`);
  }
  for (const mount of container.volumeMounts ?? []) {
    const known = [...(spec.volumes ?? []), ...(object.body.spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata)];
    if (!known.some((volume) => volume.name === mount.name)) report(object, `${container.name} mounts ${mount.name}, which is no volume`);
  }
  for (const from of container.envFrom ?? []) if (!has('ConfigMap', from.configMapRef.name)) report(object, `no ConfigMap ${from.configMapRef.name}`);
}

function checkPod(object) {
  const { spec } = template(object);
  const security = spec.securityContext ?? {};
  if (!security.runAsNonRoot || !security.runAsUser || security.seccompProfile?.type !== 'RuntimeDefault') report(object, 'the pod is not restricted');
  if (spec.automountServiceAccountToken !== false) report(object, 'the pod has a token');
  if (!has('ServiceAccount', spec.serviceAccountName)) report(object, `no ServiceAccount ${spec.serviceAccountName}`);
  for (const volume of spec.volumes ?? []) {
    if (volume.hostPath) report(object, 'a folder of the node is mounted');
    if (volume.configMap && !has('ConfigMap', volume.configMap.name)) report(object, `no ConfigMap ${volume.configMap.name}`);
  }
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) checkContainer(object, spec, container);
  if (object.body.kind === 'Job') return;
  if (!matches(template(object).metadata.labels, object.body.spec.selector.matchLabels)) report(object, 'the selector does not fit its own pods');
  for (const container of spec.containers) if (!container.readinessProbe) report(object, `${container.name} is never asked whether it is ready`);
  if (spec.containers.some((container) => container.image.startsWith('platform/') && container.ports?.some((port) => port.name === 'http'))) checkDaemon(object);
}

function checkDaemon(object) {
  const { spec } = template(object);
  const [container] = spec.containers;
  const labels = template(object).metadata.labels;
  if (!container.startupProbe || !container.livenessProbe || container.readinessProbe.httpGet?.path !== '/health/ready') report(object, 'a probe is missing');
  if (!container.lifecycle?.preStop) report(object, 'no preStop');
  if (!spec.topologySpreadConstraints) report(object, 'no topology spread');
  const name = object.body.metadata.name;
  if (!objects.some(({ body }) => body.kind === 'PodDisruptionBudget' && matches(labels, body.spec.selector.matchLabels))) report(object, 'no PodDisruptionBudget');
  const service = objects.find(({ body }) => body.kind === 'Service' && body.metadata.name === name);
  if (container.ports.some((port) => port.name === 'grpc') && service?.body.spec.clusterIP !== 'None') report(object, 'gRPC without a headless Service');
}

function checkService(object) {
  const { spec } = object.body;
  const pods = podsOf(spec.selector);
  if (pods.length !== 1) report(object, `its selector fits ${pods.length} workloads`);
  for (const port of spec.ports) {
    const found = pods[0] && template(pods[0]).spec.containers.flatMap((container) => container.ports ?? []).find((one) => one.name === port.targetPort);
    if (!found || found.containerPort !== port.port) report(object, `the port ${port.port} does not reach a container's port ${port.targetPort}`);
  }
}

function checkPolicy(object) {
  const { podSelector, ingress = [], egress = [] } = object.body.spec;
  const peers = [podSelector, ...ingress.flatMap((rule) => rule.from ?? []).map((peer) => peer.podSelector), ...egress.flatMap((rule) => rule.to ?? []).map((peer) => peer.podSelector)];
  for (const selector of peers.filter((one) => one?.matchLabels)) {
    if (podsOf(selector.matchLabels).length === 0) report(object, `${JSON.stringify(selector.matchLabels)} fits no pod`);
  }
  for (const rule of egress) {
    for (const peer of (rule.to ?? []).filter((one) => one.podSelector)) {
      const open = podsOf(peer.podSelector.matchLabels).flatMap((pod) => template(pod).spec.containers.flatMap((container) => container.ports ?? []));
      for (const { port } of rule.ports) if (!open.some((one) => one.containerPort === port)) report(object, `the port ${port} of ${JSON.stringify(peer.podSelector.matchLabels)} is closed`);
    }
  }
}

function checkReferences(object) {
  const { kind, spec } = object.body;
  if (kind === 'Service') checkService(object);
  if (kind === 'NetworkPolicy') checkPolicy(object);
  if (kind === 'PodDisruptionBudget' && podsOf(spec.selector.matchLabels).length !== 1) report(object, 'its selector fits no single workload');
  if (kind === 'HorizontalPodAutoscaler' && !has(spec.scaleTargetRef.kind, spec.scaleTargetRef.name)) report(object, 'scales nothing');
  if (kind === 'Ingress') {
    for (const { backend } of spec.rules.flatMap((rule) => rule.http.paths)) if (!has('Service', backend.service.name)) report(object, `no Service ${backend.service.name}`);
  }
}

if (!untyped) checkTypes();
for (const object of objects) {
  if (object.body.metadata.namespace) report(object, 'names a namespace');
  if (object.body.kind === 'Secret') report(object, 'a secret in a manifest');
  if (template(object)) checkPod(object);
  checkReferences(object);
}
if (!objects.some(({ body }) => body.kind === 'NetworkPolicy' && Object.keys(body.spec.podSelector).length === 0 && !body.spec.ingress && !body.spec.egress)) {
  problems.push('no NetworkPolicy denies what no other allows');
}
problems.push(...edgeFaults(objects));
console.log(problems.length ? problems.join('\n') : `manifests: ${objects.length} objects, no faults`);
process.exit(problems.length || objects.length === 0 ? 1 : 0);
