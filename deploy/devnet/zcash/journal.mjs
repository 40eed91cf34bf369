// What a restart needs: a line for each block that came, in hex, and for each that was taken back.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export class Journal {
  // Without a path nothing is kept.
  constructor(path) {
    this.path = path;
  }

  // [{block: Buffer} or {removed: hash}]
  read() {
    if (!this.path || !existsSync(this.path)) return [];
    const entries = [];
    for (const line of readFileSync(this.path, 'utf8').split('\n')) {
      let entry;
      try {
        entry = JSON.parse(line);
      } catch {
        continue; // the last line of a process that was killed
      }
      entries.push(entry.block ? { block: Buffer.from(entry.block, 'hex') } : entry);
    }
    return entries;
  }

  #write(entry) {
    if (this.path) appendFileSync(this.path, `${JSON.stringify(entry)}\n`);
  }

  block(bytes) {
    this.#write({ block: bytes.toString('hex') });
  }

  removed(hash) {
    this.#write({ removed: hash });
  }
}
