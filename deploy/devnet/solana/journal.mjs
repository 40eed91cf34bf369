// What a restart needs: one JSON line each for the genesis, every transaction with its slot, and the
// slot from time to time.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import bs58 from 'bs58';

// Slots that may have passed since the last line when the process was killed.
const SLOTS_LOST_MAX = 50;

export class Journal {
  constructor(path) {
    this.path = path;
    this.entries = [];
    this.slot = 1;
    if (path && existsSync(path)) this.#read();
    if (!this.genesis) {
      this.genesis = bs58.encode(randomBytes(32));
      this.faucetSeed = randomBytes(32);
      this.#write({ genesis: this.genesis, faucet: this.faucetSeed.toString('hex') });
    }
  }

  #read() {
    for (const line of readFileSync(this.path, 'utf8').split('\n')) {
      let entry;
      try {
        entry = JSON.parse(line);
      } catch {
        continue; // the last line of a process that was killed
      }
      if (entry.genesis) {
        this.genesis = entry.genesis;
        this.faucetSeed = Buffer.from(entry.faucet, 'hex');
      } else {
        this.slot = Math.max(this.slot, entry.slot);
        if (entry.tx) this.entries.push(entry);
      }
    }
    this.slot += SLOTS_LOST_MAX;
  }

  #write(entry) {
    if (this.path) appendFileSync(this.path, `${JSON.stringify(entry)}\n`);
  }

  transaction(slot, raw) {
    this.#write({ slot, tx: Buffer.from(raw).toString('base64') });
  }

  tick(slot) {
    this.#write({ slot });
  }
}
