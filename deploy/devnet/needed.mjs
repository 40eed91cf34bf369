// Prints the folders below node_modules that PACKAGE... need, as the lock file says and as far as they are installed.
// usage: needed.mjs PACKAGE...
import { existsSync, readFileSync } from 'node:fs';

// litesvm's own front, which ours does without.
const WITHOUT = /^@solana(-program)?\/(?!web3\.js|buffer-layout|codecs|errors)/;
const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', import.meta.url), 'utf8'));
const found = new Set();

// As Node.js does: beside the one who asks, else a level higher.
function place(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = `${folder ? `${folder}/` : ''}node_modules/${name}`;
    if (packages[path] && existsSync(path)) return path;
    if (!folder) return undefined;
  }
}

function need(name, from) {
  const path = place(name, from);
  if (!path || found.has(path) || WITHOUT.test(name)) return;
  found.add(path);
  const { dependencies = {}, optionalDependencies = {} } = packages[path];
  for (const other of Object.keys({ ...dependencies, ...optionalDependencies })) need(other, path);
}

for (const name of process.argv.slice(2)) need(name, '');
// A folder inside another one comes along with it.
console.log([...found].filter((path) => ![...found].some((other) => path.startsWith(`${other}/`))).join('\n'));
