// Our pure cores against the libraries of others, over random transactions. The cores are asked
// through vector-oracle; the seed is printed and DIFFERENTIAL_SEED replays it.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
export const require = createRequire(`${root}/tests/tools/`);

export const CASES = Number(process.env.DIFFERENTIAL_CASES ?? 500);
const AT_ONCE = 64;

// Deterministic: SHA-256 over seed and counter.
export class Random {
  #pool = Buffer.alloc(0);
  #count = 0;

  constructor(seed = process.env.DIFFERENTIAL_SEED ?? randomBytes(8).toString('hex')) {
    this.seed = seed;
    console.log(`DIFFERENTIAL_SEED=${seed} DIFFERENTIAL_CASES=${CASES}`);
  }

  bytes(length) {
    while (this.#pool.length < length) {
      this.#pool = Buffer.concat([this.#pool, createHash('sha256').update(`${this.seed}/${this.#count++}`).digest()]);
    }
    const taken = this.#pool.subarray(0, length);
    this.#pool = this.#pool.subarray(length);
    return Buffer.from(taken);
  }

  hex(length) {
    return this.bytes(length).toString('hex');
  }

  // 0 to below - 1.
  below(limit) {
    return Number(this.bytes(6).readUIntBE(0, 6) % limit);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  // Of any length up to `bits`, so that short numbers are as frequent as long ones.
  integer(bits) {
    const length = this.below(bits + 1);
    if (length === 0) return 0n;
    return BigInt(`0x${this.hex(Math.ceil(length / 8))}`) & ((1n << BigInt(length)) - 1n);
  }

  // A private key of secp256k1: 1 to n - 1.
  privateKey() {
    const key = this.bytes(32);
    key[0] &= 0x7f;
    return key;
  }

  list(most, make, least = 0) {
    return Array.from({ length: least + this.below(most - least + 1) }, make);
  }
}

export class Oracle {
  #waiting = [];

  constructor() {
    const program = process.env.VECTOR_ORACLE ?? `${root}/build/debug/tests/vector-oracle`;
    this.process = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.process.stdout }).on('line', (line) => this.#waiting.shift().resolve(JSON.parse(line)));
    this.process.on('exit', (code) => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`vector-oracle ended with ${code}`));
    });
  }

  async ask(op, input) {
    const answer = await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.process.stdin.write(`${JSON.stringify({ op, in: input })}\n`);
    });
    if (!answer.out) throw new Error(`${op} ${JSON.stringify(input)}: ${JSON.stringify(answer)}`);
    return answer.out;
  }

  close() {
    this.process.stdin.end();
  }
}

// Runs `check(random, oracle)` CASES times.
export async function compare(check) {
  const random = new Random();
  const oracle = new Oracle();
  try {
    for (let done = 0; done < CASES; done += AT_ONCE) {
      const batch = Math.min(AT_ONCE, CASES - done);
      await Promise.all(Array.from({ length: batch }, () => check(random, oracle)));
    }
  } finally {
    oracle.close();
  }
  console.log(`${CASES} transactions, 0 differences`);
}
