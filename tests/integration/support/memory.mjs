// Memory images of processes, read through /proc as their owner or root may.
import { closeSync, openSync, readFileSync, readSync, readdirSync, readlinkSync } from 'node:fs';

const CHUNK = 1 << 22;
const OVERLAP = 256;
const ZEROS = Buffer.alloc(CHUNK + OVERLAP);
const PAGE = 4096n;
const ENTRY_BYTES = 8; // of pagemap, a page

// [start, end) of what a process has touched between two addresses: the rest of its stacks and arenas
// is address space alone.
function* touched(pagemap, start, end) {
  const entries = Buffer.alloc(Number((end - start) / PAGE) * ENTRY_BYTES);
  const count = readSync(pagemap, entries, 0, entries.length, (start / PAGE) * BigInt(ENTRY_BYTES)) / ENTRY_BYTES;
  let from = null;
  for (let page = 0; page <= count; page += 1) {
    const address = start + BigInt(page) * PAGE;
    // Bit 63: in memory; bit 62: swapped out.
    const present = page < count && entries[page * ENTRY_BYTES + ENTRY_BYTES - 1] >= 0x40;
    if (present && from === null) from = address;
    if (!present && from !== null) {
      yield [from, address];
      from = null;
    }
  }
}

function readPieces(memory, [start, end], visit) {
  for (let at = start; at < end; at += BigInt(CHUNK)) {
    const size = Number(end - at < BigInt(CHUNK + OVERLAP) ? end - at : BigInt(CHUNK + OVERLAP));
    const piece = Buffer.alloc(size);
    let count = 0;
    try {
      count = readSync(memory, piece, 0, size, at);
    } catch {
      continue; // a guard page, or freed since the map was read
    }
    visit(piece.subarray(0, count));
  }
}

// Calls `visit` with each piece of the writable memory of a process. Pieces overlap by 256 bytes.
// `shared` remembers what several processes map, which is read once and whole: one of them that has
// ended may have written it.
export function readMemory(pid, visit, shared = new Set()) {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const pagemap = openSync(`/proc/${pid}/pagemap`, 'r');
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const match = /^([0-9a-f]+)-([0-9a-f]+) rw.([ps]) (.*)/.exec(line);
      if (!match) continue;
      const [start, end] = [BigInt(`0x${match[1]}`), BigInt(`0x${match[2]}`)];
      if (match[3] === 'p') {
        for (const run of touched(pagemap, start, end)) readPieces(memory, run, visit);
      } else if (!shared.has(match[4])) {
        shared.add(match[4]);
        readPieces(memory, [start, end], visit);
      }
    }
  } finally {
    closeSync(pagemap);
    closeSync(memory);
  }
}

// An image in memory: what was readable at this moment.
export function image(pid, shared) {
  const pieces = [];
  try {
    readMemory(pid, (piece) => {
      // A comparison in machine code: while we look, the senders' answers wait.
      if (!piece.equals(ZEROS.subarray(0, piece.length))) pieces.push(piece);
    }, shared);
  } catch (error) {
    if (error.code !== 'ESRCH' && error.code !== 'ENOENT') throw error; // it ended while we looked
  }
  let environ = Buffer.alloc(0);
  let name = 'ended';
  try {
    name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    environ = readFileSync(`/proc/${pid}/environ`);
  } catch {
    // gone meanwhile
  }
  return { pid, name, pieces: [...pieces, environ] };
}

export const holds = (taken, needle) => taken.pieces.some((piece) => piece.includes(needle));

// Every process below these, themselves included.
export function descendants(pids) {
  const children = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const parent = Number(/\) . (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // ended while we looked
    }
  }
  const all = [];
  const queue = [...pids];
  while (queue.length > 0) {
    const pid = queue.pop();
    all.push(pid);
    queue.push(...(children.get(pid) ?? []));
  }
  return all;
}

// {fd: what it is}
export function openDescriptors(pid) {
  return Object.fromEntries(readdirSync(`/proc/${pid}/fd`).map((fd) => [fd, readlinkSync(`/proc/${pid}/fd/${fd}`)]));
}

export function statusFields(pid) {
  return Object.fromEntries(
    readFileSync(`/proc/${pid}/status`, 'utf8').trim().split('\n').map((line) => line.split(/:\s*/, 2)));
}
