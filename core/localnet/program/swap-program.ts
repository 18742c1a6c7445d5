import { readFileSync } from 'node:fs'
import { address } from '@solana/kit'

/** Where the swap program lives on the embedded chain: the address of `derivedKey('swap program')`. */
export const SWAP_PROGRAM = address('Bk7s9FbAcfMu7RmWjZZgT5HhcuMMjAqQ8rtNT4bmMEWZ')
/** What the market's API calls it, as in `/program-id-to-label`. */
export const SWAP_PROGRAM_LABEL = 'SniperForge'

/** The compiled program, as committed beside its source. */
export function swapProgramElf(): Uint8Array {
  return new Uint8Array(readFileSync(new URL('swap.so', import.meta.url)))
}
