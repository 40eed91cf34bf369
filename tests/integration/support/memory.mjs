// Memory images of processes, read through /proc as their owner or root may.
import { closeSync, openSync, readFileSync, readSync, readdirSync, readlinkSync } from 'node:fs';

const CHUNK = 1 << 22;
const ZEROS = Buffer.alloc(CHUNK + 256);

// Calls `visit` with each piece of the writable memory of a process. Pieces overlap by 256 bytes.
export function readMemory(pid, visit) {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const match = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
      if (!match) continue;
      const end = BigInt(`0x${match[2]}`);
      for (let at = BigInt(`0x${match[1]}`); at < end; at += BigInt(CHUNK)) {
        const size = Number(end - at < BigInt(CHUNK + 256) ? end - at : BigInt(CHUNK + 256));
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
  } finally {
    closeSync(memory);
  }
}

// An image in memory: what was readable at this moment.
export function image(pid) {
  const pieces = [];
  try {
    readMemory(pid, (piece) => {
      // A comparison in machine code: while we look, the senders' answers wait.
      if (!piece.equals(ZEROS.subarray(0, piece.length))) pieces.push(piece);
    });
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
