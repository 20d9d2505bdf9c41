import { createHash } from 'node:crypto';

/** A stream of chance that is the same whenever its seed is. Not for secrets. */
export interface SeededRandom {
  /** 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** A whole number from `least` to `most`, both inclusive. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  /** Throws RangeError on an empty list. */
  pick<T>(from: readonly T[]): T;
  bytes(count: number): Buffer;
  guid(): string;
}

/** @param seed any text; streams of different texts have nothing to do with each other */
export function seededRandom(seed: string): SeededRandom {
  const next = sfc32(createHash('sha256').update(seed).digest());
  const random: SeededRandom = {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    pick: (from) => {
      const index = Math.floor(next() * from.length);
      if (index >= from.length) throw new RangeError('nothing to pick from');
      return from[index] as (typeof from)[number];
    },
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => Math.floor(next() * 256))),
    guid: () => guidFrom(random.bytes(16)),
  };
  return random;
}

/** A version 4 GUID out of 16 bytes. */
export function guidFrom(bytes: Buffer): string {
  const copy = Buffer.from(bytes.subarray(0, 16));
  copy[6] = ((copy[6] ?? 0) & 0x0f) | 0x40;
  copy[8] = ((copy[8] ?? 0) & 0x3f) | 0x80;
  return copy.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Small, quick and well mixed: http://pracrand.sourceforge.net/RNG_engines.txt */
function sfc32(seed: Buffer): () => number {
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => seed.readUInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ];
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
}
