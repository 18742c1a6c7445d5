import { hash } from 'node:crypto'

/** Seeded randomness: the same seed gives the same numbers on every machine. Not for keys. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** A whole number in [0, bound). */
  int(bound: number): number
  /** An independent stream: the same label gives the same stream, whatever else was drawn. */
  fork(label: string): Random
}

/** sfc32 (Chris Doty-Humphrey, PractRand), seeded by SHA-256 of the seed text. */
export function seededRandom(seed: string): Random {
  const digest = hash('sha256', seed, 'buffer')
  let a = digest.readInt32LE(0)
  let b = digest.readInt32LE(4)
  let c = digest.readInt32LE(8)
  let d = digest.readInt32LE(12)
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4_294_967_296
  }
  return {
    next,
    int: bound => Math.floor(next() * bound),
    fork: label => seededRandom(`${seed}/${label}`),
  }
}
