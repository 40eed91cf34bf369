// Zcash's wire encoding: integers of little endian, compact sizes, vectors of bytes (protocol
// specification, section 7.1).

export const u8 = (value) => Buffer.from([value]);

export function u32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

// A BigInt of zatoshi, signed.
export function i64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

export function compactSize(count) {
  if (count < 0xfd) return u8(count);
  if (count > 0xffff) return Buffer.concat([u8(0xfe), u32(count)]);
  return Buffer.from([0xfd, count & 0xff, count >> 8]);
}

export const vector = (bytes) => Buffer.concat([compactSize(bytes.length), bytes]);

// What the bytes of a longer compact size are, and from which count on it is the shortest.
const LONGER = {
  0xfd: { read: (reader) => reader.take(2).readUInt16LE(), least: 0xfd },
  0xfe: { read: (reader) => reader.u32(), least: 0x10000 },
};

// Throws where the bytes are no such thing.
export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  get rest() {
    return this.bytes.length - this.at;
  }

  take(length) {
    if (length > this.rest) throw new Error('the bytes end too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  u8() {
    return this.take(1)[0];
  }

  u32() {
    return this.take(4).readUInt32LE();
  }

  i64() {
    return this.take(8).readBigInt64LE();
  }

  // A count of items of one byte and more.
  count() {
    const first = this.u8();
    const longer = LONGER[first];
    const count = longer ? longer.read(this) : first;
    if (first === 0xff || count > this.rest) throw new Error('more items than bytes');
    if (longer && count < longer.least) throw new Error('a compact size is longer than it need be');
    return count;
  }

  vector() {
    return this.take(this.count());
  }

  list(read) {
    return Array.from({ length: this.count() }, () => read(this));
  }
}
